"""Upkeep by the clock: each periodic task runs on one worker at a time, kept by a lease in the database."""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta
from typing import Any

from django.db.models import F, Q

from xinglin.jobs.arguments import masked_trace
from xinglin.jobs.models import PeriodicTask
from xinglin.jobs.registry import Periodic, periodic_tasks
from xinglin.kernel import clock

logger = logging.getLogger("xinglin.jobs")


def run_due(worker: str) -> list[str]:
    """Run what is due and free; returns the names that ran. A failure is logged and waits for its next turn."""
    return [task.name for task in periodic_tasks() if _take(task, worker) and _run(task, worker)]


def _take(task: Periodic, worker: str) -> bool:
    now = clock.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    due = PeriodicTask.objects.filter(free, name=task.name, due_at__lte=now)
    lease = {"leased_until": now + timedelta(seconds=task.lease_seconds), "leased_by": worker[:64]}
    if due.exists():
        return bool(due.update(**lease))
    if PeriodicTask.objects.filter(name=task.name).exists():
        return False
    _, made = PeriodicTask.objects.get_or_create(name=task.name, defaults={"due_at": now, **lease})
    return made


def _run(task: Periodic, worker: str) -> bool:
    outcome: dict[str, Any] = {"failures": 0, "trace": ""}
    try:
        task.run()
    except Exception as error:
        logger.error("periodic task failed", exc_info=True, extra={"facts": {"task": task.name}})
        trace = masked_trace("".join(traceback.format_exception(error)))
        outcome = {"failures": F("failures") + 1, "trace": trace}
    now = clock.now()
    PeriodicTask.objects.filter(name=task.name, leased_by=worker[:64]).update(
        due_at=now + timedelta(seconds=task.seconds),
        leased_until=None,
        finished_at=now,
        **outcome,
    )
    return True
