"""我的账号, and the choice and switch of identities (P-07)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from xinglin.kernel import clock
from xinglin.organizations.enums import Kind

from .. import sessions
from ..access import Stage, account_only, signed_in, while_at
from ..actions import enter
from ..addresses import address_of
from ..courier import courier
from ..defence_selectors import latest_code
from ..enums import CodePurpose
from ..factor_selectors import state_of
from ..forms import PhoneCodeForm, PhoneForm
from ..models import Grant, PhoneCode, User
from ..reach import reach_of
from ..reauth import face_of
from ..roles import role
from ..selectors import account_of, grants_of, live_grant
from ..session_list import sessions_of
from ..throttle import guesser

ICONS = {
    Kind.HOSPITAL: "building-hospital",
    Kind.PROVINCE: "building-community",
    Kind.ASSOCIATION: "building",
    Kind.MINISTRY: "building",
}


def _shown(user: User, current: int | None) -> list[dict[str, object]]:
    """Identities as the page shows them; the last one used stands first."""
    grants = sorted(grants_of(user), key=lambda grant: grant.pk != user.last_grant_id)
    return [
        {
            "grant": grant,
            "role": role(grant.role),
            "icon": ICONS[role(grant.role).kind] if not role(grant.role).personal else "user",
            "track": grant.get_track_display() if grant.track else "西医、中医",
            "current": grant.pk == current,
            "last": grant.pk == user.last_grant_id,
        }
        for grant in grants
    ]


@account_only
@while_at(Stage.ENROLMENT)
@never_cache
@require_GET
def identities(request: HttpRequest) -> HttpResponse:
    """Which of one's identities to act under: after sign-in, and whenever one likes."""
    user: User = request.user  # type: ignore[assignment]
    words = {"account": user, "identities": _shown(user, request.session.get(sessions.GRANT))}
    return render(request, "accounts/identities.html", words)


@account_only
@while_at(Stage.ENROLMENT)
@never_cache
@require_http_methods(["GET", "POST"])
def switch(request: HttpRequest) -> HttpResponse:
    """Act under another of one's own identities in force; anything else does not exist (404)."""
    if request.method == "GET":
        return HttpResponseRedirect(reverse("accounts:identities"))
    grant = _own_grant(request)
    first = sessions.GRANT not in request.session
    sessions.choose(request, grant)
    where = request.session.pop(sessions.NEXT, "/")
    if sessions.lacks_factor(request, grant):
        request.session[sessions.NEXT] = where
    enter(
        grant, address=address_of(request), request_id=request.request_id,  # type: ignore[attr-defined]
        verb="signed_in" if first else "identity_switched",
    )  # fmt: skip
    return HttpResponseRedirect(where)


def _own_grant(request: HttpRequest) -> Grant:
    wanted = request.POST.get("grant", "")
    readable = wanted.isascii() and wanted.isdigit() and len(wanted) < 19
    grant = live_grant(int(wanted), int(request.user.pk or 0)) if readable else None
    if grant is None:
        raise Http404
    return grant


@signed_in
@never_cache
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """我的账号: who I am here, my identities, my password, my phone, where else I am signed in."""
    viewer = request.viewer  # type: ignore[attr-defined]
    user = account_of(viewer)
    words = {
        "account": user,
        "identities": _shown(user, viewer.grant_id),
        "frame_template": face_of(viewer.role),
        "signed_in_before": sessions.sign_in_before(request),
        "signs_in_with": _signs_in_with(user),
        "sessions": sessions_of(user, request.session.session_key or ""),
        "factor": state_of(user),
        "reach": reach_of([user.pk])[user.pk],
        "texting": courier().can_text(),
        "trial": courier().is_trial(),
        "open_code": _open_code(user, address_of(request)),
        "phone_form": PhoneForm(),
        "code_form": PhoneCodeForm(),
    }
    return render(request, "accounts/account.html", words)


def _open_code(user: User, address: str) -> PhoneCode | None:
    """The code that waits to be typed in, if there is one."""
    code = latest_code(CodePurpose.PHONE, guesser(f"user:{user.pk}", address).account)
    return code if code is not None and code.is_open(clock.now()) else None


def _signs_in_with(user: User) -> str:
    if user.organization is not None:
        return (
            f"{user.organization.name}（或基地代码 {user.organization.code}）"
            if user.organization.code
            else user.organization.name
        )
    return user.sign_in_name or "没有设，用证件号码登录"
