"""Checking an import; it writes its own rows and issues and nothing else (P-16)."""

from __future__ import annotations

import time
import uuid

from django.db import transaction

from xinglin.kernel.behind import check_references, writing_behind
from xinglin.kernel.collector import resting_collector
from xinglin.kernel.errors import DomainError
from xinglin.kernel.viewer import Viewer

from .. import selectors
from ..cells import RowReader
from ..checking import judge, read_cells
from ..enums import Status, Verdict
from ..models import ImportFile, ImportJob, ImportRow
from ..rows import ParsedRow
from . import storing
from .holding import LATER, Lost, fail, keep, take
from .rights import importing, require_own

PIECE = 500
"""Rows that are handed to the database at once: it takes them in while the next are sealed."""
UNEXPECTED = "检查时系统出错，还没有写入任何数据。请重新上传；仍不成功请联系技术支持"


@resting_collector()
def check(job_id: uuid.UUID, *, by: Viewer, force: bool = False) -> ImportJob | None:
    """Check all rows against the present; None when another process does it already.

    The first check takes the cells from the upload, later ones from the mended rows. A refusal of the spec
    (window closed meanwhile) or a fault ends the import as failed, with the reason; faults are raised again.
    """
    job = take(job_id, (Status.UPLOADED, Status.CHECKED), Status.CHECKING, force=force)
    if job is None:
        return None
    started = time.monotonic()
    try:
        spec = require_own(job, by)
        spec.needs(by)
        rows = selectors.parsed_rows(job)
        first = rows is not None
        if rows is None:
            rows = selectors.rows(job, verdict__in=[v for v in Verdict.values if v != Verdict.DROPPED])
        viewer = importing(by)
        read_cells(rows, RowReader(spec.columns, job.layout["columns"], viewer), spec)
        judge(rows, spec, spec.prepare(viewer, job.params, job.mode))
        (_write_first if first else _write_again)(job, rows)
        _finish(job, time.monotonic() - started)
    except Lost:
        return None
    except DomainError as error:
        fail(job, error.message)
    except LATER:
        raise
    except Exception:
        fail(job, UNEXPECTED)
        raise
    return job


def _write_first(job: ImportJob, rows: list[ParsedRow]) -> None:
    storing.clear(job)
    done = 0
    for batch in storing.batches(rows):
        with transaction.atomic():
            with writing_behind():
                for piece in storing.batches(batch, PIECE):
                    storing.insert_checked(job, piece)
                check_references()
            done += len(batch)
            keep(job, progress_done=done)
    ImportFile.objects.filter(pk=job.pk).update(parsed=b"")


def _finish(job: ImportJob, seconds: float) -> None:
    keep(
        job,
        status=Status.CHECKED,
        counts=selectors.figures(job),
        check_seconds=round(seconds, 2),
        revision=job.revision + 1,
        failure="",
    )
    ImportJob.objects.for_system("held").filter(pk=job.pk, token=job.token).update(token=None)


def _write_again(job: ImportJob, rows: list[ParsedRow]) -> None:
    """Touch only the rows whose verdict or remarks differ; confirmations of the same words stay."""
    known = {
        number: (verdict, subject)
        for number, verdict, subject in ImportRow.objects.filter(job=job).values_list("number", "verdict", "subject_id")
    }
    said, confirmed = selectors.remarks(job)
    changed = [
        row
        for row in rows
        if known[row.number] != (row.verdict, row.subject_id) or set(said.get(row.number, ())) != set(row.issues)
    ]
    for batch in storing.batches(changed):
        with transaction.atomic():
            storing.rewrite(job, batch, confirmed)
            keep(job)
