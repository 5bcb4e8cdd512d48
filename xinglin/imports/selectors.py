"""Reads of imports: always within the viewer's subtree and track."""

from __future__ import annotations

import hashlib
import json
import uuid
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from xinglin.kernel import clock
from xinglin.kernel.issues import Issue
from xinglin.kernel.scope import get_visible_or_404
from xinglin.kernel.viewer import Viewer
from xinglin.vault import cipher

from .enums import WRITING, Severity, Status, Verdict
from .models import ImportFile, ImportIssue, ImportJob, ImportRow
from .rows import ParsedRow
from .sealing import Sealed, open_issue, open_rows

STALE = timedelta(seconds=60)
"""Without a heartbeat for so long, the process that held a job is dead."""
QUEUED = timedelta(minutes=10)
"""So long may a job wait for a free worker before somebody looks after it."""
Remarks = dict[int, list[Issue]]
"""What was said of each row, by its number."""
Confirmed = dict[tuple[int, str, str], tuple[datetime, str]]
"""(Row number, column, message) of a confirmed warning → when and by whom."""


def jobs(viewer: Viewer) -> QuerySet[ImportJob]:
    """导入记录 of the viewer's subtree, newest first."""
    return ImportJob.objects.visible_to(viewer).order_by("-created_at", "-id")


def job_or_404(viewer: Viewer, job_id: uuid.UUID) -> ImportJob:
    """One import; a foreign one is Http404."""
    get_visible_or_404(ImportJob, viewer, pk=job_id)
    return job_for_work(job_id)


def job_for_work(job_id: uuid.UUID) -> ImportJob:
    """The import with its data key, for actions that have decided who may."""
    return ImportJob.objects.for_system("an action works on it").select_related("key").get(pk=job_id)


def is_stalled(job: ImportJob) -> bool:
    """True when the process that held the job has not been heard of for a minute."""
    if job.status not in (Status.CHECKING, Status.APPLYING):
        return False
    patience = STALE if job.token else QUEUED
    return (job.heartbeat_at or job.created_at) < clock.now() - patience


def figures(job: ImportJob) -> dict[str, int]:
    """Counts of rows by verdict and of remarks, for the job's page."""
    rows = ImportRow.objects.filter(job=job).aggregate(
        total=Count("id"),
        ready=Count("id", filter=Q(verdict__in=WRITING, held=False, applied_at=None)),
        valid=Count("id", filter=Q(verdict__in=WRITING)),
        create=Count("id", filter=Q(verdict=Verdict.CREATE)),
        update=Count("id", filter=Q(verdict=Verdict.UPDATE)),
        unchanged=Count("id", filter=Q(verdict=Verdict.UNCHANGED)),
        error=Count("id", filter=Q(verdict=Verdict.ERROR)),
        dropped=Count("id", filter=Q(verdict=Verdict.DROPPED)),
        warned=Count("id", filter=Q(verdict__in=WRITING, warned=True)),
        held=Count("id", filter=Q(verdict__in=WRITING, held=True)),
        applied=Count("id", filter=Q(applied_at__isnull=False)),
        created=Count("id", filter=Q(applied_at__isnull=False, verdict=Verdict.CREATE)),
        updated=Count("id", filter=Q(applied_at__isnull=False, verdict=Verdict.UPDATE)),
        returned=Count("id", filter=~Q(returned=b"")),
    )
    rows["cells"] = ImportIssue.objects.filter(job=job, severity=Severity.ERROR).count()
    return rows


def source_file(job: ImportJob) -> bytes | None:
    """The uploaded file as it came; None once the job's details are purged."""
    file = ImportFile.objects.filter(pk=job.pk).first()
    return None if file is None else cipher.open_(job.key, bytes(file.sealed), f"imports.file:{job.id}")


def parsed_rows(job: ImportJob) -> list[ParsedRow] | None:
    """The cells as read at upload; None after the first check."""
    blob = ImportFile.objects.filter(pk=job.pk).values_list("parsed", flat=True).first()
    if not blob:
        return None
    content = zlib.decompress(cipher.open_(job.key, bytes(blob), f"imports.parsed:{job.id}"))
    names = job.layout["columns"]
    return [ParsedRow(number, dict(zip(names, cells, strict=True))) for number, cells in json.loads(content)]


def rows(job: ImportJob, limit: int | None = None, **lookup: object) -> list[ParsedRow]:
    """Rows of the job, ready to be judged, in the order of the file."""
    return opened(job, sealed_rows(job, limit, **lookup))


def sealed_rows(job: ImportJob, limit: int | None = None, **lookup: object) -> list[Sealed]:
    """Number and sealed cells of rows of the job, in the order of the file."""
    wanted = ImportRow.objects.filter(job=job, **lookup).order_by("number").values_list("number", "sealed")
    return list(wanted[:limit])


def opened(job: ImportJob, sealed: Iterable[Sealed]) -> list[ParsedRow]:
    """Sealed rows of the job, ready to be judged. Raises the vault's errors."""
    return [ParsedRow(number, cells) for number, cells in open_rows(job, sealed)]


def remarks(job: ImportJob, numbers: Sequence[int] | None = None) -> tuple[Remarks, Confirmed]:
    """What was said of the rows (all, or some), and which warnings somebody has confirmed."""
    issues = ImportIssue.objects.filter(job=job).order_by("number", "id")
    if numbers is not None:
        issues = issues.filter(number__in=numbers)
    said: Remarks = {}
    confirmed: Confirmed = {}
    for issue in issues.iterator():
        words = open_issue(job, issue)
        said.setdefault(issue.number, []).append(words)
        if issue.confirmed_at:
            confirmed[issue.number, words.field, words.message] = (issue.confirmed_at, issue.confirmed_by)
    return said, confirmed


def is_held(row: ParsedRow, confirmed: Confirmed) -> bool:
    """True when the row has a warning that nobody has confirmed."""
    return bool(row.issues) and any(
        i.severity == "warning" and (row.number, i.field, i.message) not in confirmed for i in row.issues
    )


def group_of(words: Issue) -> str:
    """Names all warnings of a job that say the same: one tick confirms them together."""
    return hashlib.sha256(f"{words.field}\x00{words.message}".encode()).hexdigest()[:16]


def page_of(job: ImportJob, tab: str, page: int, size: int) -> tuple[list[ImportRow], int]:
    """The rows of one page of a tab (errors, warnings, anything else: all) and how many the tab has."""
    rows = ImportRow.objects.filter(job=job).order_by("number")
    if tab == "errors":
        rows = rows.filter(verdict=Verdict.ERROR)
    elif tab == "warnings":
        rows = rows.filter(warned=True, verdict__in=WRITING)
    total = rows.count()
    start = (min(max(page, 1), max(1, -(-total // size))) - 1) * size
    return list(rows[start : start + size]), total


def issues_of(job: ImportJob, numbers: Sequence[int]) -> dict[int, list[tuple[int, Issue]]]:
    """Remarks on some rows, each with the id by which its suggestion is taken."""
    found: dict[int, list[tuple[int, Issue]]] = {}
    for issue in ImportIssue.objects.filter(job=job, number__in=numbers).order_by("number", "id"):
        found.setdefault(issue.number, []).append((issue.pk, open_issue(job, issue)))
    return found


def warnings_of(job: ImportJob) -> list[tuple[int, Issue, bool]]:
    """(Row number, words, confirmed) of the warnings on rows that would be imported."""
    wanted = ImportRow.objects.filter(job=job, warned=True, verdict__in=WRITING)
    numbers = set(wanted.values_list("number", flat=True))
    issues = ImportIssue.objects.filter(job=job, severity=Severity.WARNING).order_by("number", "id")
    return [
        (issue.number, open_issue(job, issue), issue.confirmed_at is not None)
        for issue in issues.iterator()
        if issue.number in numbers
    ]
