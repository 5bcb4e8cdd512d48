"""Running one job from claim to end."""

from __future__ import annotations

import logging
import threading
import traceback
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError

from xinglin.jobs import lifecycle, registry
from xinglin.jobs.arguments import masked_trace
from xinglin.jobs.enums import JobStatus
from xinglin.jobs.handle import Cancelled, JobHandle, Stopping, Superseded
from xinglin.jobs.heartbeat import Heartbeat
from xinglin.jobs.models import Job
from xinglin.kernel import clock
from xinglin.kernel.errors import DomainError

logger = logging.getLogger("xinglin.jobs")

stop_requested = threading.Event()
"""Set once by the worker's signal handler: running jobs end at their next checkpoint."""

UNEXPECTED = (
    "处理时出现意外错误，任务已停止；已经完成的部分保留。请稍后重新提交，仍不成功请把任务编号 {id} 告诉技术支持。"
)
DATABASE_AWAY = "数据库多次没有响应，任务已停止；已经完成的部分保留。请稍后重新提交。"
UNKNOWN_KIND = "这个版本的系统不认识这种任务，请联系技术支持。"


def run_job(job_id: Any, *, worker: str, beat: bool = True) -> Job | None:
    """Take the job and run it; None when it is not waiting. `beat=False` is for running inside one transaction (tests)."""
    job = lifecycle.claim(job_id, worker)
    if job is None:
        return None
    logger.info("job %s %s: attempt %d", job.name, job.pk, job.attempt)
    pulse: AbstractContextManager[Any] = Heartbeat(job) if beat else nullcontext()
    with pulse:
        _attempt(job)
    return lifecycle.rows("how the job ended").get(pk=job.pk)


def _attempt(job: Job) -> None:
    handle = JobHandle(job, stop_requested)
    try:
        kind = registry.kind(job.name)
    except KeyError:
        lifecycle.end(job, JobStatus.FAILED, error=UNKNOWN_KIND)
        return
    try:
        outcome = kind.run(handle, **job.arguments)
    except Cancelled:
        lifecycle.end(job, JobStatus.CANCELLED)
    except Stopping:
        lifecycle.give_back(job, count_attempt=False)
    except Superseded:
        logger.warning("job %s %s: taken away from this worker", job.name, job.pk)
    except DomainError as error:
        lifecycle.end(job, JobStatus.FAILED, error=error.message[:500])
    except (OperationalError, InterfaceError) as error:
        _database_trouble(job, error)
    except Exception as error:
        logger.error("job %s %s failed: %s", job.name, job.pk, type(error).__name__)
        lifecycle.end(job, JobStatus.FAILED, error=UNEXPECTED.format(id=str(job.pk)[:8]), trace=_trace(error))
    else:
        values = {"result": outcome} if isinstance(outcome, dict) else {}
        lifecycle.end(job, JobStatus.DONE, **values)


def _database_trouble(job: Job, error: Exception) -> None:
    """The database may be back soon: try again later, a few times. If not even this can be written, reclaim does it."""
    logger.error("job %s %s: database trouble, %s", job.name, job.pk, type(error).__name__)
    if job.attempt < job.max_attempts:
        lifecycle.give_back(job, run_after=clock.now() + timedelta(seconds=5 * job.attempt))
    else:
        lifecycle.end(job, JobStatus.FAILED, error=DATABASE_AWAY, trace=_trace(error))


def _trace(error: Exception) -> str:
    return masked_trace("".join(traceback.format_exception(error)))
