"""Finding rows that are in no seal yet, without looking at all rows (Q-12).

A row's id says little about when it commits: on PostgreSQL a lower id may become visible later. So rows are looked
for in the gaps that the seals leave above ``safe_id``; below it every row is sealed and none can still commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Min, Q, QuerySet

from .digesting import COLUMNS, Ranges, gaps, merged
from .models import HistoryEntry, HistorySeal, SealMark

WHY = "sealing and verifying look at every row"
GAPS_A_QUERY = 100
GRACE = timedelta(seconds=60)
"""Between taking an id and showing up as an open transaction; after it the mark waits for open transactions."""


@dataclass(frozen=True, slots=True)
class Tail:
    """Rows in no seal: how many, and when the oldest and the newest was written."""

    count: int
    oldest: datetime | None
    newest: datetime | None


def safe_id() -> int:
    """Every row with this id or a lower one is in a seal, for good.

    On SQLite one writer at a time takes ids in the order of commits, so the last sealed id is the answer.
    """
    if connection.vendor == "postgresql":
        return SealMark.objects.values_list("safe_id", flat=True).first() or 0
    return HistorySeal.objects.aggregate(last=Max("last_id"))["last"] or 0


def sealed_above(safe: int) -> Ranges:
    """Ids above ``safe`` that are in a seal."""
    seals = HistorySeal.objects.filter(last_id__gt=safe).values_list("row_ids", flat=True)
    return merged(pair for ranges in seals.iterator(chunk_size=500) for pair in ranges)


def unsealed(union: Ranges, after: int, size: int) -> Iterator[list[tuple[Any, ...]]]:
    """Rows in the gaps of a union of ids above ``after``, in order of id, in lists of at most ``size``.

    Each row has its values in the order of ``digesting.COLUMNS``.
    """
    for condition in _conditions(gaps(union, after)):
        cursor = after
        while True:
            rows = _rows().filter(condition, id__gt=cursor).order_by("id").values_list(*COLUMNS)
            found = list(rows[:size])
            if found:
                yield found
                cursor = found[-1][0]
            if len(found) < size:
                break


def tail() -> Tail:
    """What is not sealed yet."""
    safe = safe_id()
    count, oldest, newest = 0, None, None
    for condition in _conditions(gaps(sealed_above(safe), safe)):
        found = _rows().filter(condition, id__gt=safe).aggregate(n=Count("id"), oldest=Min("at"), newest=Max("at"))
        count += found["n"]
        oldest = min(filter(None, (oldest, found["oldest"])), default=None)
        newest = max(filter(None, (newest, found["newest"])), default=None)
    return Tail(count, oldest, newest)


def _rows() -> QuerySet[HistoryEntry]:
    return HistoryEntry.objects.for_system(WHY)


def _conditions(found: list[tuple[int, int | None]]) -> Iterator[Q]:
    """The gaps, some at a time: one query for each."""
    for start in range(0, len(found), GAPS_A_QUERY):
        condition = Q()
        for first, last in found[start : start + GAPS_A_QUERY]:
            condition |= Q(id__gte=first) if last is None else Q(id__range=(first, last))
        yield condition
