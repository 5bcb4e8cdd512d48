"""Pages of a list. Numbered pages reach as far as an offset stays cheap; beyond, the list asks for conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from .counting import BOUND, Count
from .state import State

_AROUND = 1


@dataclass(slots=True)
class Page:
    """The rows of one page. ``too_deep``: the page lies beyond what the list leafs through."""

    rows: list[Any]
    number: int
    size: int
    has_next: bool = False
    too_deep: bool = False

    @property
    def first(self) -> int:
        """Number of the first row, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def deepest(size: int) -> int:
    """The last page that is numbered: BOUND rows, 500 pages of 20."""
    return BOUND // size


def fetch(ordered: QuerySet[Any], state: State) -> Page:
    """One page, and whether another follows; one query. Pages after the first read the keys before the rows, so
    that the rows skipped are not joined."""
    number, size = state.page, state.size
    if number > deepest(size):
        return Page([], number, size, too_deep=True)
    start = (number - 1) * size
    if start < 10 * size:
        rows = list(ordered[start : start + size + 1])
    else:
        rows = _by_keys(ordered, start, size)
    return Page(rows[:size], number, size, has_next=len(rows) > size and number < deepest(size))


def _by_keys(ordered: QuerySet[Any], start: int, size: int) -> list[Any]:
    keys = list(ordered.values_list("pk", flat=True)[start : start + size + 1])
    found = {row.pk: row for row in ordered.order_by().filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


def numbers(page: Page, count: Count) -> list[int | None]:
    """Page numbers for the pager, None for a gap: 1 … 4 5 6 … 10."""
    last = min(-(-count.number // page.size), deepest(page.size)) or 1
    wanted = {1, 2, 3, last} if page.number < 3 else {1, last}
    wanted |= set(range(page.number - _AROUND, page.number + _AROUND + 1))
    shown: list[int | None] = []
    for number in sorted(n for n in wanted if 1 <= n <= max(last, page.number)):
        if shown and shown[-1] is not None and number - shown[-1] > 1:
            shown.append(None)
        shown.append(number)
    return shown
