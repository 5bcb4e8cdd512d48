"""The token of the forms of one page: masked once for all of them, because each masking costs as much as a query's text."""

from __future__ import annotations

from django.http import HttpRequest
from django.middleware.csrf import get_token


def page_token(request: HttpRequest) -> str:
    """Django's token, the same for the whole answer unless the secret behind it changes meanwhile."""
    secret, token = getattr(request, "xl_token", (None, ""))
    if secret is None or secret != request.META.get("CSRF_COOKIE"):
        token = get_token(request)
        request.xl_token = (request.META.get("CSRF_COOKIE"), token)  # type: ignore[attr-defined]
    return token
