"""A thread that says "this worker lives" while a job runs, whatever the job is doing."""

from __future__ import annotations

import logging
import threading
from types import TracebackType

from django.db import DatabaseError, InterfaceError, connection

from xinglin.jobs import lifecycle
from xinglin.jobs.models import Job

BEAT_SECONDS = 10
STALE_SECONDS = 60

logger = logging.getLogger("xinglin.jobs")


class Heartbeat:
    """`with Heartbeat(job):` writes the job's heartbeat every `BEAT_SECONDS` over a connection of its own.

    A beat that fails is tried again at the next turn; after `STALE_SECONDS` without one the job is taken away.
    """

    def __init__(self, job: Job, *, seconds: float = BEAT_SECONDS) -> None:
        self._job = job
        self._seconds = seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"heartbeat-{job.pk}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._over.wait(self._seconds):
                try:
                    if not lifecycle.beat(self._job):
                        return
                except (DatabaseError, InterfaceError):
                    logger.warning("heartbeat not written", extra={"facts": {"job": str(self._job.pk)}})
                    connection.close()
        finally:
            connection.close()
