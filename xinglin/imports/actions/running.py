"""The run: rows become records, step by step or all in one transaction (P-16, Q-09).

A step takes the next rows that are not in yet, checks them again against the present, applies them and stamps them,
all in one transaction: a process killed at any instant leaves whole steps, and the next run goes on where it was.
While the database goes through the references of a step, the cells of the next one are read.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

from django.db import IntegrityError

from xinglin.jobs.handle import Cancelled
from xinglin.kernel import clock
from xinglin.kernel.behind import check_references, writing_behind
from xinglin.kernel.collector import resting_collector
from xinglin.kernel.errors import DomainError, Stale
from xinglin.kernel.viewer import Viewer

from .. import selectors
from ..cells import RowReader
from ..checking import judge, read_cells
from ..enums import WRITING, Status
from ..models import ImportJob
from ..rows import ParsedRow
from ..sealing import Sealed
from ..spec import ImportSpec
from . import storing
from .checks import check
from .holding import LATER, Inline, Lost, Steps, fail, keep, take
from .rights import importing, require_own

FIRST_STEP, LARGEST_STEP, STEP_SECONDS = 500, 2_500, 0.6
LARGEST_PORTION = 1_000
TRIES = 3
CANCELLED = "已在中途停止；已导入的保留，其余没有导入。可以点“继续导入”"
UNEXPECTED = (
    "导入时系统出错，已停在第 {done} 行之后；已导入的保留，其余没有导入。可以点“继续导入”，仍不成功请联系技术支持"
)


@dataclass(slots=True)
class Work:
    """What all steps of one run share."""

    job: ImportJob
    spec: ImportSpec
    by: Viewer
    reader: RowReader
    steps: Steps


class Changed(Exception):
    """All or nothing: some rows are no longer possible."""


def run(job_id: uuid.UUID, *, by: Viewer, steps: Steps | None = None, force: bool = False) -> ImportJob | None:
    """Apply a confirmed import, or go on with one; None when another process does it.

    Ends as done, as failed with the reason (what is in stays), or, all-or-nothing with rows that are no longer
    possible, as checked again with nothing written. Faults are raised again after being noted; a worker that stops and
    a database that does not answer leave the import as it is, to be gone on with.
    """
    job = take(job_id, (), Status.APPLYING, force=force)
    if job is None:
        return None
    try:
        spec = require_own(job, by)
        viewer = importing(by)
        reader = RowReader(spec.columns, job.layout["columns"], viewer)
        work = Work(job, spec, viewer, reader, steps or Inline())
        _whole(work) if job.all_or_nothing else _stepwise(work)
        _finish(work)
    except Lost:
        return None
    except Changed:
        return _check_again(job, by)
    except DomainError as error:
        fail(job, error.message)
    except Cancelled:
        fail(job, CANCELLED)
        raise
    except LATER:
        raise
    except Exception:
        fail(job, UNEXPECTED.format(done=job.progress_done))
        raise
    return job


def _sealed(work: Work, size: int, after: int = 0) -> list[Sealed]:
    """The next rows that are to be applied, still sealed; ``after``: the last number that was dealt with."""
    waiting = {"verdict__in": WRITING, "held": False, "applied_at": None, "number__gt": after}
    return selectors.sealed_rows(work.job, size, **waiting)


def _opened(work: Work, sealed: list[Sealed]) -> list[ParsedRow]:
    return read_cells(selectors.opened(work.job, sealed), work.reader, work.spec)


def _portion(work: Work, rows: list[ParsedRow], size: int) -> tuple[list[ParsedRow], list[ParsedRow]]:
    """Apply the rows and, while the database still takes them in, read the ``size`` next ones.

    Returns those that could not be applied, and the next ones. Raises IntegrityError.
    """
    sealed = _sealed(work, size, rows[-1].number)
    with writing_behind():
        refused = _apply(work, rows)
        check_references()
        following = _opened(work, sealed)
        work.spec.foresee(following)
        return refused, following


def _stepwise(work: Work) -> None:
    size, tries, rows = FIRST_STEP, 0, None
    while True:
        started = time.monotonic()
        try:
            with resting_collector(), work.steps.step():
                rows = _opened(work, _sealed(work, size)) if rows is None else rows
                if not rows:
                    return
                done = work.job.progress_done + len(rows)
                _, following = _portion(work, rows, size)
                keep(work.job, progress_done=done, progress_total=max(done, work.job.progress_total))
        except (IntegrityError, Stale):  # somebody else entered the same record between our check and our write
            tries, rows = tries + 1, None
            if tries == TRIES:
                raise
            continue
        pace = len(rows) / max(time.monotonic() - started, 0.001)
        size = max(50, min(LARGEST_STEP, int(pace * STEP_SECONDS)))
        tries, rows = 0, following


def _whole(work: Work) -> None:
    """Everything in one transaction, in portions that the spec's action is made for."""
    with resting_collector(), work.steps.step():
        rows = _opened(work, _sealed(work, LARGEST_PORTION))
        while rows:
            done = work.job.progress_done + len(rows)
            try:
                refused, rows = _portion(work, rows, LARGEST_PORTION)
            except (IntegrityError, Stale) as error:  # somebody else entered the same record meanwhile
                raise Changed from error
            if refused:
                raise Changed
            keep(work.job, progress_done=done)


def _apply(work: Work, rows: list[ParsedRow]) -> list[ParsedRow]:
    """Check the rows against the present and write those that still stand; returns the others."""
    work.spec.needs(work.by)
    context = work.spec.prepare(work.by, work.job.params, work.job.mode)
    judge(rows, work.spec, context)
    confirmed = selectors.remarks(work.job, [row.number for row in rows if row.warned])[1]
    good = [row for row in rows if row.verdict in WRITING and not selectors.is_held(row, confirmed)]
    writing = {row.number for row in good}
    rest = [row for row in rows if row.number not in writing]
    if good:
        work.spec.apply(good, context, by=work.by)
        storing.mark_applied(work.job, good, clock.now())
    if rest:
        storing.rewrite(work.job, rest, confirmed)
    return [row for row in rest if row.failed or row.warned]


def _finish(work: Work) -> None:
    job = work.job
    figures = selectors.figures(job)
    said = work.spec.afterword(work.by, job.params) if figures["created"] else ""
    layout = job.layout | {"afterword": said}
    keep(job, status=Status.DONE, finished_at=clock.now(), counts=figures, layout=layout, revision=job.revision + 1)
    ImportJob.objects.for_system("held").filter(pk=job.pk, token=job.token).update(token=None)


def _check_again(job: ImportJob, by: Viewer) -> ImportJob | None:
    rows = ImportJob.objects.for_system("held").filter(pk=job.pk, token=job.token)
    if not rows.update(status=Status.CHECKED, confirmed_at=None, token=None, progress_done=0):
        return None
    checked = check(job.pk, by=by)
    if checked is not None and checked.status == Status.CHECKED:
        note = "确认之后数据有变化，这次没有导入任何数据。请看下面的新结果"
        ImportJob.objects.for_system("to tell why").filter(pk=job.pk).update(failure=note)
        checked.failure = note
    return checked
