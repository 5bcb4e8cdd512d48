"""System check: an address of the virus scanner that is none would refuse every upload."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from xinglin.files import scanning


@register("xinglin")
def scanner_has_an_address(**_: Any) -> list[CheckMessage]:
    """XINGLIN_CLAMD names a socket of this machine or a host and port (Q-11)."""
    if not settings.XINGLIN_CLAMD:
        return []
    try:
        scanning.address_of(settings.XINGLIN_CLAMD)
    except ValueError as error:
        return [Error(f"XINGLIN_CLAMD: {error}.", hint="See docs/settings.md.", id="xinglin.E031")]
    return []
