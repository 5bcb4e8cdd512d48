"""The worker process: threads that pull tickets, and a keeper that reclaims and runs upkeep.

The queue's own worker is not used: it leaves the job of a killed process RUNNING for ever, takes a write lock every
second on SQLite even when there is nothing to do, and cannot stop between two steps (docs/decisions/0010-jobs.md).
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType

from django.db import close_old_connections, connection, transaction
from django_tasks_db.models import DBTaskResult

from xinglin.jobs import running
from xinglin.jobs.delivery import deliver, worker_name
from xinglin.jobs.reclaim import reclaim
from xinglin.jobs.scheduler import run_due
from xinglin.kernel.faults import fault_of

POLL_SECONDS = 0.5
KEEPER_SECONDS = 5.0
TROUBLE_SECONDS = 5.0

logger = logging.getLogger("xinglin.jobs")


def next_ticket(worker: str) -> DBTaskResult | None:
    """Take the oldest ready ticket, in one short transaction; None when there is none. No lock is held afterwards."""
    ready = DBTaskResult.objects.ready().filter(task_path=deliver.module_path)
    if not ready.exists():
        return None
    with transaction.atomic():
        ticket = ready.get_locked()
        if ticket is not None:
            ticket.claim(worker)
    return ticket


def serve_one(worker: str, *, beat: bool = True) -> bool:
    """Take one ticket and run its job to an end; False when the queue is empty."""
    ticket = next_ticket(worker)
    if ticket is None:
        return False
    (job_id,) = ticket.args_kwargs["args"]
    running.run_job(job_id, worker=worker, beat=beat)
    ticket.set_successful(None)
    return True


def run_waiting_jobs(limit: int = 100) -> int:
    """Run what waits, here and now, in the caller's thread and transaction (tests, the demo); returns how many ran."""
    count = 0
    while count < limit and serve_one("inline", beat=False):
        count += 1
    return count


class Worker:
    """One process. `run()` returns after `stop()` or SIGTERM, when every running step is finished."""

    def __init__(self, *, threads: int = 2, poll_seconds: float = POLL_SECONDS) -> None:
        self.name = worker_name()
        self._threads = threads
        self._poll_seconds = poll_seconds
        self._stop = running.stop_requested

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """Ask for a clean end: the present step is finished, the rest goes back to the queue."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped."""
        self._stop.clear()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        targets = [(f"jobs-{n}", self._pull) for n in range(self._threads)] + [("jobs-keeper", self._keep)]
        threads = [threading.Thread(target=target, name=name) for name, target in targets]
        for thread in threads:
            thread.start()
        logger.info("worker started", extra={"facts": {"worker": self.name, "threads": self._threads}})
        for thread in threads:
            while thread.is_alive():
                thread.join(timeout=1)
        logger.info("worker stopped", extra={"facts": {"worker": self.name}})

    def _pull(self) -> None:
        self._loop(lambda: serve_one(self.name), self._poll_seconds)

    def _keep(self) -> None:
        self._loop(self._upkeep, KEEPER_SECONDS)

    def _upkeep(self) -> bool:
        reclaim()
        run_due(self.name)
        return False

    def _loop(self, turn: Callable[[], bool], seconds: float) -> None:
        """Turn after turn; pause when there was nothing to do, longer when the machine is in trouble.

        No error ends the thread: a worker that lives but does nothing would be found by nobody.
        """
        while not self._stop.is_set():
            try:
                close_old_connections()
                pause = 0.0 if turn() else seconds
            except Exception as error:
                fault = fault_of(error)
                facts = {"worker": self.name, "fault": fault.kind if fault else ""}
                logger.error("worker in trouble", exc_info=True, extra={"facts": facts})
                connection.close()
                pause = TROUBLE_SECONDS
            self._stop.wait(pause)
        connection.close()
