"""我的账号, and the choice and switch of identities (P-07)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from xinglin.organizations.enums import Kind

from .. import sessions
from ..access import account_only, signed_in
from ..actions import enter
from ..middleware import address_of
from ..models import Grant, User
from ..roles import role
from ..selectors import account_of, grants_of, live_grant
from .passwords import face_of

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
@never_cache
@require_GET
def identities(request: HttpRequest) -> HttpResponse:
    """Which of one's identities to act under: after sign-in, and whenever one likes."""
    user: User = request.user  # type: ignore[assignment]
    words = {"account": user, "identities": _shown(user, request.session.get(sessions.GRANT))}
    return render(request, "accounts/identities.html", words)


@account_only
@never_cache
@require_http_methods(["GET", "POST"])
def switch(request: HttpRequest) -> HttpResponse:
    """Act under another of one's own identities in force; anything else does not exist (404)."""
    if request.method == "GET":
        return HttpResponseRedirect(reverse("accounts:identities"))
    grant = _own_grant(request)
    first = sessions.GRANT not in request.session
    sessions.choose(request, grant)
    enter(
        grant, address=address_of(request), request_id=request.request_id,  # type: ignore[attr-defined]
        verb="signed_in" if first else "identity_switched",
    )  # fmt: skip
    return HttpResponseRedirect("/")


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
    """我的账号: who I am here, my identities, my password."""
    viewer = request.viewer  # type: ignore[attr-defined]
    user = account_of(viewer)
    words = {
        "account": user,
        "identities": _shown(user, viewer.grant_id),
        "frame_template": face_of(viewer.role),
        "signs_in_with": _signs_in_with(user),
    }
    return render(request, "accounts/account.html", words)


def _signs_in_with(user: User) -> str:
    if user.organization is not None:
        return (
            f"{user.organization.name}（或基地代码 {user.organization.code}）"
            if user.organization.code
            else user.organization.name
        )
    return user.sign_in_name or "证件号码"
