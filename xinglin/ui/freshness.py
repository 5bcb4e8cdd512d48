"""Around every write, codes and settings are read as they are now, whatever this process has kept (P-10, P-14)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from xinglin.dictionaries import selectors as dictionaries

from . import counts, selectors

SAFE = {"GET", "HEAD", "OPTIONS"}


class FreshnessMiddleware:
    """What is sent is checked against the codes of this instant; who has just written sees its own change at once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE or counts.COOKIE in request.COOKIES:
            dictionaries.look_again()
            selectors.look_again()
        return self.get_response(request)
