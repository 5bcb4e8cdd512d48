"""Rows and issues between memory and tables, many at once; cells and words sealed under the job's key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.db import connection, transaction

from xinglin.kernel.bulk import insert_rows
from xinglin.kernel.issues import Issue
from xinglin.vault import cipher

from .models import ImportIssue, ImportJob, ImportRow
from .rows import ParsedRow, Raw

BATCH = 1_000
"""Rows a transaction: well under 0.2 s, so that other writers pass between."""

T = TypeVar("T")
Remarks = dict[int, set[tuple[str, str, str]]]
"""Row number → (column, severity, message)."""
Confirmed = dict[tuple[int, str, str], tuple[datetime, str]]
"""(Row number, column, message) → when and by whom."""


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _place(job: ImportJob, kind: str, number: int) -> str:
    return f"imports.{kind}:{job.id}:{number}"


def seal_cells(job: ImportJob, number: int, cells: dict[str, Raw]) -> bytes:
    """The raw cells, in the order of the job's columns."""
    content = json.dumps([cells.get(name) for name in job.layout["columns"]], ensure_ascii=False)
    return cipher.seal(job.key, content, _place(job, "row", number))


def open_cells(job: ImportJob, number: int, sealed: bytes) -> dict[str, Raw]:
    content = json.loads(cipher.open_(job.key, sealed, _place(job, "row", number)))
    return dict(zip(job.layout["columns"], content, strict=True))


def seal_returns(job: ImportJob, row: ParsedRow) -> bytes:
    """What the run hands back for this row (a one-time password); b"" for nothing."""
    if not row.returns:
        return b""
    return cipher.seal(job.key, json.dumps(row.returns, ensure_ascii=False), _place(job, "returns", row.number))


def open_returns(job: ImportJob, number: int, sealed: bytes) -> dict[str, str]:
    return json.loads(cipher.open_(job.key, sealed, _place(job, "returns", number))) if sealed else {}


def open_issue(job: ImportJob, issue: ImportIssue) -> Issue:
    """The remark with its words."""
    message, suggestion = json.loads(cipher.open_(job.key, issue.sealed, _place(job, "issue", issue.number)))
    return Issue(issue.column, message, issue.severity, suggestion, issue.rule)  # type: ignore[arg-type]


def insert_checked(job: ImportJob, rows: Sequence[ParsedRow]) -> None:
    """Write checked rows and their issues; the caller holds the transaction."""
    insert_rows(
        ImportRow,
        ("job_id", "number", "sealed", "verdict", "warned", "held", "subject_id"),
        [
            (job.id, row.number, seal_cells(job, row.number, row.cells), row.verdict, row.warned, row.warned, row.subject_id)
            for row in rows
        ],
    )
    insert_issues(job, rows)


def insert_issues(job: ImportJob, rows: Iterable[ParsedRow], confirmed: Confirmed = {}) -> None:
    """Write the issues of some rows, those said before and confirmed as confirmed; the caller holds the transaction."""
    entries = [
        (job.id, row.number, i.field, i.severity, i.rule, _seal_issue(job, row.number, i),
         *confirmed.get((row.number, i.field, i.message), (None, "")))
        for row in rows
        for i in row.issues
    ]  # fmt: skip
    if entries:
        columns = ("job_id", "number", "column", "severity", "rule", "sealed", "confirmed_at", "confirmed_by")
        insert_rows(ImportIssue, columns, entries)


def _seal_issue(job: ImportJob, number: int, issue: Issue) -> bytes:
    content = json.dumps([issue.message, issue.suggestion], ensure_ascii=False)
    return cipher.seal(job.key, content, _place(job, "issue", number))


def clear(job: ImportJob) -> None:
    """Remove rows and issues of an unfinished check, in batches."""
    for model in (ImportIssue, ImportRow):
        while ids := list(model.objects.filter(job=job).values_list("id", flat=True)[: 5 * BATCH]):
            with transaction.atomic():
                model.objects.filter(id__in=ids).delete()


def load(job: ImportJob, **lookup: object) -> list[ParsedRow]:
    """Rows of the job, ready to be judged, in the order of the file."""
    rows = ImportRow.objects.filter(job=job, **lookup).order_by("number")
    return [
        ParsedRow(number, open_cells(job, number, sealed))
        for number, sealed in rows.values_list("number", "sealed")
    ]


def mark_applied(job: ImportJob, rows: Sequence[ParsedRow], now: datetime) -> None:
    """Stamp the rows of a step with what became of them; the caller holds the transaction."""
    table = connection.ops.quote_name(ImportRow._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"UPDATE {table} AS r SET applied_at = %s, verdict = v.verdict, subject_id = v.subject "
                "FROM unnest(%s::int[], %s::text[], %s::bigint[]) AS v(number, verdict, subject) "
                "WHERE r.job_id = %s AND r.number = v.number",
                [now, [r.number for r in rows], [str(r.verdict) for r in rows], [r.subject_id for r in rows], job.id],
            )
        else:
            when = connection.ops.adapt_datetimefield_value(now)
            cursor.executemany(
                f"UPDATE {table} SET applied_at = %s, verdict = %s, subject_id = %s WHERE job_id = %s AND number = %s",
                [(when, str(r.verdict), r.subject_id, job.id.hex, r.number) for r in rows],
            )
    for row in rows:
        if row.returns:
            ImportRow.objects.filter(job=job, number=row.number).update(returned=seal_returns(job, row))


def remarks_of(job: ImportJob, numbers: Sequence[int] | None = None) -> tuple[Remarks, Confirmed]:
    """What was said of each row, and which warnings somebody has confirmed."""
    issues = ImportIssue.objects.filter(job=job)
    if numbers is not None:
        issues = issues.filter(number__in=numbers)
    remarks: Remarks = {}
    confirmed: Confirmed = {}
    for issue in issues.iterator():
        words = open_issue(job, issue)
        remarks.setdefault(issue.number, set()).add((words.field, words.severity, words.message))
        if issue.confirmed_at:
            confirmed[issue.number, words.field, words.message] = (issue.confirmed_at, issue.confirmed_by)
    return remarks, confirmed


def is_held(row: ParsedRow, confirmed: Confirmed) -> bool:
    """True when the row has a warning that nobody has confirmed."""
    return any(i.severity == "warning" and (row.number, i.field, i.message) not in confirmed for i in row.issues)


def rewrite(job: ImportJob, rows: Sequence[ParsedRow], confirmed: Confirmed) -> None:
    """Write new verdicts and issues of known rows; the caller holds the transaction."""
    ImportIssue.objects.filter(job=job, number__in=[row.number for row in rows]).delete()
    insert_issues(job, rows, confirmed)
    for row in rows:
        ImportRow.objects.filter(job=job, number=row.number).update(
            verdict=row.verdict, subject_id=row.subject_id, warned=row.warned, held=is_held(row, confirmed)
        )
