"""Upkeep of the queue itself."""

from datetime import timedelta

from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from xinglin.history.overview import record_verification
from xinglin.history.partitions import ensure_partitions
from xinglin.history.sealing import seal_waiting
from xinglin.history.verification import verify
from xinglin.jobs import lifecycle
from xinglin.jobs.enums import ENDED
from xinglin.jobs.handle import JobHandle
from xinglin.jobs.models import Job
from xinglin.jobs.registry import every, job
from xinglin.kernel import clock

PULSE = "jobs.pulse"
PULSE_SECONDS = 30
TICKETS_KEPT = timedelta(days=7)
JOBS_KEPT = timedelta(days=90)


@every(3600, name="jobs.prune")
def prune() -> None:
    """Delete tickets after a week and ended jobs after ninety days; a ticket is only the queue's note, not a record."""
    now = clock.now()
    DBTaskResult.objects.filter(enqueued_at__lt=now - TICKETS_KEPT).exclude(
        pk__in=lifecycle.rows("tickets in use").exclude(status__in=ENDED).values("ticket_id")
    ).delete()
    lifecycle.rows("upkeep").filter(status__in=ENDED, finished_at__lt=now - JOBS_KEPT).delete()


@every(PULSE_SECONDS, name=PULSE)
def pulse() -> None:
    """Leaves the time of its turn: that some worker lives, also while no job runs (xinglin doctor, monitoring)."""


@every(24 * 3600, name="history.partitions")
def make_partitions() -> None:
    """Monthly partitions of the history for the months to come."""
    ensure_partitions(clock.today())


@every(30, name="history.seal", lease_seconds=60)
def seal_history() -> None:
    """New rows of the history go into the hash chain within a minute."""
    seal_waiting()


VERIFY = "history.verify"


def _seals_page(done: Job) -> tuple[str, str] | None:
    return ("查看核验结果", reverse("administration:history"))


@job(VERIFY, title="核验历史记录", result_link=_seals_page)
def verify_history(handle: JobHandle) -> None:
    """Verify every seal and row; the outcome is told in the history. Reads only, so it may be repeated as a whole."""
    handle.viewer.require("history.verify")

    def tell(done: int, total: int) -> None:
        handle.checkpoint()
        handle.progress(done, total, f"已核对 {done:,} 条")

    report = verify(tell=tell)
    with handle.step() as step:
        record_verification(report, by=handle.viewer)
        step.message = report.summary
