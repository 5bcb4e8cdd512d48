"""Every request has a number, leaves one line in the log and is counted (Q-13).

The line names route, method, status, time and user number: no path, no query string, nothing that was posted.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from xinglin.config import metrics
from xinglin.kernel.logs import bound

log = logging.getLogger("xinglin.request")
STATIC = "static"
UNKNOWN = "unknown"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
SLOW_SECONDS = 2.0
Answer = Callable[[HttpRequest], HttpResponse]


class WatchMiddleware:
    """Outermost but for the proxies: sees every answer, also those that other middleware gives."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        began = time.monotonic()
        with bound(request=request.request_id):  # type: ignore[attr-defined]
            response = self.get_response(request)
            seconds = time.monotonic() - began
            _note(request, response, seconds)
        response.headers.setdefault("X-Request-Id", request.request_id)  # type: ignore[attr-defined]
        return response


def route_of(request: HttpRequest) -> str:
    """The name of the address, the same for every record; "unknown" for what matches none."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name or UNKNOWN
    if request.path_info.startswith(settings.STATIC_URL):
        return STATIC
    try:  # answered before the address was looked up: by a middleware, or in trouble
        return resolve(request.path_info).view_name or UNKNOWN
    except Resolver404:
        return UNKNOWN


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    route = route_of(request)
    method = request.method if request.method in METHODS else "OTHER"
    fault = getattr(response, "xl_fault", "")
    metrics.count_request(route, str(method), response.status_code, seconds, fault)
    if route == STATIC and response.status_code < 400:
        return
    facts = {
        "route": route,
        "method": method,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "user": getattr(getattr(request, "viewer", None), "user_id", None),
    }
    if fault:
        facts["fault"] = fault
    loud = response.status_code >= 500 or seconds > SLOW_SECONDS
    log.log(logging.WARNING if loud else logging.INFO, "request", extra={"facts": facts})
