"""Sign-in page, its puzzles and its name picker, sign-out, and who opens an account (P-04)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.kernel.errors import Refused
from xinglin.organizations.enums import Track
from xinglin.vault.hashing import keyed_hash

from .. import door, gate, puzzles, sessions, throttle
from ..access import public, while_confined
from ..actions import enter, remember_places
from ..actions.codes import ask_code, spend_code, try_code
from ..addresses import address_of
from ..courier import courier
from ..defence_selectors import code_of
from ..devices import device_of, keep_device
from ..enums import CodePurpose, Entrance
from ..factor_selectors import has_factor
from ..forms import NAME_LABELS, SignInForm
from ..models import PhoneCode, User
from ..selectors import grants_of, organization_names
from ..throttle import Guesser

ENDED = "登录已经失效：时间太长、已在别处退出、密码已改或身份已结束。请重新登录。"
WHY = {
    "ended": ENDED,
    "unsaved": f"{ENDED}刚才提交的内容没有保存。",
    "idle": "因长时间未操作，已自动退出。重新登录后回到刚才的页面。",
    "elsewhere": "登录已结束，请重新登录。刚才填的内容还在原来的页面里，登录后回到那一页接着提交。",
    "recovered": "新密码已设好，其他登录都已退出。请用新密码登录。",
    "out": "您已退出登录。",
    "locked": "初始密码输错次数太多，已经锁定。请联系发放账号的单位重新发放。",
}
TONES = {"out": "run", "recovered": "ok"}
"""What the user brought about is no warning."""
OF_RESIDENTS = "/my/"
CODE_SALT = "xinglin.sign-in-code"
COMING = {
    Entrance.FACULTY: "师资的报名、聘任和带教随“师资管理”部分开通，届时从这里登录。",
    Entrance.PHYSICIAN: "医师定期考核随“医师考核”部分开通，届时从这里登录。",
}


@public
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The page with the entrances; a right POST ends in an identity, a choice of identities, or the first password."""
    if request.viewer is not None:  # type: ignore[attr-defined]
        return HttpResponseRedirect("/")
    if request.method == "GET":
        own = request.GET.get("next", "").startswith(OF_RESIDENTS)
        usual = Entrance.RESIDENT if own else Entrance.ORGANIZATION
        entrance = _word(request.GET, "entrance", Entrance.values, usual)
        track = _word(request.GET, "track", Track.values, Track.WESTERN)
        first = {"entrance": entrance, "track": track, "next": request.GET.get("next", "")}
        shown = entrance if entrance in NAME_LABELS else Entrance.ORGANIZATION
        return _page(request, SignInForm(initial=first, entrance=shown), entrance, track)
    entrance = request.POST.get("entrance", "")
    if entrance not in NAME_LABELS:
        entrance = Entrance.ORGANIZATION
    form = SignInForm(request.POST, entrance=entrance, ask_id_type=bool(request.POST.get("id_type")))
    admission = _admit(request, form) if form.is_valid() else None
    if admission is None:
        return _page(request, form, entrance, _word(request.POST, "track", Track.values, ""), status=422)
    track = form.cleaned_data["track"]
    if admission.credential is not None:
        sessions.begin_confined(request, admission.credential, track)
        return HttpResponseRedirect(reverse("accounts:initial-password"))
    return come_in(request, admission.user, track, form.cleaned_data["next"])


def _word(sent: QueryDict, name: str, known: list[str], otherwise: str) -> str:
    word = sent.get(name, "")
    return word if word in known else otherwise


def _admit(request: HttpRequest, form: SignInForm) -> gate.Admission | None:
    data = form.cleaned_data
    try:
        admission = gate.admit(
            entrance=data["entrance"], name=data["name"], password=data["password"], address=address_of(request),
            id_type=data["id_type"], device=device_of(request), human=lambda who: _check_human(data, who),
        )  # fmt: skip
    except Refused as error:
        form.add_error(error.field or "password", error.message)
        if error.field == "id_type":
            form.fields["id_type"].widget = type(form).base_fields["id_type"].widget
            form.fields["id_type"].widget.choices = form.fields["id_type"].choices  # type: ignore[attr-defined]
        return None
    code = _code_of(data["code_token"])
    if code is not None:
        spend_code(code)
    return admission


def _check_human(data: dict[str, Any], who: Guesser) -> None:
    """A code that came to the phone of this very account, or one of the two puzzles. Raises Refused."""
    if not data["code_token"]:
        puzzles.check(data)
        return
    code = _code_of(data["code_token"])
    if code is None or code.account != _texted(who).account or not try_code(code, data["code"].strip()):
        raise Refused("手机验证码不对或已过期，请核对短信，或改用图片验证码。", field="code")


def _code_of(token: str) -> PhoneCode | None:
    try:
        return code_of(int(signing.loads(token, salt=CODE_SALT)), CodePurpose.SIGN_IN) if token else None
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _texted(who: Guesser) -> Guesser:
    """Codes instead of a captcha have a day's count of their own: nobody can use up those for a forgotten password."""
    return Guesser(pair=who.pair, account=keyed_hash("sign-in-texted", who.account), address=who.address)


def _page(request: HttpRequest, form: SignInForm, entrance: str, track: str, status: int = 200) -> HttpResponse:
    words: dict[str, Any] = {
        "form": form,
        "entrance": entrance,
        "entrances": Entrance.choices,
        "track": track,
        "tracks": Track.choices,
        "coming": COMING.get(Entrance(entrance), ""),
        "notices": door.notices(track),
        "trials": door.trial_accounts(),
        "why": WHY.get(request.GET.get("why", ""), ""),
        "tone": TONES.get(request.GET.get("why", ""), "wait"),
        "next": request.GET.get("next", ""),
    }
    if not words["coming"]:
        words["puzzle"] = puzzles.make_puzzle()
        words["texting"] = courier().can_text()
        words["code_token"] = form.data.get("code_token", "") if _code_of(form.data.get("code_token", "")) else ""
    return render(request, "accounts/sign_in.html", words, status=status)


def come_in(request: HttpRequest, user: User, track: str, where: str = "") -> HttpResponse:
    """Behind a right password, however it came about: to the second factor where there is one, else into the house."""
    if has_factor(user.pk):
        sessions.begin_halfway(request, user, track, where)
        return HttpResponseRedirect(reverse("accounts:second-factor"))
    sessions.begin(request, user, track)
    return go_in(request, user, track, where)


def go_in(request: HttpRequest, user: User, track: str, where: str = "") -> HttpResponse:
    """Into the one identity that there is, or to the choice among several (P-07); the browser is known from now on."""
    response = _inside(request, user, track, where)
    device = keep_device(request, response)
    remember_places(user, throttle.guesser(f"user:{user.pk}", address_of(request), device))
    return response


def _inside(request: HttpRequest, user: User, track: str, where: str) -> HttpResponse:
    safe = where if _is_ours(request, where) else "/"
    grants = grants_of(user, track=track) or grants_of(user)
    if len(grants) != 1:
        request.session[sessions.NEXT] = safe
        return HttpResponseRedirect(reverse("accounts:identities"))
    sessions.choose(request, grants[0])
    if sessions.lacks_factor(request, grants[0]):
        request.session[sessions.NEXT] = safe
    enter(grants[0], address=address_of(request), request_id=request.request_id)  # type: ignore[attr-defined]
    return HttpResponseRedirect(safe)


def _is_ours(request: HttpRequest, where: str) -> bool:
    """A page of this house: never another host, whatever slashes and schemes are tried."""
    return where.startswith("/") and url_has_allowed_host_and_scheme(
        where, {request.get_host()}, require_https=request.is_secure()
    )


@public
@never_cache
@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """A code to the phone instead of the captcha, as a part of the page; the same answer for every name (P-04)."""
    entrance, name = request.POST.get("entrance", ""), request.POST.get("name", "").strip()[:100]
    words: dict[str, Any] = {"puzzle": puzzles.make_puzzle(), "texting": courier().can_text()}
    try:
        if not courier().can_text():
            raise Refused("本系统没有接通短信，请用图片验证码或由浏览器自动验证。")
        if not name or entrance not in NAME_LABELS:
            raise Refused("请先填写用户名，再发送手机验证码。")
        users, who = gate.identify(
            entrance=entrance, name=name, id_type=request.POST.get("id_type", "")[:2], address=address_of(request)
        )
        asked = ask_code(CodePurpose.SIGN_IN, _texted(who), users[0] if len(users) == 1 else None)
    except Refused as error:
        return render(request, "accounts/parts/puzzle.html", words | {"said": error.message})
    words |= {"code_token": signing.dumps(asked.pk, salt=CODE_SALT), "trial": courier().is_trial()}
    return render(request, "accounts/parts/phone_code.html", words)


@public
@never_cache
@require_GET
def puzzle(request: HttpRequest) -> HttpResponse:
    """换一换: a fresh puzzle, as a part of the page."""
    return render(
        request, "accounts/parts/puzzle.html", {"puzzle": puzzles.make_puzzle(), "texting": courier().can_text()}
    )


@public
@require_GET
def names(request: HttpRequest) -> JsonResponse:
    """Names of organisations with an account, for the picker: at least two characters, at most ten answers."""
    return JsonResponse({"names": organization_names(request.GET.get("q", "")[:50])})


@public
@while_confined
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; the page that follows opens at the entrance that was used."""
    viewer = request.viewer  # type: ignore[attr-defined]
    words = {"why": "out"} | ({"entrance": Entrance.RESIDENT.value} if viewer and viewer.is_person else {})
    request.session.flush()
    return HttpResponseRedirect(f"{reverse('accounts:sign-in')}?{urlencode(words)}")


@public
@require_GET
def register_info(request: HttpRequest) -> HttpResponse:
    """学员注册: nobody registers by himself; who opens accounts."""
    return render(request, "accounts/register_info.html")
