"""The legal moves of a job, each one conditional UPDATE.

Every move out of `running` names the worker and the attempt: a worker that was given up for dead (its machine slept, its
heartbeat stopped) finds no row to move and learns that the job is no longer its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from xinglin.jobs.delivery import send_ticket
from xinglin.jobs.enums import JobStatus
from xinglin.jobs.models import Job
from xinglin.kernel import clock


def rows(reason: str) -> QuerySet[Job]:
    """All jobs, for the machinery that runs them."""
    return Job.objects.for_system(reason)


def held(job: Job) -> QuerySet[Job]:
    """The job's row while this worker's attempt is the valid one; empty after it was taken away."""
    return rows("the worker's own job").filter(
        pk=job.pk, status=JobStatus.RUNNING, worker=job.worker, attempt=job.attempt
    )


def claim(job_id: Any, worker: str) -> Job | None:
    """waiting → running for this worker; None when somebody else has it or it has ended."""
    now = clock.now()
    taken = (
        rows("a worker takes a job")
        .filter(pk=job_id, status=JobStatus.WAITING)
        .update(
            status=JobStatus.RUNNING,
            worker=worker[:64],
            attempt=F("attempt") + 1,
            started_at=Coalesce("started_at", now),
            heartbeat_at=now,
        )
    )
    return rows("the job just taken").get(pk=job_id) if taken else None


def beat(job: Job) -> bool:
    """Say that the worker lives. False when the job is no longer its own."""
    return bool(held(job).update(heartbeat_at=clock.now()))


def end(job: Job, status: JobStatus, **values: Any) -> bool:
    """running → done, failed or cancelled. False when the job is no longer this worker's."""
    return bool(held(job).update(status=status, finished_at=clock.now(), **values))


def give_back(job: Job, *, run_after: datetime | None = None, count_attempt: bool = True) -> bool:
    """running → waiting with a new ticket, now or at `run_after`; the cursor keeps what is done."""
    with transaction.atomic():
        attempt = job.attempt if count_attempt else max(job.attempt - 1, 0)
        moved = held(job).update(status=JobStatus.WAITING, attempt=attempt, worker="", heartbeat_at=clock.now())
        if moved:
            rows("its new ticket").filter(pk=job.pk).update(ticket_id=send_ticket(job.pk, run_after=run_after))
    return bool(moved)
