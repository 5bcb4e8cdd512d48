"""Every request gets its viewer from the session's grant, checked against the grants in force now (P-07).

Nothing is written: the session is read, the grant is read, the clock decides.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from . import sessions
from .access import Level, level_of, may_while_confined
from .selectors import viewer_for

Answer = Callable[[HttpRequest], HttpResponse]


class ViewerMiddleware:
    """Sets ``request.viewer`` (None when signed out) and keeps views to those who may call them."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        request.viewer = None  # type: ignore[attr-defined]
        grant = sessions.grant_in_force(request)
        if grant is not None:
            request._cached_user = grant.user  # type: ignore[attr-defined]
            request.viewer = viewer_for(  # type: ignore[attr-defined]
                grant, request_id=request_id, address=address_of(request)
            )
        response = self.get_response(request)
        if request.viewer is not None or sessions.INITIAL in request.session:  # type: ignore[attr-defined]
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Send away who may not call the view: to the password page, the choice of identity or the sign-in."""
        if sessions.INITIAL in request.session:
            return None if may_while_confined(view) else go_to(request, reverse("accounts:initial-password"))
        level = level_of(view)
        if level is Level.PUBLIC or request.viewer is not None:  # type: ignore[attr-defined]
            return None
        if request.user.is_authenticated:
            return None if level is Level.ACCOUNT else go_to(request, reverse("accounts:identities"))
        return go_to(request, f"{reverse('accounts:sign-in')}?{_where_to(request)}")


def address_of(request: HttpRequest) -> str:
    """The address that the request came from, as the server in front of Django states it."""
    return str(request.META.get("REMOTE_ADDR", ""))


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Redirect a page; tell htmx to load the page as a whole."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _where_to(request: HttpRequest) -> str:
    """Says on the sign-in page what happened, and where to go afterwards."""
    words = {}
    if request.method == "GET" and request.headers.get("HX-Request") != "true" and request.path != "/":
        words["next"] = request.get_full_path()
    if request.COOKIES.get("sessionid"):
        words["why"] = "ended"
    return urlencode(words)
