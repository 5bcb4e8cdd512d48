"""Kinds of jobs that only the tests know."""

import os
import time
from typing import Any

from django.db import OperationalError

from xinglin.jobs import registry
from xinglin.jobs.handle import JobHandle
from xinglin.jobs.models import PeriodicTask
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused


def mark(name: str) -> None:
    """Leave a row that must come exactly once (the name is its key)."""
    PeriodicTask.objects.create(name=name, due_at=clock.now())


@registry.job("test.steps", title="数一数")
def count(job: JobHandle, *, total: int, pause: float = 0.0) -> dict[str, Any]:
    """Marks `total` rows, one a step; goes on from the cursor."""
    for number in range(job.cursor.get("next", 0), total):
        with job.step() as step:
            mark(f"row-{job.id}-{number}")
            if pause:
                time.sleep(pause)
            step.done, step.total, step.cursor = number + 1, total, {"next": number + 1}
    return {"rows": total}


@registry.job("test.refused", title="被拒绝")
def refused(job: JobHandle) -> None:
    """Ends with a refusal of the domain."""
    raise Refused("窗口已关闭，不能导入。")


@registry.job("test.broken", title="出错")
def broken(job: JobHandle) -> None:
    """Fails in the middle of a step, quoting a number."""
    with job.step():
        mark("never")
        raise ValueError("bad value 13912345678")


@registry.job("test.database", title="数据库断开", max_attempts=2)
def database_away(job: JobHandle) -> None:
    """The database does not answer."""
    raise OperationalError("server closed the connection")


@registry.job("test.dies", title="进程中断", max_attempts=2)
def dies(job: JobHandle) -> None:
    """Takes the worker process with it."""
    os._exit(9)


@registry.job("test.viewer", title="身份")
def viewer_name(job: JobHandle) -> dict[str, Any]:
    """Tells under which identity it runs."""
    return {"role": job.viewer.role}
