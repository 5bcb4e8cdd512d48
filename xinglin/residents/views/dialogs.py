"""Pages that also serve as the body of a dialog over the list (static/residents/remote.js)."""

from __future__ import annotations

from django.http import HttpRequest

HEADER = "X-Dialog"


def wants_dialog(request: HttpRequest) -> bool:
    """Whether the script of the list asks for the body alone; without scripts the page itself is shown."""
    return request.headers.get(HEADER) == "1"
