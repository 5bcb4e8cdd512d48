"""Rows and issues into their tables, many at once; the caller holds the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.db import connection, transaction

from xinglin.kernel.behind import run_later
from xinglin.kernel.bulk import insert_rows
from xinglin.kernel.sqlite_rows import sources

from .. import selectors
from ..models import ImportIssue, ImportJob, ImportRow
from ..rows import ParsedRow
from ..sealing import seal_issue, seal_returns, seal_rows
from ..selectors import Confirmed

BATCH = 2_000
"""Rows a transaction: well under 0.2 s, so that other writers pass between."""

T = TypeVar("T")


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The items in lists of at most ``size``."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def insert_checked(job: ImportJob, rows: Sequence[ParsedRow]) -> None:
    """Write checked rows and their issues."""
    insert_rows(
        ImportRow,
        ("job_id", "number", "sealed", "verdict", "warned", "held", "subject_id"),
        [
            (job.id, row.number, sealed, row.verdict, row.warned, row.warned, row.subject_id)
            for row, sealed in zip(rows, seal_rows(job, rows), strict=True)
        ],
    )
    insert_issues(job, rows)


def insert_issues(job: ImportJob, rows: Iterable[ParsedRow], confirmed: Confirmed | None = None) -> None:
    """Write the issues of some rows, those said before and confirmed as confirmed."""
    known = confirmed or {}
    entries = [
        (job.id, row.number, i.field, i.severity, i.rule, seal_issue(job, row.number, i),
         *known.get((row.number, i.field, i.message), (None, "")))
        for row in rows
        for i in row.issues
    ]  # fmt: skip
    if entries:
        columns = ("job_id", "number", "column", "severity", "rule", "sealed", "confirmed_at", "confirmed_by")
        insert_rows(ImportIssue, columns, entries)


def clear(job: ImportJob) -> None:
    """Remove rows and issues of an unfinished check, in batches."""
    for model in (ImportIssue, ImportRow):
        while ids := list(model.objects.filter(job=job).values_list("id", flat=True)[: 5 * BATCH]):
            with transaction.atomic():
                model.objects.filter(id__in=ids).delete()


def mark_applied(job: ImportJob, rows: Sequence[ParsedRow], now: datetime) -> None:
    """Stamp the rows of a step with what became of them."""
    table = connection.ops.quote_name(ImportRow._meta.db_table)
    fates = [(row.number, str(row.verdict), row.subject_id, seal_returns(job, row)) for row in rows]
    if connection.vendor == "postgresql":
        run_later(
            f"UPDATE {table} AS r SET applied_at = %s, verdict = v.verdict, subject_id = v.subject, returned = v.back "
            "FROM unnest(%s::int[], %s::text[], %s::bigint[], %s::bytea[]) AS v(number, verdict, subject, back) "
            "WHERE r.job_id = %s AND r.number = v.number",
            [now, *(list(values) for values in zip(*fates, strict=True)), job.id],
        )
        return
    when = connection.ops.adapt_datetimefield_value(now)
    for source, values in sources(fates, 4):
        run_later(
            f"UPDATE {table} SET applied_at = ?, verdict = v.column2, subject_id = v.column3, returned = v.column4 "
            f"FROM {source} AS v WHERE {table}.job_id = ? AND {table}.number = v.column1",
            [when, *values, job.id.hex],
        )


def rewrite(job: ImportJob, rows: Sequence[ParsedRow], confirmed: Confirmed) -> None:
    """Write new verdicts and issues of known rows."""
    ImportIssue.objects.filter(job=job, number__in=[row.number for row in rows]).delete()
    insert_issues(job, rows, confirmed)
    for row in rows:
        ImportRow.objects.filter(job=job, number=row.number).update(
            verdict=row.verdict, subject_id=row.subject_id, warned=row.warned, held=selectors.is_held(row, confirmed)
        )
