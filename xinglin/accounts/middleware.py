"""Every request gets its viewer from the session's grant, checked against the grants in force now (P-07).

Nothing is written: the session is read, the grant is read, the clock decides. Only a session that was left alone for
too long is deleted, by the request that finds it so (P-08).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from . import presence, sessions
from .access import Level, Stage, level_of, may_while_at
from .addresses import address_of
from .selectors import viewer_for

__all__ = ["ViewerMiddleware", "address_of", "go_to"]
Answer = Callable[[HttpRequest], HttpResponse]


class ViewerMiddleware:
    """Sets ``request.viewer`` (None when signed out) and keeps views to those who may call them."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = getattr(request, "request_id", "") or uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        request.viewer = None  # type: ignore[attr-defined]
        grant = sessions.grant_in_force(request)
        limit = presence.idle_limit(grant.role if grant else "")
        request.ended = ""  # type: ignore[attr-defined]
        if presence.holds_somebody(request) and presence.is_idle(request, limit):
            request.session.flush()
            grant, request.ended = None, "idle"  # type: ignore[attr-defined]
        request.stage = sessions.stage_of(request, grant)  # type: ignore[attr-defined]
        if grant is not None:
            request.idle_minutes = int(limit.total_seconds() // 60)  # type: ignore[attr-defined]
            request._cached_user = grant.user  # type: ignore[attr-defined]
            request.viewer = viewer_for(  # type: ignore[attr-defined]
                grant, request_id=request_id, address=address_of(request)
            )
        response = self.get_response(request)
        if request.viewer is not None or sessions.stage_of(request, None):  # type: ignore[attr-defined]
            response.headers.setdefault("Cache-Control", "no-store, private")
        presence.touch(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Send away who may not call the view: to what the sign-in lacks, the choice of identity or the sign-in."""
        level, stage = level_of(view), request.stage  # type: ignore[attr-defined]
        if stage is not None and not may_while_at(stage, view):
            return go_to(request, reverse(stage.value))
        if stage in (Stage.FIRST_PASSWORD, Stage.FACTOR):
            return None
        if level is Level.PUBLIC or request.viewer is not None:  # type: ignore[attr-defined]
            return None
        if request.user.is_authenticated:
            return None if level is Level.ACCOUNT else go_to(request, reverse("accounts:identities"))
        return go_to(request, f"{reverse('accounts:sign-in')}?{_where_to(request)}")


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Redirect a page; tell htmx to load the page as a whole."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _where_to(request: HttpRequest) -> str:
    """Says on the sign-in page what happened, and where to go afterwards."""
    words = {}
    where = _page_of(request)
    if where and where != "/":
        words["next"] = where
    sent = request.method == "POST"  # a form comes from a page behind a sign-in
    if request.ended or sent or request.COOKIES.get(settings.SESSION_COOKIE_NAME):  # type: ignore[attr-defined]
        words["why"] = request.ended or ("unsaved" if sent else "ended")  # type: ignore[attr-defined]
    return urlencode(words)


def _page_of(request: HttpRequest) -> str:
    """The page that the user was on: this one, or the one whose form or part was asked for; "" when unknown."""
    part = request.headers.get("HX-Request") == "true"
    if request.method == "GET" and not part:
        return request.get_full_path()
    parts = urlsplit(request.headers.get("HX-Current-URL", "") if part else request.headers.get("Referer", ""))
    if parts.netloc != request.get_host() or parts.path.startswith(reverse("accounts:sign-in")):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")
