"""授予, 结束 and 到期日 of identities (P-07)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from xinglin.accounts.access import needs
from xinglin.accounts.actions import check_opening, end_identity, give_identity, set_expiry
from xinglin.accounts.models import Grant, User
from xinglin.accounts.roles import role
from xinglin.kernel.errors import DomainError, NotAllowed
from xinglin.kernel.viewer import Viewer

from ..forms.accounts import ExpiryForm, IdentityForm, ReasonForm, day_of, end_of, sent
from ..selectors import accounts as selectors

RIGHTS = ("accounts.open_staff", "accounts.manage")


@require_http_methods(["GET", "POST"])
@needs(*RIGHTS)
def give(request: HttpRequest, user_id: int) -> HttpResponse:
    """授予身份 to an account that one can see."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    user = selectors.account(viewer, user_id)
    form = IdentityForm(sent(request), viewer=viewer)

    def save() -> str:
        code = form.cleaned_data["role"]
        give_identity(user, code, form.place, by=viewer, track=form.cleaned_data["track"], ends_at=form.ends_at)
        return f"已授予{user.display_name}“{role(code).label}”身份（{form.place.name}）。"

    words = {"title": "授予身份", "button": "授予", "lead": "授予后立即生效，本人下次登录或切换身份时可选。"}
    return _page(request, user, form, save, words)


@require_http_methods(["GET", "POST"])
@needs(*RIGHTS)
def end(request: HttpRequest, user_id: int, grant_id: int) -> HttpResponse:
    """结束 one identity, with a reason."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    grant = _grant(viewer, user_id, grant_id)
    form = ReasonForm(sent(request))

    def save() -> str:
        end_identity(grant, by=viewer, reason=form.cleaned_data["reason"])
        return f"{grant.user.display_name}的“{role(grant.role).label}”身份已结束，其现有登录已退出。"

    lead = f"结束“{role(grant.role).label} · {grant.organization.name}”后，{grant.user.display_name}的现有登录会退出；需要时可以重新授予。"
    return _page(request, grant.user, form, save, {"title": "结束身份", "button": "结束", "lead": lead, "danger": True})


@require_http_methods(["GET", "POST"])
@needs(*RIGHTS)
def expiry(request: HttpRequest, user_id: int, grant_id: int) -> HttpResponse:
    """到期日 of one identity: set, moved or taken off."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    grant = _grant(viewer, user_id, grant_id)
    form = ExpiryForm(sent(request), initial={"ends_on": day_of(grant.ends_at)})

    def save() -> str:
        day = form.cleaned_data["ends_on"]
        set_expiry(grant, end_of(day), by=viewer)
        return f"“{role(grant.role).label}”身份的到期日已改为{f' {day}' if day else '长期'}。"

    lead = f"{role(grant.role).label} · {grant.organization.name}。到期后不能再以这个身份操作，已登录的也一样。"
    return _page(request, grant.user, form, save, {"title": "改到期日", "button": "保存", "lead": lead})


def _grant(viewer: Viewer, user_id: int, grant_id: int) -> Grant:
    """The identity, for those who may end or date it. Raises Http404, NotAllowed."""
    grant = selectors.identity(viewer, user_id, grant_id)
    check_opening(viewer, grant.role, grant.organization, track=grant.track, receiver=grant.user)
    return grant


def _page(request: HttpRequest, user: User, form: Form, save: Callable[[], str], words: dict[str, Any]) -> HttpResponse:
    """Show the form, or save and go back to the account; a refusal stands at its field and loses no input."""
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                messages.success(request, save())
                return redirect("administration:account", user.pk)
            except DomainError as refusal:
                if isinstance(refusal, NotAllowed):
                    raise
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        status = 422
    context = {"nav_key": "administration.accounts", "account": user, "form": form, **words}
    return render(request, "administration/accounts/verb.html", context, status=status)
