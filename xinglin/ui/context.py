"""Context processor: one name, ``frame``, for everything that the page frame needs."""

from django.http import HttpRequest

from .frame import Frame


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Put the lazy frame into every template."""
    return {"frame": Frame(request)}
