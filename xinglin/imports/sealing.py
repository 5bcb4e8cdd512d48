"""Cells and words of a job, sealed under its data key and bound to their row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from xinglin.kernel.issues import Issue
from xinglin.kernel.json_text import written
from xinglin.vault import cipher

from .models import ImportIssue, ImportJob
from .rows import ParsedRow, Raw

Sealed = tuple[int, bytes | memoryview]
"""Number and sealed cells of a row."""


def _place(job: ImportJob, kind: str, number: int | str) -> str:
    return f"imports.{kind}:{job.id}:{number}"


def seal_rows(job: ImportJob, rows: Iterable[ParsedRow]) -> list[bytes]:
    """The raw cells of each row, in the order of the job's columns."""
    names, place = job.layout["columns"], _place(job, "row", "")
    contents = ((row.number, written([row.cells.get(name) for name in names])) for row in rows)
    return [cipher.seal(job.key, content, f"{place}{number}") for number, content in contents]


def open_rows(job: ImportJob, sealed: Iterable[Sealed]) -> Iterator[tuple[int, dict[str, Raw]]]:
    """Number and raw cells by column name of each row, all read as one JSON. Raises the vault's errors."""
    names, place = job.layout["columns"], _place(job, "row", "")
    numbers, contents = [], []
    for number, blob in sealed:
        numbers.append(number)
        contents.append(cipher.open_(job.key, blob, f"{place}{number}"))
    for number, cells in zip(numbers, json.loads(b"[%b]" % b",".join(contents)), strict=True):
        yield number, dict(zip(names, cells, strict=True))


def open_cells(job: ImportJob, number: int, sealed: bytes | memoryview) -> dict[str, Raw]:
    """The raw cells of one row. Raises the vault's errors."""
    return next(open_rows(job, [(number, sealed)]))[1]


def seal_returns(job: ImportJob, row: ParsedRow) -> bytes:
    """What the run hands back for this row (a one-time password); b"" for nothing."""
    if not row.returns:
        return b""
    return cipher.seal(job.key, written(row.returns), _place(job, "returns", row.number))


def open_returns(job: ImportJob, number: int, sealed: bytes | memoryview) -> dict[str, str]:
    """What the run handed back; {} for nothing."""
    return json.loads(cipher.open_(job.key, bytes(sealed), _place(job, "returns", number))) if sealed else {}


def seal_issue(job: ImportJob, number: int, issue: Issue) -> bytes:
    """The words of a remark and its suggestion."""
    content = written([issue.message, issue.suggestion])
    return cipher.seal(job.key, content, _place(job, "issue", number))


def open_issue(job: ImportJob, issue: ImportIssue) -> Issue:
    """The remark with its words."""
    message, suggestion = json.loads(cipher.open_(job.key, bytes(issue.sealed), _place(job, "issue", issue.number)))
    return Issue(issue.column, message, issue.severity, suggestion, issue.rule)  # type: ignore[arg-type]
