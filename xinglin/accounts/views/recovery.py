"""忘记密码: ask for a code to the verified phone, type it in, set a new password (P-06).

Nothing on these pages depends on whether the account exists: the same answer, after the same work.
"""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from xinglin.kernel import clock
from xinglin.kernel.errors import DomainError, Refused

from .. import gate, puzzles, throttle
from ..access import public
from ..actions import record_failure
from ..actions.codes import LIFETIME, RESEND, ask_code, try_code
from ..actions.recovery import recover_password
from ..addresses import address_of
from ..courier import courier
from ..defence_selectors import code_of
from ..devices import device_of
from ..enums import CodePurpose, Entrance, Guess
from ..forms import NAME_LABELS, ForgottenForm, RecoverForm
from ..models import CODE_TRIES, PhoneCode
from ..rules import password_faults
from ..throttle import Guesser

SALT = "xinglin.recover"
SECRET = ("new", "confirm", "code")
OVER = "验证码已过期或已经作废。请重新发送，或回到上一步。"


@public
@never_cache
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Which account: what is typed here is answered in the same words for every name."""
    entrance = request.POST.get("entrance") or request.GET.get("entrance", "")
    if entrance not in NAME_LABELS:
        entrance = Entrance.RESIDENT
    form = ForgottenForm(request.POST or None, entrance=entrance, initial={"entrance": entrance})
    if request.method == "POST" and courier().can_text() and form.is_valid():
        code = _ask(request, form)
        if code is not None:
            return HttpResponseRedirect(reverse("accounts:recover", args=[signing.dumps(code.pk, salt=SALT)]))
    words = {
        "form": form, "entrance": entrance, "texting": courier().can_text(), "puzzle": puzzles.make_puzzle(),
        "entrances": [(item.value, item.label) for item in NAME_LABELS],
    }  # fmt: skip
    return render(request, "accounts/forgotten.html", words, status=422 if form.errors else 200)


def _ask(request: HttpRequest, form: ForgottenForm) -> PhoneCode | None:
    data = form.cleaned_data
    try:
        users, who = gate.identify(
            entrance=data["entrance"], name=data["name"], address=address_of(request),
            id_type=data.get("id_type", ""), device=device_of(request),
        )  # fmt: skip
        gate.check_human(lambda _: puzzles.check(data), who)
        return ask_code(CodePurpose.RESET, who, users[0] if len(users) == 1 else None)
    except Refused as error:
        form.add_error(error.field if error.field in form.fields else "name", error.message)
        return None


@public
@never_cache
@sensitive_post_parameters(*SECRET)
@require_http_methods(["GET", "POST"])
def recover(request: HttpRequest, token: str) -> HttpResponse:
    """The code and the new password, on one page."""
    code = _code(token)
    if code is None:
        return HttpResponseRedirect(reverse("accounts:forgotten"))
    form = RecoverForm(request.POST or None, user=None)
    if request.method == "POST" and form.is_valid() and _finish(request, form, code):
        return HttpResponseRedirect(f"{reverse('accounts:sign-in')}?why=recovered")
    return _page(request, form, code, token)


@public
@never_cache
@require_POST
def again(request: HttpRequest, token: str) -> HttpResponse:
    """重新发送: another code for the same account, the earlier one is void."""
    code = _code(token)
    if code is None or not courier().can_text():
        return HttpResponseRedirect(reverse("accounts:forgotten"))
    who = Guesser(pair=code.account, account=code.account, address=throttle.guesser("", address_of(request)).address)
    try:
        fresh = ask_code(CodePurpose.RESET, who, code.user)
    except Refused as error:
        form = RecoverForm(user=None)
        return _page(request, form, code, token, refusal=error.message)
    return HttpResponseRedirect(reverse("accounts:recover", args=[signing.dumps(fresh.pk, salt=SALT)]))


def _code(token: str) -> PhoneCode | None:
    """The code behind an address; the address outlives its code a little, so that 重新发送 works."""
    try:
        code_id = int(signing.loads(token, salt=SALT, max_age=2 * LIFETIME))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return code_of(code_id, CodePurpose.RESET)


def _page(request: HttpRequest, form: RecoverForm, code: PhoneCode, token: str, refusal: str = "") -> HttpResponse:
    now = clock.now()
    words: dict[str, Any] = {
        "form": form, "token": token, "refusal": refusal, "over": not code.is_open(now), "expires_at": code.expires_at,
        "wait": max(0, int((code.asked_at + RESEND - now).total_seconds())), "trial": courier().is_trial(),
    }  # fmt: skip
    return render(request, "accounts/recover.html", words, status=422 if form.errors or refusal else 200)


def _finish(request: HttpRequest, form: RecoverForm, code: PhoneCode) -> bool:
    """What is special to the account is looked at only after the code was right."""
    who, data = throttle.guesser(f"code:{code.account}", address_of(request)), form.cleaned_data
    try:
        throttle.check(who, Guess.CODE)
        if not try_code(code, data["code"].strip()):
            record_failure(who, Guess.CODE)
            left = CODE_TRIES - code.tries if code.is_open(clock.now()) else 0
            raise Refused(f"验证码不对，还可以试 {left} 次。" if left else OVER, field="code")
        form.user = code.user
        faults = password_faults(data["new"], **form.secrets(data))
        if faults:
            raise Refused("".join(faults), field="new")
        recover_password(
            code, data["new"], address=address_of(request), request_id=request.request_id,  # type: ignore[attr-defined]
        )  # fmt: skip
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else "code", error.message)
        return False
    return True
