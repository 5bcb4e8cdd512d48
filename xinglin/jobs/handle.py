"""What a running job holds in its hand: progress, checkpoints and all-or-nothing steps."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import transaction

from xinglin.accounts.selectors import live_grant, viewer_for
from xinglin.jobs import lifecycle
from xinglin.jobs.models import Job
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed
from xinglin.kernel.viewer import Viewer

PROGRESS_SECONDS = 0.5
IDENTITY_ENDED = "提交任务的身份已经失效，任务没有继续执行。请切换到有效的身份重新提交。"


class Interrupted(Exception):
    """The job must not go on now. Never caught by a job's own code."""


class Cancelled(Interrupted):
    """Its owner took it back."""


class Stopping(Interrupted):
    """The worker process is asked to end; the job goes back to the queue."""


class Superseded(Interrupted):
    """The job was given to another worker or ended meanwhile; nothing of the open step stands."""


@dataclass(slots=True)
class Step:
    """What the open step will write on the job when it commits; None leaves the value."""

    done: int | None = None
    total: int | None = None
    message: str | None = None
    cursor: dict[str, Any] | None = None
    result: dict[str, Any] | None = None

    def values(self) -> dict[str, Any]:
        named = {
            "progress_total": self.total,
            "progress_done": self.done,
            "message": None if self.message is None else self.message[:200],
            "cursor": self.cursor,
            "result": self.result,
        }
        return {name: value for name, value in named.items() if value is not None}


@dataclass
class JobHandle:
    """Given to a job's function as its first argument.

    `cursor` is what the last committed step left (`{}` on a first run): start there. Write domain data in steps only.
    """

    job: Job
    stop: threading.Event = field(default_factory=threading.Event)
    _written_at: float = 0.0

    @property
    def id(self) -> Any:
        """The job's id (uuid)."""
        return self.job.pk

    @property
    def cursor(self) -> dict[str, Any]:
        """Where the next step starts."""
        return self.job.cursor

    @cached_property
    def viewer(self) -> Viewer:
        """The identity that asked for the job, as it is today: a right that was withdrawn meanwhile is gone.

        Raises NotAllowed when the identity has ended.
        """
        if self.job.owner_user_id is None:
            return Viewer.system(self.job.title)
        grant = live_grant(self.job.grant_id, self.job.owner_user_id) if self.job.grant_id else None
        if grant is None or not grant.user.is_active:
            raise NotAllowed(IDENTITY_ENDED)
        return viewer_for(grant, request_id=self.job.request_id, source="job")

    def checkpoint(self) -> None:
        """A good place to stop, at least every second. Raises Cancelled, Stopping or Superseded."""
        row = lifecycle.held(self.job).values_list("cancel_requested_at").first()
        if row is None:
            raise Superseded
        if row[0] is not None:
            raise Cancelled
        if self.stop.is_set():
            raise Stopping

    def progress(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Show how far the job is, for parts that write nothing else; at most two writes a second reach the database."""
        last = total is not None and done >= total
        if not last and time.monotonic() - self._written_at < PROGRESS_SECONDS:
            return
        self._write(Step(done=done, total=total, message=message))

    @contextmanager
    def step(self) -> Iterator[Step]:
        """One transaction of at most a second: what it writes, its progress and its cursor stand together or not at all.

            with job.step() as step:
                apply(rows)
                step.done, step.cursor = n, {"row": n}

        Ends with the proof that the job is still this worker's; otherwise everything is rolled back (Superseded).
        """
        self.checkpoint()
        step = Step()
        with transaction.atomic():
            yield step
            self._write(step)

    def _write(self, step: Step) -> None:
        values = step.values()
        if not lifecycle.held(self.job).update(heartbeat_at=clock.now(), **values):
            raise Superseded
        for name, value in values.items():
            setattr(self.job, name, value)
        self._written_at = time.monotonic()
