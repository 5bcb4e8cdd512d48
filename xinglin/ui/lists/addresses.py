"""Addresses of rows: `reverse` for every row would cost as much as its cells."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse

_PLACE = 987654321012345


def of_row(name: str, pk: int) -> str:
    """As ``reverse(name, args=[pk])`` for an address with one whole number."""
    before, after = _around(name)
    return f"{before}{pk}{after}"


@lru_cache(maxsize=256)
def _around(name: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[_PLACE]).partition(str(_PLACE))
    return before, after
