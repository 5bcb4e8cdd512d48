"""The rows before and after one row, in the conditions and the order of the list that one came from.

The list hands its address on in the word ``in`` of each row's link (``ListSpec.keeps_place``). A place is the row's sort
values (`keyset`), so that it holds when the row itself has left the list meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from xinglin.kernel.viewer import Viewer

from . import filters, keyset, narrowing
from . import state as states
from .spec import ListSpec

WORD = "in"
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A row beside: its key, what it is called, its address within the same list."""

    key: Any
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """``query``: the address of the list behind the "?"; "" for the list as it opens."""

    before: Neighbour | None
    after: Neighbour | None
    query: str = ""


def within(url: str, query: str, **keep: str) -> str:
    """The address of a row that remembers its list, and further words of the page (the open tab)."""
    return f"{url}{ending(query, **keep)}" if url else url


def ending(query: str, **keep: str) -> str:
    """What such addresses end with, the same for all rows of a list; "" where there is nothing to remember."""
    words = {name: value for name, value in {WORD: query, **keep}.items() if value}
    return f"?{urlencode(words)}" if words else ""


def neighbours(spec: ListSpec, viewer: Viewer, key: int, query: str = "", **keep: str) -> Neighbours | None:
    """Beside the row ``key``; None where it is not in the list as it opens, and no other list was named."""
    query = query if len(query) <= _LONGEST else ""
    state = states.read(spec, QueryDict(query), viewer)
    every = narrowing.bare(spec, spec.queryset(viewer))
    found = filters.apply(every, state.conditions.items, viewer)
    order = spec.order(state.sort)
    place = (every if query else found).filter(pk=key).values(*(name.lstrip("-") for name in order)).first()
    if place is None:
        return None
    values = tuple(place[name.lstrip("-")] for name in order)

    def beside(way: tuple[str, ...]) -> Neighbour | None:
        row = keyset.after(found.order_by(*way), way, values).first()
        if row is None:
            return None
        return Neighbour(spec.key_of(row), spec.row_label(row), within(spec.row_url(row, viewer), query, **keep))

    return Neighbours(beside(keyset.turned(order)), beside(order), query)
