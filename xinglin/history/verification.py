"""Verifying the chain: every seal, every sealed row, what stands outside, and an exported head (Q-12). Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from xinglin.kernel import clock

from . import tail
from .digesting import COLUMNS, DIGEST_BYTES, GENESIS, from_ranges, merged, overlaps, row_digest, seal_digest
from .findings import Finding, Kind, Report, of_row
from .heads import Heads
from .models import HistoryEntry, HistorySeal

IDS_A_QUERY = 900
Tell = Callable[[int, int], None]
Row = dict[str, Any]


def verify(*, heads: Heads | None = None, tell: Tell | None = None) -> Report:
    """Verify all partitions. ``tell(done, total)`` hears of rows after every seal and may raise to stop."""
    return Verification(heads, tell or (lambda done, total: None)).run()


class Verification:
    """One run. ``safe`` is read first: what is sealed while it runs must not look like something added."""

    def __init__(self, heads: Heads | None, tell: Tell) -> None:
        self.report = Report()
        self.heads = heads
        self.tell = tell
        self.safe = tail.safe_id()
        self.sealed: list[list[int]] = []

    def run(self) -> Report:
        self.total = HistorySeal.objects.aggregate(n=Sum("rows"))["n"] or 0
        partitions = list(HistorySeal.objects.values_list("partition", flat=True).distinct().order_by("partition"))
        for partition in partitions:
            self._chain(partition)
        self.report.partitions = len(partitions)
        self._sealed_twice()
        self._ids_twice()
        self._outside()
        if self.heads is not None:
            self._compare_heads(self.heads)
        return self.report

    def _chain(self, partition: str) -> None:
        expected, previous = 1, GENESIS
        for seal in HistorySeal.objects.filter(partition=partition).order_by("sequence", "id").iterator(chunk_size=20):
            self.report.seals += 1
            here: Row = {"partition": partition, "sequence": seal.sequence}
            if seal.sequence < expected:
                self.report.add(Finding(Kind.FORK, **here, note="同一序号有两个封条"))
            elif seal.sequence > expected:
                gone = (
                    f"第 {expected} 至 {seal.sequence - 1} 号" if seal.sequence - expected > 1 else f"第 {expected} 号"
                )
                self.report.add(Finding(Kind.SEAL_MISSING, **here, note=f"之前缺{gone}封条"))
            elif seal.previous != previous:
                self.report.add(Finding(Kind.LINK_BROKEN, **here, note="与上一个封条的摘要不符"))
            self._seal(seal)
            expected, previous = seal.sequence + 1, seal.digest
            self.tell(min(self.report.rows, self.total), self.total)

    def _seal(self, seal: HistorySeal) -> None:
        digests = bytes(seal.row_digests)
        right = seal_digest(
            partition=seal.partition, sequence=seal.sequence, previous=seal.previous, sealed_at=seal.sealed_at,
            row_ids=seal.row_ids, row_digests=digests,
        )  # fmt: skip
        try:
            ids = from_ranges(seal.row_ids)
        except ValueError:
            ids = []
        if right != seal.digest or len(digests) != DIGEST_BYTES * len(ids) or not _bounds_hold(seal, ids):
            note = "封条与自己的摘要不符，所含记录见下" if ids else "封条与自己的摘要不符"
            self.report.add(Finding(Kind.SEAL_ALTERED, seal.partition, seal.sequence, note=note))
        if ids:
            self.sealed += seal.row_ids
            self._rows(seal, ids, digests)

    def _rows(self, seal: HistorySeal, ids: list[int], digests: bytes) -> None:
        found = _rows_of(seal.partition, ids)
        for place, number in enumerate(ids):
            self.report.rows += 1
            row = found.get(number)
            where: Row = {"partition": seal.partition, "sequence": seal.sequence}
            if row is None:
                self.report.add(
                    Finding(
                        Kind.MISSING,
                        **where,
                        row_id=number,
                        note=f"封存于 {clock.local(seal.sealed_at):%Y-%m-%d %H:%M:%S}",
                    )
                )
            elif row_digest(list(row.values())) != digests[place * DIGEST_BYTES : (place + 1) * DIGEST_BYTES]:
                self.report.add(of_row(Kind.TAMPERED, row, **where))

    def _sealed_twice(self) -> None:
        for first, last in overlaps(self.sealed):
            note = f"记录 {first}" if first == last else f"记录 {first} 至 {last}"
            self.report.add(Finding(Kind.TWICE, note=note))

    def _ids_twice(self) -> None:
        """On PostgreSQL the primary key is (id, at): a second row may have stolen an id."""
        if connection.vendor != "postgresql":
            return
        rows = _all().values("id").annotate(n=Count("at")).filter(n__gt=1).order_by("id")
        for number in rows.values_list("id", flat=True)[:1000]:
            for row in list(_all().filter(id=number).order_by("at").values(*COLUMNS))[1:]:
                self.report.add(of_row(Kind.ADDED, row, note="编号与另一条记录相同"))

    def _outside(self) -> None:
        for rows in tail.unsealed(merged(self.sealed), 0, 2_000):
            for values in rows:
                row = dict(zip(COLUMNS, values, strict=True))
                if row["id"] <= self.safe:
                    self.report.add(of_row(Kind.ADDED, row, note="不在任何封条之内"))
                    continue
                self.report.tail += 1
                at = f"{clock.local(row['at']):%Y-%m-%d %H:%M:%S}"
                self.report.tail_oldest = min(filter(None, (self.report.tail_oldest, at)))

    def _compare_heads(self, heads: Heads) -> None:
        self.report.head_made_at = heads.made_at
        if not heads.ours:
            self.report.add(Finding(Kind.HEAD_FOREIGN, note="文件被改动过，或来自另一套系统"))
        for head in heads.partitions:
            seals = HistorySeal.objects.filter(partition=head.partition, sequence=head.sequence)
            digests = list(seals.values_list("digest", flat=True))
            here: Row = {"partition": head.partition, "sequence": head.sequence}
            if not digests:
                self.report.add(Finding(Kind.CUT, **here, note=f"{heads.made_at} 导出链头时，该封条是最后一个"))
            elif head.digest not in digests:
                self.report.add(Finding(Kind.REPLACED, **here, note=f"与 {heads.made_at} 导出的链头不符"))


def _bounds_hold(seal: HistorySeal, ids: list[int]) -> bool:
    return bool(ids) and (seal.rows, seal.first_id, seal.last_id) == (len(ids), ids[0], ids[-1])


def _all() -> Any:
    return HistoryEntry.objects.for_system(tail.WHY)


def _rows_of(partition: str, ids: list[int]) -> dict[int, Row]:
    """Rows by id. First within the month, which is one partition on PostgreSQL; then wherever they were moved to."""
    found: dict[int, Row] = {}
    for part in _chunks(ids):
        rows = _all().filter(id__in=part)
        bounds = _month(partition)
        if bounds:
            rows = rows.filter(at__gte=bounds[0], at__lt=bounds[1])
        found |= {row["id"]: row for row in rows.values(*COLUMNS)}
    for part in _chunks([number for number in ids if number not in found]):
        found |= {row["id"]: row for row in _all().filter(id__in=part).values(*COLUMNS)}
    return found


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), IDS_A_QUERY):
        yield ids[start : start + IDS_A_QUERY]


def _month(partition: str) -> tuple[dt.datetime, dt.datetime] | None:
    """Bounds of a month in Asia/Shanghai; None for a name that is no month (an altered seal)."""
    try:
        start = dt.datetime.strptime(partition, "%Y-%m").replace(tzinfo=clock.SHANGHAI)
    except ValueError:
        return None
    return start, (start + dt.timedelta(days=32)).replace(day=1)
