"""Counts that stay fast: exact up to a bound, beyond it only when somebody asks (Q-01)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from xinglin.kernel.viewer import Viewer

from . import filters
from .state import State

BOUND = 10_000
_RELAXED = 4
_ENOUGH = 1_000


@dataclass(frozen=True, slots=True)
class Count:
    """``number`` rows, or at least so many when not ``exact``."""

    number: int
    exact: bool

    @property
    def text(self) -> str:
        return f"{self.number:,}" if self.exact else f"{self.number:,}+"


def up_to_bound(queryset: QuerySet[Any]) -> Count:
    """Exact up to BOUND rows, else "at least"; never reads more than BOUND + 1 rows."""
    return _bounded(queryset, BOUND)


def _bounded(queryset: QuerySet[Any], bound: int) -> Count:
    found = queryset.order_by().values("pk")[: bound + 1].count()
    return Count(min(found, bound), found <= bound)


def whole(queryset: QuerySet[Any]) -> Count:
    """The exact number, however long it takes."""
    return Count(queryset.order_by().count(), True)


@dataclass(frozen=True, slots=True)
class Relief:
    """The condition whose removal brings most rows back, and how many."""

    condition: filters.Condition
    count: Count


def relief(everything: QuerySet[Any], state: State, viewer: Viewer) -> Relief | None:
    """Which one condition excludes most: each of the first few is left out in turn. None when no single one helps."""
    items = state.conditions.items
    best: Relief | None = None
    for item in items[:_RELAXED]:
        rest = filters.apply(everything, [other for other in items if other is not item], viewer)
        count = _bounded(rest, _ENOUGH)
        if count.number and (best is None or count.number > best.count.number):
            best = Relief(item, count)
    return best
