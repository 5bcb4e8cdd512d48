"""Running one job from claim to end."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

from xinglin.jobs import lifecycle, registry
from xinglin.jobs.arguments import masked_trace
from xinglin.jobs.enums import JobStatus
from xinglin.jobs.handle import Cancelled, JobHandle, Stopping, Superseded
from xinglin.jobs.heartbeat import Heartbeat
from xinglin.jobs.models import Job
from xinglin.kernel import clock
from xinglin.kernel.errors import DomainError
from xinglin.kernel.faults import AWAY, BUSY, Fault, fault_of
from xinglin.kernel.logs import bound

logger = logging.getLogger("xinglin.jobs")

stop_requested = threading.Event()
"""Set once by the worker's signal handler: running jobs end at their next checkpoint."""

UNEXPECTED = (
    "处理时出现意外错误，任务已停止；已经完成的部分保留。请稍后重新提交，仍不成功请把任务编号 {id} 告诉技术支持。"
)
DATABASE_AWAY = "数据库多次没有响应，任务已停止；已经完成的部分保留。请稍后重新提交。"
DISK_IN_TROUBLE = "{reason}，任务已停止；已经完成的部分保留。请告诉系统管理员，恢复后重新提交。"
TROUBLE_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between the tries to write down that the database failed a job; after them the job is left to `reclaim`."""
UNKNOWN_KIND = "这个版本的系统不认识这种任务，请联系技术支持。"


def run_job(job_id: Any, *, worker: str, beat: bool = True) -> Job | None:
    """Take the job and run it; None when it is not waiting. `beat=False` is for running inside one transaction (tests)."""
    job = lifecycle.claim(job_id, worker)
    if job is None:
        return None
    pulse: AbstractContextManager[Any] = Heartbeat(job) if beat else nullcontext()
    began = time.monotonic()
    with bound(job=str(job.pk), kind=job.name, attempt=job.attempt, user=job.owner_user_id, request=job.request_id):
        logger.info("job taken")
        with pulse:
            _attempt(job)
        ended = lifecycle.rows("how the job ended").get(pk=job.pk)
        ms = round((time.monotonic() - began) * 1000, 1)
        logger.info("job put down", extra={"facts": {"status": ended.status, "ms": ms}})
    return ended


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
        logger.warning("job taken away from this worker")
    except DomainError as error:
        lifecycle.end(job, JobStatus.FAILED, error=error.message[:500])
    except Exception as error:
        fault = fault_of(error)
        if fault is not None:
            _trouble(job, error, fault)
            return
        logger.error("job failed", exc_info=True)
        lifecycle.end(job, JobStatus.FAILED, error=UNEXPECTED.format(id=str(job.pk)[:8]), trace=_trace(error))
    else:
        values = {"result": outcome} if isinstance(outcome, dict) else {}
        lifecycle.end(job, JobStatus.DONE, **values)


def _trouble(job: Job, error: Exception, fault: Fault) -> None:
    """The machine may be well again soon: try later, a few times. If not even this can be written, reclaim does it."""
    logger.error("job met trouble", exc_info=True, extra={"facts": {"fault": fault.kind}})
    for pause in (*TROUBLE_PAUSES, 0.0):
        if not connection.in_atomic_block:  # a broken one is kept until somebody asks, and then nothing can be written
            connection.close_if_unusable_or_obsolete()
        try:
            _put_off(job, error, fault)
            return
        except (DatabaseError, InterfaceError):
            if stop_requested.wait(pause):
                return


def _put_off(job: Job, error: Exception, fault: Fault) -> None:
    if job.attempt < job.max_attempts:
        lifecycle.give_back(job, run_after=clock.now() + timedelta(seconds=5 * job.attempt))
        return
    said = DATABASE_AWAY if fault in (AWAY, BUSY) else DISK_IN_TROUBLE.format(reason=fault.reason)
    lifecycle.end(job, JobStatus.FAILED, error=said, trace=_trace(error))


def _trace(error: Exception) -> str:
    return masked_trace("".join(traceback.format_exception(error)))
