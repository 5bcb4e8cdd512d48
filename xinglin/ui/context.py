"""Context processor: what every page needs, ``frame`` for its frame and ``csrf_token`` for its forms."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .csrf import page_token
from .frame import Frame


def frame(request: HttpRequest) -> dict[str, Any]:
    """Put the lazy frame into every template, and one token in the place of Django's many."""
    return {"frame": Frame(request), "csrf_token": SimpleLazyObject(lambda: page_token(request))}
