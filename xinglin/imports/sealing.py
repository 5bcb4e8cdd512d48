"""Cells and words of a job, sealed under its data key and bound to their row."""

from __future__ import annotations

import json

from xinglin.kernel.issues import Issue
from xinglin.vault import cipher

from .models import ImportIssue, ImportJob
from .rows import ParsedRow, Raw

_written = json.JSONEncoder(ensure_ascii=False).encode


def _place(job: ImportJob, kind: str, number: int) -> str:
    return f"imports.{kind}:{job.id}:{number}"


def seal_cells(job: ImportJob, number: int, cells: dict[str, Raw]) -> bytes:
    """The raw cells, in the order of the job's columns."""
    content = _written([cells.get(name) for name in job.layout["columns"]])
    return cipher.seal(job.key, content, _place(job, "row", number))


def open_cells(job: ImportJob, number: int, sealed: bytes | memoryview) -> dict[str, Raw]:
    """The raw cells by column name. Raises the vault's errors."""
    content = json.loads(cipher.open_(job.key, bytes(sealed), _place(job, "row", number)))
    return dict(zip(job.layout["columns"], content, strict=True))


def seal_returns(job: ImportJob, row: ParsedRow) -> bytes:
    """What the run hands back for this row (a one-time password); b"" for nothing."""
    if not row.returns:
        return b""
    return cipher.seal(job.key, json.dumps(row.returns, ensure_ascii=False), _place(job, "returns", row.number))


def open_returns(job: ImportJob, number: int, sealed: bytes | memoryview) -> dict[str, str]:
    """What the run handed back; {} for nothing."""
    return json.loads(cipher.open_(job.key, bytes(sealed), _place(job, "returns", number))) if sealed else {}


def seal_issue(job: ImportJob, number: int, issue: Issue) -> bytes:
    """The words of a remark and its suggestion."""
    content = json.dumps([issue.message, issue.suggestion], ensure_ascii=False)
    return cipher.seal(job.key, content, _place(job, "issue", number))


def open_issue(job: ImportJob, issue: ImportIssue) -> Issue:
    """The remark with its words."""
    message, suggestion = json.loads(cipher.open_(job.key, bytes(issue.sealed), _place(job, "issue", issue.number)))
    return Issue(issue.column, message, issue.severity, suggestion, issue.rule)  # type: ignore[arg-type]
