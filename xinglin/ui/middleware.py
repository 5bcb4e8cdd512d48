"""Middleware of the frame: content security policy, one-time forms, errors of the domain as pages or fragments."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse

from xinglin.kernel.errors import DomainError
from xinglin.kernel.faults import fault_of

from . import counts, errors, faults, once

log = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]
HANDLED = (Http404, PermissionDenied, SuspiciousOperation)
"""Answers of Django's own, whatever led to them."""

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)


class ContentSecurityPolicyMiddleware:
    """Send the policy with every answer; a view may have set its own (a nonce page) and keeps it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        return response


class OnceMiddleware:
    """Answer the second send of the same form with the result of the first (see ``xinglin.ui.once``)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = once.answer(request, self.get_response)
        counts.mark_written(request, response)
        return response


class DomainErrorMiddleware:
    """Turn what a view raised into a Chinese answer: refusals keep their sentence, trouble of the machine says so."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.content:
            return errors.not_opened(request, response.headers["Allow"])
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for domain errors and for trouble of database and disk; everything else stays Django's."""
        if isinstance(error, DomainError):
            return errors.refused(request, error)
        if isinstance(error, HANDLED):
            return None
        fault = fault_of(error)
        if fault is None:
            return None
        log.warning("trouble below", exc_info=error, extra={"facts": {"fault": fault.kind}})
        return faults.unavailable(request, fault)
