"""Sealing rows of the history into the hash chain of their month (Q-12).

Run by a periodic task. Sealers that meet do no harm: the heads are read before the rows, so a sealer that missed the
other's seal collides with it on the unique keys of the chain and gives up.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Q

from xinglin.kernel import clock

from . import tail
from .digesting import COLUMNS, GENESIS, partition_of, row_digest, seal_digest, to_ranges
from .models import HistorySeal, SealMark

ROWS_A_SEAL = 2_000
_AT = COLUMNS.index("at")
Heads = dict[str, tuple[int, str]]
"""Partition → sequence and digest of its last seal."""


def seal_waiting(*, seconds: float = 20.0) -> int:
    """Seal what is in no seal yet, for at most ``seconds``; returns how many rows. Writes in short transactions."""
    until = time.monotonic() + seconds
    ripe = _ripe_mark()
    heads = last_seals()
    safe = tail.safe_id()
    count, complete = 0, True
    for rows in tail.unsealed(tail.sealed_above(safe), safe, ROWS_A_SEAL):
        try:
            _seal(rows, heads)
        except IntegrityError:
            return count
        count += len(rows)
        if time.monotonic() > until:
            complete = False
            break
    if complete and ripe is not None:
        _move_mark(ripe)
    return count


def last_seals() -> Heads:
    """The head of every partition's chain."""
    ends = HistorySeal.objects.values("partition").annotate(last=Max("sequence")).values_list("partition", "last")
    condition = Q(pk__in=[])
    for partition, sequence in ends:
        condition |= Q(partition=partition, sequence=sequence)
    seals = HistorySeal.objects.filter(condition).values_list("partition", "sequence", "digest")
    return {partition: (sequence, digest) for partition, sequence, digest in seals}


def _seal(rows: Sequence[tuple[Any, ...]], heads: Heads) -> None:
    months: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        months.setdefault(partition_of(row[_AT]), []).append(row)
    now = clock.now()
    seals = [_link(partition, members, heads, now) for partition, members in sorted(months.items())]
    with transaction.atomic():
        HistorySeal.objects.bulk_create(seals)
    for seal in seals:
        heads[seal.partition] = (seal.sequence, seal.digest)


def _link(partition: str, rows: Sequence[tuple[Any, ...]], heads: Heads, now: Any) -> HistorySeal:
    sequence, previous = heads.get(partition, (0, GENESIS))
    parts = {
        "partition": partition,
        "sequence": sequence + 1,
        "previous": previous,
        "sealed_at": now,
        "row_ids": to_ranges(row[0] for row in rows),
        "row_digests": b"".join(map(row_digest, rows)),
    }
    return HistorySeal(**parts, digest=seal_digest(**parts), rows=len(rows), first_id=rows[0][0], last_id=rows[-1][0])


def _ripe_mark() -> int | None:
    """PostgreSQL: move the mark one stage on; its id when no transaction that could still commit below it is open.

    Taken before the rows are read, so a run that then finds nothing left below the mark makes it safe. The grace
    covers a writer that took an id and has not written yet: it has no transaction number to wait for.
    """
    if connection.vendor != "postgresql":
        return None
    mark, _ = SealMark.objects.get_or_create(pk=1)
    now = clock.now()
    rows = SealMark.objects.filter(pk=1, mark_id=mark.mark_id)
    if mark.mark_at is None or now - mark.mark_at > timedelta(days=1):
        rows.update(mark_id=_last_id(), mark_at=now, mark_xid=None)
    elif mark.mark_xid is None:
        if now - mark.mark_at >= tail.GRACE:
            rows.update(mark_xid=_number("pg_snapshot_xmax"))
    elif _number("pg_snapshot_xmin") >= mark.mark_xid:
        return mark.mark_id
    return None


def forget_mark() -> None:
    """Begin a new mark: transaction numbers of another server mean nothing here (after a restore)."""
    SealMark.objects.update(mark_at=None, mark_xid=None)


def _move_mark(ripe: int) -> None:
    """Everything below the ripe mark is sealed: it is safe, and the next mark begins."""
    SealMark.objects.filter(pk=1, mark_id=ripe, safe_id__lte=ripe).update(
        safe_id=ripe, mark_id=_last_id(), mark_at=clock.now(), mark_xid=None
    )


def _last_id() -> int:
    """The highest id that anybody has taken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value - (NOT is_called)::int FROM history_historyentry_id_seq")
        return cursor.fetchone()[0]


def _number(function: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(pg_current_snapshot())::text::bigint")
        return cursor.fetchone()[0]
