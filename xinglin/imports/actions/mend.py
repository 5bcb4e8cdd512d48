"""Mending a checked import on the screen: take a suggestion, leave a row out, confirm a warning."""

from __future__ import annotations

from django.db import transaction

from xinglin.kernel import clock
from xinglin.kernel.errors import Refused, Stale
from xinglin.kernel.viewer import Viewer

from .. import registry, selectors
from ..cells.options import short_list
from ..cells.raw import written
from ..checking import DUPLICATE
from ..enums import Severity, Status, Verdict
from ..models import ImportIssue, ImportJob, ImportRow
from ..sealing import open_issue, seal_rows
from . import storing
from .rights import require_own


def _touch(job: ImportJob) -> None:
    """The import as the user saw it is another now. Raises Stale when it is no longer waiting for the user."""
    rows = ImportJob.objects.for_system("mended").filter(pk=job.pk, status=Status.CHECKED)
    if not rows.update(revision=job.revision + 1):
        raise Stale("这次导入已经不在检查结果这一步，没有改动")
    job.revision += 1


def accept_suggestion(job: ImportJob, issue_id: int, *, everywhere: bool, by: Viewer) -> int:
    """Put the suggested value into the cell, or into every cell that holds the same; returns how many.

    The caller checks again afterwards. Raises Refused when there is no such suggestion (any more).
    """
    require_own(job, by)
    issue = ImportIssue.objects.filter(job=job, pk=issue_id).first()
    words = open_issue(job, issue) if issue else None
    if issue is None or words is None or words.suggestion is None:
        raise Refused("这条建议已经用过，请看最新的检查结果")
    with transaction.atomic():
        _touch(job)
        if words.rule == DUPLICATE:
            return _leave_out(job, _duplicates(job) if everywhere else [issue.number])
        same = ImportIssue.objects.filter(job=job, column=issue.column, severity=Severity.ERROR)
        numbers = {issue.number}
        if everywhere:
            numbers = {i.number for i in same.iterator() if open_issue(job, i).suggestion == words.suggestion}
        return _put(job, issue, words.suggestion, numbers)


def choose(job: ImportJob, issue_id: int, label: str, *, by: Viewer) -> None:
    """Put an entry of the column's list into a wrong cell; the caller checks again afterwards.

    Raises Refused when the cell has been mended meanwhile, or for what is not in the list.
    """
    require_own(job, by)
    issue = ImportIssue.objects.filter(job=job, pk=issue_id, severity=Severity.ERROR).exclude(column="").first()
    if issue is None:
        raise Refused("这一格已经改过，请看最新的检查结果")
    if label not in short_list(registry.get_or_404(job.kind).column(issue.column), by):
        raise Refused("请先选一项，再点“改”")
    with transaction.atomic():
        _touch(job)
        _put(job, issue, label, {issue.number})


def _put(job: ImportJob, issue: ImportIssue, text: str, numbers: set[int]) -> int:
    rows = {row.number: row for row in selectors.rows(job, number__in=numbers)}
    meant = written(rows[issue.number].cells[issue.column])
    changed = 0
    for row in rows.values():
        if written(row.cells[issue.column]) == meant:
            row.cells[issue.column] = text
            (sealed,) = seal_rows(job, [row])
            changed += ImportRow.objects.filter(job=job, number=row.number).update(sealed=sealed)
    return changed


def _duplicates(job: ImportJob) -> list[int]:
    return list(ImportIssue.objects.filter(job=job, rule=DUPLICATE).values_list("number", flat=True))


def _leave_out(job: ImportJob, numbers: list[int]) -> int:
    ImportIssue.objects.filter(job=job, number__in=numbers).delete()
    return ImportRow.objects.filter(job=job, number__in=numbers).update(
        verdict=Verdict.DROPPED, warned=False, held=False
    )


def drop_row(job: ImportJob, number: int, *, by: Viewer) -> None:
    """Leave a row out of the import; the file is not changed."""
    require_own(job, by)
    with transaction.atomic():
        _touch(job)
        _leave_out(job, [number])


def restore_row(job: ImportJob, number: int, *, by: Viewer) -> None:
    """Take a row in again that was left out; the caller checks again afterwards."""
    require_own(job, by)
    with transaction.atomic():
        _touch(job)
        ImportRow.objects.filter(job=job, number=number, verdict=Verdict.DROPPED).update(verdict=Verdict.ERROR)


def confirm_warnings(job: ImportJob, groups: set[str], *, by: Viewer) -> None:
    """Stamp the ticked warnings as confirmed and take the confirmation off the others."""
    require_own(job, by)
    now = clock.now()
    warnings = ImportIssue.objects.filter(job=job, severity=Severity.WARNING)
    ticked: list[int] = []
    unticked: list[int] = []
    waiting: set[int] = set()
    for issue in warnings.iterator():
        if selectors.group_of(open_issue(job, issue)) in groups:
            ticked.append(issue.pk)
        else:
            unticked.append(issue.pk)
            waiting.add(issue.number)
    with transaction.atomic():
        _touch(job)
        for batch in storing.batches(ticked):
            warnings.filter(pk__in=batch, confirmed_at=None).update(confirmed_at=now, confirmed_by=by.user_name)
        for batch in storing.batches(unticked):
            warnings.filter(pk__in=batch).update(confirmed_at=None, confirmed_by="")
        ImportRow.objects.filter(job=job, warned=True).update(held=False)
        for batch in storing.batches(sorted(waiting)):
            ImportRow.objects.filter(job=job, warned=True, number__in=batch).update(held=True)
