"""Sign-in page, its puzzles and its name picker, sign-out, and who opens an account (P-04)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.kernel.errors import Refused
from xinglin.organizations.enums import Track

from .. import door, gate, puzzles, sessions
from ..access import public, while_confined
from ..actions import enter
from ..enums import Entrance
from ..forms import NAME_LABELS, SignInForm
from ..middleware import address_of
from ..models import User
from ..selectors import grants_of, organization_names

WHY = {
    "ended": "登录已经失效：时间太长、密码已改或身份已结束。请重新登录，没有提交的内容没有保存。",
    "out": "您已退出登录。",
    "locked": "初始密码输错次数太多，已经锁定。请联系发放账号的单位重新发放。",
}
COMING = {
    Entrance.FACULTY: "师资的报名、聘任和带教随“师资管理”部分开通，届时从这里登录。",
    Entrance.PHYSICIAN: "医师定期考核随“医师考核”部分开通，届时从这里登录。",
}


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The page with the entrances; a right POST ends in an identity, a choice of identities, or the first password."""
    if request.viewer is not None:  # type: ignore[attr-defined]
        return HttpResponseRedirect("/")
    if request.method == "GET":
        entrance = _word(request.GET, "entrance", Entrance.values, Entrance.ORGANIZATION)
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
    sessions.begin(request, admission.user, track)
    return go_in(request, admission.user, track, form.cleaned_data["next"])


def _word(sent: QueryDict, name: str, known: list[str], otherwise: str) -> str:
    word = sent.get(name, "")
    return word if word in known else otherwise


def _admit(request: HttpRequest, form: SignInForm) -> gate.Admission | None:
    data = form.cleaned_data
    try:
        if data["work"]:
            puzzles.check_work(data["work_token"], data["work"])
        else:
            puzzles.check_picture(data["picture_token"], data["answer"])
        return gate.admit(
            entrance=data["entrance"], name=data["name"], password=data["password"], address=address_of(request),
            id_type=data["id_type"],
        )  # fmt: skip
    except Refused as error:
        form.add_error(error.field or "password", error.message)
        if error.field == "id_type":
            form.fields["id_type"].widget = type(form).base_fields["id_type"].widget
            form.fields["id_type"].widget.choices = form.fields["id_type"].choices  # type: ignore[attr-defined]
        return None


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
        "next": request.GET.get("next", ""),
    }
    if not words["coming"]:
        words["puzzle"] = puzzles.make_puzzle()
    return render(request, "accounts/sign_in.html", words, status=status)


def go_in(request: HttpRequest, user: User, track: str, where: str = "") -> HttpResponse:
    """Into the one identity that there is, or to the choice among several (P-07)."""
    grants = grants_of(user, track=track) or grants_of(user)
    if len(grants) != 1:
        return HttpResponseRedirect(reverse("accounts:identities"))
    sessions.choose(request, grants[0])
    enter(grants[0], address=address_of(request), request_id=request.request_id)  # type: ignore[attr-defined]
    safe = url_has_allowed_host_and_scheme(where, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(where if where and safe else "/")


@public
@never_cache
@require_GET
def puzzle(request: HttpRequest) -> HttpResponse:
    """换一换: a fresh puzzle, as a part of the page."""
    return render(request, "accounts/parts/puzzle.html", {"puzzle": puzzles.make_puzzle()})


@public
@require_GET
def names(request: HttpRequest) -> JsonResponse:
    """Names of organisations with an account, for the picker: at least two characters, at most ten answers."""
    return JsonResponse({"names": organization_names(request.GET.get("q", "")[:50])})


@public
@while_confined
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    request.session.flush()
    return HttpResponseRedirect(f"{reverse('accounts:sign-in')}?why=out")


@public
@require_GET
def register_info(request: HttpRequest) -> HttpResponse:
    """学员注册, 忘记密码: nobody registers by himself; who opens accounts and who resets passwords."""
    return render(request, "accounts/register_info.html")
