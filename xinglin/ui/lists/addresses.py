"""Addresses, looked up once in a process: `reverse` for every row and every entry of a menu would cost as much as they do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from django.urls import URLResolver, get_resolver, reverse

_PLACE = 987654321012345


@lru_cache(maxsize=1_000)
def of(name: str, *args: str) -> str:
    """As ``reverse(name, args=args)``, for addresses that stay the same: of pages, not of rows. Raises NoReverseMatch."""
    return reverse(name, args=args)


def back_to(name: str, state: str) -> str:
    """The list as it was when something was sent from it (the word ``state`` of its form); a strange word leads to the
    plain list."""
    return of(name) + (state[:4000] if state.startswith("?") else "")


def of_list(name: str) -> str:
    """Where the list of that name stands, "" for one whose address names a row (the departments of a hospital)."""
    return _lists().get(name, "")


@lru_cache(maxsize=1)
def _lists() -> dict[str, str]:
    return dict(_mounted(get_resolver(), "/"))


def _mounted(resolver: URLResolver, before: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        route = f"{before}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from _mounted(entry, route)
        elif "<" not in route and (spec := getattr(entry.callback, "view_initkwargs", {}).get("spec")):
            yield spec.name, route


def of_row(name: str, pk: int) -> str:
    """As ``reverse(name, args=[pk])`` for an address with one whole number."""
    before, after = _around(name)
    return f"{before}{pk}{after}"


@lru_cache(maxsize=256)
def _around(name: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[_PLACE]).partition(str(_PLACE))
    return before, after
