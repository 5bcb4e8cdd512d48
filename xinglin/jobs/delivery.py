"""The queue: django-tasks carries a ticket with a job's id to a worker. The job's own row says what became of it."""

from __future__ import annotations

import os
import socket
import uuid
from datetime import datetime

from django_tasks import task


def worker_name() -> str:
    """This process, for people: machine and process number."""
    return f"{socket.gethostname()[:48]}:{os.getpid()}"


@task()
def deliver(job_id: str) -> None:
    """Run the job that the ticket names; a second ticket for the same job does nothing."""
    from xinglin.jobs.running import run_job

    run_job(uuid.UUID(job_id), worker=worker_name())


def send_ticket(job_id: uuid.UUID, *, run_after: datetime | None = None) -> uuid.UUID:
    """Put a ticket into the queue, in the caller's transaction; it reaches a worker only if that commits."""
    ticket = deliver.using(run_after=run_after) if run_after else deliver
    return uuid.UUID(ticket.enqueue(str(job_id)).id)
