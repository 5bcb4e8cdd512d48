"""请再次输入密码: before what opens doors is changed, password and second factor are asked for again (ASVS 7.5).

One answer is good for ten minutes of the session (``sessions.RECENT``); a sign-in counts as one. Only the answer is
written, never a look at a page. Wrong answers are counted with those of the sign-in.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from xinglin.kernel.errors import Refused

from . import sessions, throttle
from .actions import forget_failures, record_failure
from .actions.factors import pass_factor
from .addresses import address_of
from .devices import device_of
from .enums import Guess
from .factor_forms import factor_field
from .factor_selectors import has_factor
from .forms import password_input
from .models import User
from .roles import role
from .selectors import account_of, organization_of

V = TypeVar("V", bound=Callable[..., HttpResponse])
PASSWORD, CODE = "again_password", "again_code"
WRONG_PASSWORD = "当前密码不对。"
WRONG_FACTOR = "动态码或恢复码不对，或已经用过。请等验证器换下一个数字。"
NOT_SENT_ON = frozenset({PASSWORD, CODE, "csrfmiddlewaretoken"})


class AgainForm(forms.Form):
    """The current password, and a value of the second factor where the account has one."""

    again_password = forms.CharField(
        label="当前密码", max_length=128, strip=False, widget=password_input("current-password"),
        error_messages={"required": "请再输入一次当前密码。"},
    )  # fmt: skip
    again_code = factor_field()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_factor(user.pk):
            del self.fields[CODE]


def asks_again(view: V) -> V:
    """A POST goes on only when somebody proved a few minutes ago who he is; else the page asks, and sends it on then."""

    @functools.wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or sessions.is_confirmed(request):
            return view(request, *args, **kwargs)
        form = again_form(request)
        if prove_again(request, form):
            return view(request, *args, **kwargs)
        words = {"form": form, "kept": _sent_on(request.POST), "frame_template": _face(request)}
        return render(request, "accounts/again.html", words, status=422 if form.errors else 200)

    return asked  # type: ignore[return-value]


def again_form(request: HttpRequest) -> AgainForm:
    """The question, answered or not."""
    sent = request.POST if PASSWORD in request.POST else None
    return AgainForm(sent, user=account_of(request.viewer))  # type: ignore[attr-defined]


def prove_again(request: HttpRequest, form: AgainForm) -> bool:
    """Whether the answer is right; the session remembers it. What is wrong stands in the form."""
    if not (form.is_bound and form.is_valid()):
        return False
    try:
        check_password(request, form.cleaned_data[PASSWORD])
        if CODE in form.fields:
            check_factor(request, form.cleaned_data[CODE])
    except Refused as error:
        form.add_error(CODE if error.field == "code" else PASSWORD, error.message)
        return False
    sessions.confirm(request)
    return True


def check_password(request: HttpRequest, password: str) -> None:
    """The viewer's own password. Raises Refused, also in a pause."""
    user = account_of(request.viewer)  # type: ignore[attr-defined]
    who = throttle.guesser(f"user:{user.pk}", address_of(request), device_of(request))
    throttle.check(who)
    if authenticate(request, user=user, password=password) is None:
        record_failure(who)
        raise Refused(WRONG_PASSWORD, field="password")
    forget_failures(who)


def check_factor(request: HttpRequest, typed: str) -> None:
    """A value of the viewer's own second factor. Raises Refused, also in a pause."""
    viewer = request.viewer  # type: ignore[attr-defined]
    user = account_of(viewer)
    who = throttle.guesser(f"user:{user.pk}", address_of(request))
    throttle.check(who, Guess.FACTOR)
    if not pass_factor(user, typed, by=viewer, organization=organization_of(viewer.organization_id)):
        record_failure(who, Guess.FACTOR)
        raise Refused(WRONG_FACTOR, field="code")
    forget_failures(who, Guess.FACTOR)


def _sent_on(sent: QueryDict) -> list[tuple[str, str]]:
    """What the form held, to be sent again with the answer."""
    return [(name, value) for name, values in sent.lists() if name not in NOT_SENT_ON for value in values]


def _face(request: HttpRequest) -> str:
    """The frame of the pages around; a card while nothing else answers."""
    if request.stage is not None:  # type: ignore[attr-defined]
        return "ui/card.html"
    return face_of(request.viewer.role)  # type: ignore[attr-defined]


def face_of(role_code: str) -> str:
    """The frame of a role's pages: phone first, or the desk."""
    return "ui/phone.html" if role(role_code).phone_first else "ui/base.html"
