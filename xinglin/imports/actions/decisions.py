"""The user's decisions about a checked import: run it, leave it, go on with one that was interrupted."""

from __future__ import annotations

from xinglin.kernel import clock
from xinglin.kernel.errors import Refused, Stale
from xinglin.kernel.viewer import Viewer

from .. import selectors
from ..enums import Status
from ..models import ImportJob
from ..rules import reason_against_valid, reason_against_whole
from .rights import require_own


def confirm(job: ImportJob, *, revision: int, whole: bool, by: Viewer) -> bool:
    """Start the run of what the user saw; False when it was started already (a double click).

    Raises Stale when the check changed since, and Refused with the reason when there is nothing to run.
    """
    spec = require_own(job, by)
    spec.needs(by)
    counts = selectors.figures(job)
    reason = reason_against_whole(counts) if whole else reason_against_valid(counts)
    rows = ImportJob.objects.for_system("to confirm it").filter(pk=job.pk)
    if job.status == Status.CHECKED and job.revision == revision and reason:
        raise Refused(reason)
    total = counts["valid"] if whole else counts["ready"]
    now = clock.now()
    if rows.filter(status=Status.CHECKED, revision=revision).update(
        status=Status.APPLYING, all_or_nothing=whole, confirmed_at=now, heartbeat_at=now, token=None,
        progress_done=0, progress_total=total, failure="",
    ):  # fmt: skip
        job.refresh_from_db()
        return True
    job.refresh_from_db()
    if job.status in (Status.APPLYING, Status.DONE):
        return False
    raise Stale("检查结果刚才变了，请再看一遍后确认。现在还没有导入任何数据。")


def resume(job: ImportJob, *, by: Viewer) -> bool:
    """Go on with a run that was interrupted; rows that are in are not touched again. False when it runs already."""
    spec = require_own(job, by)
    spec.needs(by)
    rows = ImportJob.objects.for_system("to resume it").filter(pk=job.pk)
    stopped = rows.filter(status=Status.FAILED, confirmed_at__isnull=False)
    if stopped.update(status=Status.APPLYING, token=None, failure="", heartbeat_at=clock.now()):
        job.refresh_from_db()
        return True
    job.refresh_from_db()
    return job.status == Status.APPLYING and selectors.is_stalled(job)


def cancel(job: ImportJob, *, by: Viewer) -> None:
    """Leave an import that has not run. Raises Refused when it runs or has run."""
    require_own(job, by)
    rows = ImportJob.objects.for_system("to cancel it").filter(
        pk=job.pk, status__in=[Status.UPLOADED, Status.CHECKING, Status.CHECKED], confirmed_at=None
    )
    if not rows.update(status=Status.CANCELLED, token=None, finished_at=clock.now()):
        job.refresh_from_db()
        if job.status != Status.CANCELLED:
            raise Refused("已经开始导入，不能取消")
