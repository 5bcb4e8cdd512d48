"""Answers that carry file bytes: nothing stays in a cache, nothing is guessed, nothing runs."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

POLICY = "default-src 'none'; img-src 'self'; style-src 'none'; sandbox"


def file_response(data: bytes, content_type: str, *, name: str, download: bool = False) -> HttpResponse:
    """The bytes with the headers that keep a private file private; `name` is what a saved copy is called."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Length"] = str(len(data))
    response["Content-Disposition"] = f"{'attachment' if download else 'inline'}; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Referrer-Policy"] = "no-referrer"
    return response
