"""One process at a time holds an import; whoever lost it writes nothing (Q-09)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q

from xinglin.jobs.handle import Interrupted
from xinglin.kernel import clock

from .. import selectors
from ..enums import Status
from ..models import ImportJob

LATER = (Interrupted, OperationalError, InterfaceError)
"""What leaves an import as it is: its worker stops, or the database does not answer. Somebody goes on with it."""


class Lost(Exception):
    """Another process took the import over; the open transaction must not stand."""


class Steps(Protocol):
    """How the steps of long work are opened: a plain transaction, or a step of a background job."""

    def step(self) -> AbstractContextManager[Any]: ...


class Inline:
    """Steps within a request."""

    @contextmanager
    def step(self) -> Iterator[None]:
        with transaction.atomic():
            yield


def take(job_id: uuid.UUID, free: tuple[str, ...], busy: str, *, force: bool = False) -> ImportJob | None:
    """Hold the import in state ``busy``: from one of the ``free`` states, or from a process that fell silent.

    ``force``: the caller knows that nobody else runs it. None when somebody else holds it or the state is another.
    """
    now = clock.now()
    silent = Q(token=None) | Q(heartbeat_at__lt=now - selectors.STALE)
    admitted = Q(status__in=free) | (Q(status=busy) if force else Q(status=busy) & silent)
    token = uuid.uuid4()
    rows = ImportJob.objects.for_system("to hold it").filter(admitted, pk=job_id)
    if not rows.update(status=busy, token=token, heartbeat_at=now):
        return None
    return selectors.job_for_work(job_id)


def keep(job: ImportJob, **values: Any) -> None:
    """Write values and a heartbeat if the import is still ours. Raises Lost."""
    rows = ImportJob.objects.for_system("held").filter(pk=job.pk, token=job.token)
    if not rows.update(heartbeat_at=clock.now(), **values):
        raise Lost
    for name, value in values.items():
        setattr(job, name, value)


def fail(job: ImportJob, reason: str) -> None:
    """End the work with a reason for the user; what was applied stays, the rest can be resumed."""
    rows = ImportJob.objects.for_system("held").filter(pk=job.pk, token=job.token)
    rows.update(
        status=Status.FAILED, failure=reason[:500], token=None, counts=selectors.figures(job), revision=job.revision + 1
    )
    job.refresh_from_db(fields=["status", "failure", "token", "counts", "revision"])
