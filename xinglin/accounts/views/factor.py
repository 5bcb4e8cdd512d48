"""两步验证 of one's own account: set up, replace, turn off, new recovery codes (P-08)."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from xinglin.kernel import clock
from xinglin.kernel.errors import Refused

from .. import sessions, totp
from ..access import Stage, signed_in, while_at
from ..actions.factors import confirm_factor, offer_factor, renew_codes, turn_off
from ..factor_forms import FactorForm
from ..factor_selectors import demanding, factor_of, state_of
from ..models import User
from ..reauth import asks_again, face_of
from ..roles import role
from ..selectors import account_of, grants_of

SITE = "杏林"


@signed_in
@while_at(Stage.ENROLMENT)
@never_cache
@require_GET
def factor(request: HttpRequest) -> HttpResponse:
    """What it is, whether it is on, and the picture for the app while it is being set up."""
    return _page(request, FactorForm())


@signed_in
@while_at(Stage.ENROLMENT)
@never_cache
@sensitive_post_parameters("again_password", "again_code")
@require_POST
@asks_again
def begin(request: HttpRequest) -> HttpResponse:
    """开始设置, or 更换验证器: a new secret for an app."""
    offer_factor(_account(request))
    return HttpResponseRedirect(reverse("accounts:factor"))


@signed_in
@while_at(Stage.ENROLMENT)
@never_cache
@sensitive_post_parameters("again_password", "again_code", "code")
@require_POST
@asks_again
def confirm(request: HttpRequest) -> HttpResponse:
    """The first value: from now on sign-ins ask for it. The recovery codes are in this one answer."""
    user, form = _account(request), FactorForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        codes = confirm_factor(user, form.cleaned_data["code"], by=request.viewer)  # type: ignore[attr-defined]
    except Refused as error:
        form.add_error("code", error.message)
        return _page(request, form)
    _go_on(request, user)
    request.session[sessions.TWO_FACTORS] = True
    return _codes(request, codes, "两步验证已开启。其他地方的登录已退出。")


@signed_in
@never_cache
@sensitive_post_parameters("again_password", "again_code")
@require_POST
@asks_again
def renew(request: HttpRequest) -> HttpResponse:
    """重新生成恢复码: the earlier ones are void."""
    return _codes(request, renew_codes(_account(request), by=request.viewer), "新的恢复码已生成，以前的全部作废。")  # type: ignore[attr-defined]


@signed_in
@never_cache
@sensitive_post_parameters("again_password", "again_code")
@require_POST
@asks_again
def off(request: HttpRequest) -> HttpResponse:
    """关闭两步验证, where the installation leaves it to the user."""
    user = _account(request)
    try:
        turn_off(user, by=request.viewer)  # type: ignore[attr-defined]
    except Refused as error:
        messages.error(request, error.message)
    else:
        request.session.pop(sessions.TWO_FACTORS, None)
        _go_on(request, user)
        messages.success(request, "两步验证已关闭。其他地方的登录已退出。")
    return HttpResponseRedirect(reverse("accounts:factor"))


def _account(request: HttpRequest) -> User:
    return account_of(request.viewer)  # type: ignore[attr-defined]


def _go_on(request: HttpRequest, user: User) -> None:
    """Other sessions of the account end; this one goes on under a fresh key."""
    user.refresh_from_db(fields=["session_epoch"])
    update_session_auth_hash(request, user)


def _page(request: HttpRequest, form: FactorForm) -> HttpResponse:
    user, now = _account(request), clock.now()
    found, grants = factor_of(user.pk), grants_of(user)
    offered = found.offered if found and found.is_offered(now) and sessions.is_confirmed(request) else ""
    demanded = demanding(grants)
    address = totp.address_for_app(offered, account=user.display_name, site=SITE) if offered else ""
    words = _face(request) | {
        "account": user, "form": form, "state": state_of(user), "secret": totp.in_groups(offered),
        "address": address, "picture": _picture(address) if address else "", "others": len(grants) > 1,
        "demanded": role(demanded.role).label if demanded else "",
    }  # fmt: skip
    return render(request, "accounts/factor.html", words, status=422 if form.errors else 200)


def _picture(address: str) -> SafeString:
    """The QR code as an <svg> element without any style."""
    drawn = segno.make(address, error="m", micro=False)
    return mark_safe(drawn.svg_inline(scale=4, border=2, omitsize=True, svgclass="xl-qr"))


def _codes(request: HttpRequest, codes: list[str], said: str) -> HttpResponse:
    """The only answer that shows them."""
    onward = request.session.pop(sessions.NEXT, "")
    words = _face(request) | {"codes": codes, "said": said, "account": _account(request), "onward": onward}
    return render(request, "accounts/recovery_codes.html", words)


def _face(request: HttpRequest) -> dict[str, Any]:
    """A bare card while nothing else answers, else the frame of the role."""
    confined = request.stage is not None  # type: ignore[attr-defined]
    role_code = request.viewer.role  # type: ignore[attr-defined]
    return {"confined": confined, "frame_template": "ui/card.html" if confined else face_of(role_code)}
