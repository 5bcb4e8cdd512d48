"""Verifying the phone on record: the number typed in full where only its hash is known, and a code (P-06)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from xinglin.kernel.errors import Refused

from .. import throttle
from ..access import signed_in
from ..actions import record_failure
from ..actions.codes import ask_code, try_code
from ..actions.phones import note_phone, prove_phone
from ..addresses import address_of
from ..courier import courier
from ..defence_selectors import latest_code
from ..enums import CodePurpose, Guess, PhoneProof
from ..forms import PhoneCodeForm, PhoneForm
from ..models import User
from ..reach import reach_of
from ..reauth import asks_again
from ..selectors import account_of, organization_of
from ..throttle import Guesser

PLACE = "#phone"


@signed_in
@never_cache
@require_POST
@asks_again
def send(request: HttpRequest) -> HttpResponse:
    """发送验证码 to the number on record; an organisation types its contact phone first."""
    user, who = _account(request)
    try:
        if not courier().can_text():
            raise Refused("本系统没有接通短信，不能发送验证码。")
        if user.person_id is None and not reach_of([user.pk])[user.pk].phone:
            _match(request, user, who)
        if not reach_of([user.pk])[user.pk].phone:
            raise Refused("没有登记手机号，请先填写或请所在单位补录。")
        ask_code(CodePurpose.PHONE, who, user)
    except Refused as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "验证码已发送，10 分钟内有效。")
    return HttpResponseRedirect(reverse("accounts:account") + PLACE)


def _match(request: HttpRequest, user: User, who: Guesser) -> None:
    """The number typed must be the one on record; guessing it is slowed down like a password."""
    form = PhoneForm(request.POST)
    if not form.is_valid():
        raise Refused(str(form.errors["phone"][0]))
    throttle.check(who, Guess.CODE)
    viewer = request.viewer  # type: ignore[attr-defined]
    try:
        note_phone(
            user, PhoneProof.MATCHED, by=viewer, organization=organization_of(viewer.organization_id),
            phone=form.cleaned_data["phone"],
        )  # fmt: skip
    except Refused:
        record_failure(who, Guess.CODE)
        raise


@signed_in
@never_cache
@require_POST
@asks_again
def verify(request: HttpRequest) -> HttpResponse:
    """The code came back: the phone is proven."""
    user, who = _account(request)
    form, code = PhoneCodeForm(request.POST), latest_code(CodePurpose.PHONE, who.account)
    try:
        throttle.check(who, Guess.CODE)
        if not form.is_valid():
            raise Refused(str(form.errors["code"][0]))
        if code is None or not try_code(code, form.cleaned_data["code"].strip()):
            record_failure(who, Guess.CODE)
            raise Refused("验证码不对或已过期，请核对短信，或重新发送。")
        viewer = request.viewer  # type: ignore[attr-defined]
        prove_phone(user, code, by=viewer, organization=organization_of(viewer.organization_id))
    except Refused as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "手机已验证，忘记密码时可以用它收验证码。")
    return HttpResponseRedirect(reverse("accounts:account") + PLACE)


def _account(request: HttpRequest) -> tuple[User, Guesser]:
    user = account_of(request.viewer)  # type: ignore[attr-defined]
    return user, throttle.guesser(f"user:{user.pk}", address_of(request))
