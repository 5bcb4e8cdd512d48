"""Asking for background work and taking the request back."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from xinglin.jobs import lifecycle, registry
from xinglin.jobs.arguments import checked
from xinglin.jobs.delivery import send_ticket
from xinglin.jobs.enums import OPEN, JobStatus
from xinglin.jobs.models import Job
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer


def enqueue(
    name: str,
    *,
    by: Viewer,
    arguments: dict[str, Any] | None = None,
    idempotency_key: str = "",
    title: str = "",
) -> Job:
    """Ask for a job of a declared kind; job and ticket are written in the caller's transaction, so a worker sees both
    or neither, and only after the commit.

    arguments: ids and keyed hashes only. idempotency_key: a second request with the key of a job that waits, runs or is
    done returns that job; after a failure or a cancel it makes a new one. Raises KeyError for an undeclared kind and
    ValueError for personal data in the arguments.
    """
    kind = registry.kind(name)
    job = Job(
        name=name,
        title=title or kind.title,
        owner_user_id=by.user_id,
        grant_id=by.grant_id,
        organization_path=by.organization_path,
        request_id=by.request_id,
        idempotency_key=idempotency_key,
        arguments=checked(arguments or {}),
        max_attempts=kind.max_attempts,
    )
    try:
        with transaction.atomic():
            job.ticket_id = send_ticket(job.pk)
            job.save(force_insert=True)
    except IntegrityError:
        known = _same_request(name, idempotency_key)
        if known is None:
            raise
        return known
    return job


def _same_request(name: str, key: str) -> Job | None:
    if not key:
        return None
    alive = lifecycle.rows("one job a request").filter(status__in=(*OPEN, JobStatus.DONE))
    return alive.filter(name=name, idempotency_key=key).first()


def cancel(job: Job, *, by: Viewer) -> None:
    """Take the request back: a waiting job ends at once, a running one at its next checkpoint; committed steps stand.

    Raises Refused when the job is not the viewer's or has ended.
    """
    own = Job.objects.visible_to(by).filter(pk=job.pk)
    now = clock.now()
    ended = own.filter(status=JobStatus.WAITING).update(
        status=JobStatus.CANCELLED, finished_at=now, cancel_requested_at=now
    )
    if ended or own.filter(status=JobStatus.RUNNING).update(cancel_requested_at=now):
        return
    raise Refused("任务已经结束，不能再取消。")
