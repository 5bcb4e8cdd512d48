"""Pages of a list. Numbered pages reach as far as an offset stays cheap; from there on a page says which row it comes
after, so that leafing goes on without end (Q-01)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from . import keyset
from .counting import BOUND, Count
from .state import State

_AROUND = 1


@dataclass(slots=True)
class Page:
    """The rows of one page. ``too_deep``: its number lies beyond what can be jumped to, and no place was told."""

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
    """The last page that can be jumped to: BOUND rows, 500 pages of 20."""
    return BOUND // size


Rows = Callable[[QuerySet[Any]], QuerySet[Any]]


def fetch(found: QuerySet[Any], order: Sequence[str], state: State, whole: Rows = lambda rows: rows) -> Page:
    """One page, and whether another follows. Pages after the tenth read the keys before the rows, so that the rows
    skipped are not joined; pages beyond the deepest start at the place that the address tells. ``whole`` says what to
    read of the rows of the page."""
    number, size = state.page, state.size
    if number > deepest(size):
        return _beyond(found, order, state, whole)
    ordered, start = found.order_by(*order), (number - 1) * size
    if start < 10 * size:
        rows = list(whole(ordered[start : start + size + 1]))
    else:
        rows = _by_keys(ordered, start, size, whole)
    return Page(rows[:size], number, size, has_next=len(rows) > size)


def _beyond(found: QuerySet[Any], order: Sequence[str], state: State, whole: Rows) -> Page:
    """A page by its place: after a row, or before one (read backwards, then turned round)."""
    number, size = state.page, state.size
    values = keyset.values_of(state.after or state.before, found.model, order)
    if values is None:
        return Page([], number, size, too_deep=True)
    if state.after:
        rows = list(whole(keyset.after(found.order_by(*order), order, values)[: size + 1]))
        if rows:
            return Page(rows[:size], number, size, has_next=len(rows) > size)
    backwards = keyset.turned(order)
    ordered = found.order_by(*backwards)
    rows = list(whole((ordered if state.after else keyset.after(ordered, backwards, values))[:size]))
    return Page(rows[::-1], number, size, has_next=bool(rows) and not state.after)


def keys(ordered: QuerySet[Any], start: int, size: int) -> list[Any]:
    """The keys of a page and of the row behind it."""
    return list(ordered.values_list("pk", flat=True)[start : start + size + 1])


def _by_keys(ordered: QuerySet[Any], start: int, size: int, whole: Rows) -> list[Any]:
    wanted = keys(ordered, start, size)
    found = {row.pk: row for row in whole(ordered.order_by().filter(pk__in=wanted))}
    return [found[key] for key in wanted if key in found]


def numbers(page: Page, count: Count) -> list[int | None]:
    """Page numbers for the pager, None for a gap: 1 … 4 5 6 … 10."""
    last = min(-(-count.number // page.size), deepest(page.size)) or 1
    wanted = {1, 2, 3, last} if page.number < 3 else {1, last}
    wanted |= set(range(page.number - _AROUND, page.number + _AROUND + 1))
    shown: list[int | None] = []
    reach = max(last, page.number) if page.number <= deepest(page.size) else last
    for number in [*sorted(n for n in wanted if 1 <= n <= reach), *([page.number] if page.number > reach else [])]:
        if shown and shown[-1] is not None and number - shown[-1] > 1:
            shown.append(None)
        shown.append(number)
    return shown
