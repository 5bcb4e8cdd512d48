"""First password (the only page of a confined session) and 修改密码 (P-05, P-06)."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from xinglin.kernel.errors import Refused
from xinglin.people.selectors import phone_hash

from .. import sessions, throttle
from ..access import Stage, public, signed_in, while_at
from ..actions import change_password as change
from ..actions.codes import ask_code, try_code
from ..actions.first import finish_first_sign_in
from ..actions.passwords import count_failed_try
from ..addresses import address_of
from ..courier import courier
from ..defence_selectors import code_of
from ..enums import CodePurpose
from ..factor_selectors import has_factor
from ..forms import ChangePasswordForm, FirstPasswordForm
from ..models import InitialCredential, PhoneCode, User
from ..reach import reach_of
from ..reauth import check_factor, check_password, face_of
from ..roles import role
from ..rules import credential_matches
from ..selectors import account_of, grants_of, organization_of, pending_credential, viewer_for
from .sign_in import come_in

SECRET = ("old", "new", "confirm", "phone", "code")


@public
@while_at(Stage.FIRST_PASSWORD)
@never_cache
@sensitive_post_parameters(*SECRET)
@require_http_methods(["GET", "POST"])
def initial_password(request: HttpRequest) -> HttpResponse:
    """设置新密码: all that a first sign-in may do."""
    credential = pending_credential(request.session.get(sessions.INITIAL, 0))
    if credential is None:
        request.session.flush()
        return HttpResponseRedirect(f"{reverse('accounts:sign-in')}?why=ended")
    user, code = credential.user, _code(request)
    known_phone = _known_phone(user) if credential.asks_phone else ""
    form = FirstPasswordForm(
        request.POST or None, user=user, asks_phone=credential.asks_phone, asks_name=_chooses_name(user),
        asks_code=code is not None, asks_old=not request.session.get(sessions.ACTIVATED),
    )  # fmt: skip
    if request.method == "POST" and known_phone is not None:
        ready = form.is_valid()
        if not _proven(form, credential, known_phone, code):
            if count_failed_try(credential) == 0:
                request.session.flush()
                return HttpResponseRedirect(f"{reverse('accounts:sign-in')}?why=locked")
        elif ready and (response := _finish(request, form, credential, code)):
            return response
    words = {
        "form": form, "account": user, "credential": credential, "no_phone": known_phone is None, "code": code,
        "issuer": organization_of(credential.issuer_organization_id), "trial": courier().is_trial(),
        "texting": credential.asks_phone and user.person_id is not None and courier().can_text(),
    }  # fmt: skip
    return render(request, "accounts/initial_password.html", words, status=422 if form.errors else 200)


@public
@while_at(Stage.FIRST_PASSWORD)
@never_cache
@require_POST
def initial_code(request: HttpRequest) -> HttpResponse:
    """A code to the imported phone instead of typing the number, where text messages are sent (P-05)."""
    credential = pending_credential(request.session.get(sessions.INITIAL, 0))
    where = HttpResponseRedirect(reverse("accounts:initial-password"))
    if credential is None or request.POST.get("instead") == "phone":
        request.session.pop(sessions.FIRST_CODE, None)
        return where
    user = credential.user
    try:
        if not (credential.asks_phone and courier().can_text() and reach_of([user.pk])[user.pk].phone):
            raise Refused("不能发送短信验证码，请填写完整的登记手机号。")
        code = ask_code(CodePurpose.FIRST, throttle.guesser(f"user:{user.pk}", address_of(request)), user)
    except Refused as error:
        messages.error(request, error.message)
    else:
        request.session[sessions.FIRST_CODE] = code.pk
        messages.success(request, "验证码已发到登记的手机，10 分钟内有效。")
    return where


def _code(request: HttpRequest) -> PhoneCode | None:
    """The code that was sent instead of asking for the number."""
    code_id = request.session.get(sessions.FIRST_CODE)
    return code_of(int(code_id), CodePurpose.FIRST) if code_id else None


def _chooses_name(user: User) -> bool:
    """Staff sign in with a name of their own; residents with the ID number, bases with their name."""
    staff = any(not role(grant.role).personal for grant in grants_of(user))
    return user.person_id is not None and user.sign_in_name is None and staff


def _known_phone(user: User) -> str | None:
    """Keyed hash of the number that was imported; None when there is none, so that nothing can be compared."""
    known = user.person.phone_hash if user.person else user.organization.contact_phone_hash  # type: ignore[union-attr]
    return known or None


def _proven(form: FirstPasswordForm, credential: InitialCredential, known_phone: str, code: PhoneCode | None) -> bool:
    """Whether the initial password and, for fixed defaults, the number or the code are right; says which is not."""
    data, proven = form.cleaned_data, True
    left = credential.tries_left - 1
    tail = f"还可以试 {left} 次。" if left else "初始密码即将锁定。"
    if "old" in data and not credential_matches(credential, data["old"]):
        form.add_error("old", f"初始密码不对。{tail}")
        proven = False
    if "phone" in data and phone_hash(data["phone"]) != known_phone:
        form.add_error("phone", f"手机号与登记的不一致。{tail}不清楚登记的是哪个号码，请联系发放账号的单位。")
        proven = False
    if code is not None and "code" in data and not try_code(code, data["code"].strip()):
        form.add_error("code", f"验证码不对或已过期，请核对短信或重新发送。{tail}")
        proven = False
    return proven


def _finish(
    request: HttpRequest, form: FirstPasswordForm, credential: InitialCredential, code: PhoneCode | None
) -> HttpResponse | None:
    grants = grants_of(credential.user)
    if not grants:
        raise Refused("账号目前没有有效的身份，请联系所在单位的管理员。")
    viewer = viewer_for(grants[0], request_id=request.request_id, address=address_of(request))  # type: ignore[attr-defined]
    data = form.cleaned_data
    try:
        user = finish_first_sign_in(
            credential, data["new"], by=viewer, organization=grants[0].organization,
            sign_in_name=data.get("sign_in_name", ""), phone=data.get("phone", ""), code=code,
        )  # fmt: skip
    except IntegrityError:
        form.add_error("sign_in_name", "这个用户名刚被别人用了，请换一个。")
        return None
    response = come_in(request, user, request.session.get(sessions.TRACK, ""))
    messages.success(request, "新密码已设好，以后用它登录。")
    return response


@signed_in
@never_cache
@sensitive_post_parameters(*SECRET)
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """修改密码: the account's other sessions end, this one goes on under a fresh key."""
    viewer = request.viewer  # type: ignore[attr-defined]
    user = account_of(viewer)
    asks_code = has_factor(user.pk) and not sessions.is_confirmed(request)
    form = ChangePasswordForm(request.POST or None, user=user, asks_code=asks_code)
    if request.method == "POST" and form.is_valid() and _is_current(request, form):
        changed = change(
            user, form.cleaned_data["new"], by=viewer, organization=organization_of(viewer.organization_id)
        )
        update_session_auth_hash(request, changed)
        messages.success(request, "密码已修改。其他地方的登录已退出。")
        return HttpResponseRedirect(reverse("accounts:account"))
    words = {"form": form, "account": user, "frame_template": face_of(viewer.role)}
    return render(request, "accounts/change_password.html", words, status=422 if form.errors else 200)


def _is_current(request: HttpRequest, form: ChangePasswordForm) -> bool:
    try:
        check_password(request, form.cleaned_data["old"])
        if "code" in form.fields:
            check_factor(request, form.cleaned_data["code"])
    except Refused as error:
        form.add_error("code" if error.field == "code" else "old", error.message)
        return False
    sessions.confirm(request)
    return True
