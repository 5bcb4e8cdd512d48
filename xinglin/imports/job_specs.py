"""Background work of imports: long checks and runs, interrupted ones, retention."""

from __future__ import annotations

import logging
import uuid

from django.db import transaction
from django.urls import reverse

from xinglin.accounts.selectors import live_grant, viewer_for
from xinglin.jobs import actions as jobs
from xinglin.jobs.handle import JobHandle
from xinglin.jobs.models import Job
from xinglin.jobs.registry import every, job
from xinglin.kernel.viewer import Viewer

from . import actions
from .enums import Status
from .models import ImportJob

log = logging.getLogger(__name__)
CHECK, RUN = "imports.check", "imports.run"
INLINE_ROWS = 2_000
"""Up to so many rows are checked and imported within the request."""


def _link(done: Job) -> tuple[str, str] | None:
    return ("查看导入", reverse("imports:job", args=[done.arguments["import_id"]]))


@job(CHECK, title="检查导入文件", result_link=_link)
def check(handle: JobHandle, *, import_id: str) -> None:
    """Check a large file."""
    actions.check(uuid.UUID(import_id), by=handle.viewer, force=True)


@job(RUN, title="导入数据", result_link=_link)
def run(handle: JobHandle, *, import_id: str) -> None:
    """Import a large file, step by step."""
    actions.run(uuid.UUID(import_id), by=handle.viewer, steps=handle, force=True)


def check_soon(item: ImportJob, *, by: Viewer) -> None:
    """Check now when the file is small, else hand it to a worker."""
    if item.count("total") <= INLINE_ROWS:
        actions.check(item.pk, by=by)
    else:
        _hand_over(CHECK, item, by)


def run_soon(item: ImportJob, *, by: Viewer) -> None:
    """Import now when it is little, else hand it to a worker."""
    if item.progress_total <= INLINE_ROWS:
        actions.run(item.pk, by=by)
    else:
        _hand_over(RUN, item, by)


def _hand_over(name: str, item: ImportJob, by: Viewer) -> None:
    with transaction.atomic():
        jobs.enqueue(
            name,
            by=by,
            arguments={"import_id": str(item.pk)},
            idempotency_key=f"{item.pk}:{item.revision}",
            title=f"{item.title} {item.file_name}"[:120],
        )


@every(60, name="imports.wake")
def wake() -> None:
    """Give imports whose process died to a worker (Q-09)."""
    for item in actions.wake():
        grant = live_grant(item.grant_id or 0, item.owner_user_id or 0)
        if grant is None:
            log.warning("import %s: its identity has ended", item.pk)
            continue
        viewer = viewer_for(grant, source="job")
        _hand_over(RUN if item.status == Status.APPLYING else CHECK, item, viewer)


@every(6 * 3600, name="imports.purge")
def purge() -> None:
    """Let the details of old imports go."""
    actions.purge()
