"""Signs of life of a page in use, and the list of one's sign-ins (P-08)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ..access import Stage, public, signed_in, while_at
from ..actions.presence import end_sessions, note_seen
from ..reauth import asks_again


@signed_in
@while_at(Stage.ENROLMENT)
@never_cache
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """A page says that its user types or reads; without an identity in force the middleware answers 401."""
    note_seen(request.session.session_key or "")
    return HttpResponse(status=204)


@public
@while_at(Stage.ENROLMENT)
@never_cache
@require_GET
def state(request: HttpRequest) -> JsonResponse:
    """Who is signed in now, and the token for the forms of a page that was left open over a sign-in elsewhere."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if viewer is None:
        return JsonResponse({"user": None, "grant": None, "token": ""})
    return JsonResponse({"user": viewer.user_id, "grant": viewer.grant_id, "token": get_token(request)})


@signed_in
@never_cache
@require_POST
@asks_again
def end(request: HttpRequest) -> HttpResponse:
    """退出 one other sign-in (``session``), or all others."""
    ended = end_sessions(
        by=request.viewer,  # type: ignore[attr-defined]
        own_key=request.session.session_key or "", handle=request.POST.get("session", "")[:64],
    )  # fmt: skip
    messages.success(request, f"已退出 {ended} 处登录。" if ended else "没有别的登录要退出。")
    return HttpResponseRedirect(reverse("accounts:account") + "#sessions")
