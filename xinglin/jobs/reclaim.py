"""Finding jobs whose worker died, and tickets that got lost: nobody ever mends a stuck job with SQL (Q-09)."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from xinglin.jobs import lifecycle
from xinglin.jobs.delivery import send_ticket
from xinglin.jobs.enums import JobStatus
from xinglin.jobs.heartbeat import STALE_SECONDS
from xinglin.jobs.models import Job
from xinglin.kernel import clock

logger = logging.getLogger("xinglin.jobs")

GIVEN_UP = "执行进程连续 {n} 次中断，任务已停止；已经完成的部分保留。请联系技术支持后重新提交。"


def reclaim(*, stale_seconds: int = STALE_SECONDS) -> int:
    """Bring back what is stuck; returns how many jobs were moved. Safe on several workers at once."""
    before = clock.now() - timedelta(seconds=stale_seconds)
    stale = lifecycle.rows("jobs of dead workers").filter(status=JobStatus.RUNNING, heartbeat_at__lt=before)
    moved = sum(_take_back(job) for job in stale[:100])
    ticket = DBTaskResult.objects.filter(pk=OuterRef("ticket_id"), status=TaskResultStatus.READY)
    lost = (
        lifecycle.rows("waiting jobs without a ticket")
        .filter(status=JobStatus.WAITING, created_at__lt=before)
        .exclude(heartbeat_at__gte=before)
        .exclude(Exists(ticket))
    )
    return moved + sum(_send_again(job) for job in lost[:100])


def _take_back(job: Job) -> bool:
    facts = {"job": str(job.pk), "kind": job.name, "worker": job.worker, "attempt": job.attempt}
    logger.warning("the worker of a job is silent", extra={"facts": facts})
    if job.cancel_requested_at is not None:
        return lifecycle.end(job, JobStatus.CANCELLED)
    if job.attempt >= job.max_attempts:
        return lifecycle.end(job, JobStatus.FAILED, error=GIVEN_UP.format(n=job.attempt))
    return lifecycle.give_back(job)


def _send_again(job: Job) -> bool:
    """A new ticket for a job whose ticket was taken by a worker that died before it took the job."""
    with transaction.atomic():
        ticket = send_ticket(job.pk)
        moved = (
            lifecycle.rows("its new ticket")
            .filter(pk=job.pk, status=JobStatus.WAITING, ticket_id=job.ticket_id)
            .update(ticket_id=ticket, heartbeat_at=clock.now())
        )
        if not moved:
            DBTaskResult.objects.filter(pk=ticket).delete()
    return bool(moved)
