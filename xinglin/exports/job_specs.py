"""Background work of exports: large files, files whose time is over."""

from __future__ import annotations

import uuid

from django.urls import reverse

from xinglin.jobs.handle import Cancelled, JobHandle
from xinglin.jobs.models import Job
from xinglin.jobs.registry import every, job

from . import actions


def _link(done: Job) -> tuple[str, str] | None:
    return ("下载文件", reverse("exports:job", args=[done.arguments["export_id"]]))


@job(actions.JOB, title="导出", result_link=_link)
def run(handle: JobHandle, *, export_id: str) -> None:
    """Make a large file; killed, it is made anew as a whole (nothing of it is visible before its end)."""

    def tell(done: int, total: int) -> None:
        handle.checkpoint()
        handle.progress(done, max(total, done))

    try:
        actions.run(uuid.UUID(export_id), by=handle.viewer, tell=tell)
    except Cancelled:
        actions.cancelled(uuid.UUID(export_id))
        raise


@every(300, name="exports.sweep")
def sweep() -> None:
    """Let go of files after their seven days, and of exports whose job died."""
    actions.expire()
    actions.give_up_lost()
