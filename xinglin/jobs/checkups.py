"""What the doctor and the monitoring ask about background work (Q-09, Q-13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from xinglin.jobs import registry, selectors
from xinglin.jobs.enums import OPEN, JobStatus
from xinglin.jobs.heartbeat import STALE_SECONDS
from xinglin.jobs.job_specs import PULSE, PULSE_SECONDS
from xinglin.kernel import clock
from xinglin.kernel.checkups import Finding, Look, bad, checkup, ok, warn
from xinglin.kernel.measures import Values, measure

LONG_WAIT = timedelta(minutes=15)
WITHOUT_PULSE = timedelta(seconds=4 * PULSE_SECONDS)
OVERDUE = timedelta(hours=1)
DAY = timedelta(days=1)
START_A_WORKER = "启动后台进程：systemctl start xinglin-worker@1（或 xinglin worker），再看它的日志。"


def _state() -> selectors.QueueState:
    now = clock.now()
    return selectors.queue_state(silent_before=now - timedelta(seconds=2 * STALE_SECONDS), failed_since=now - DAY)


@checkup("jobs.worker", title="后台进程")
def worker(look: Look) -> Iterator[Finding]:
    """Some worker has run upkeep a moment ago."""
    seen = next((task.finished_at for task in selectors.upkeep_state() if task.name == PULSE), None)
    if seen is None:
        yield bad("后台进程从来没有运行过，导入、导出和定时任务都不会进行。", START_A_WORKER)
    elif clock.now() - seen > WITHOUT_PULSE:
        yield bad(f"没有后台进程在运行，最后一次活动是 {clock.local(seen):%Y-%m-%d %H:%M:%S}。", START_A_WORKER)


@checkup("jobs.queue", title="后台任务")
def queue(look: Look) -> Iterator[Finding]:
    """No job without heartbeat, none that waits long, none that failed lately."""
    state = _state()
    if state.silent:
        yield bad(
            f"{state.silent} 个任务标为进行中，但没有心跳，执行它的进程可能已经中断。",
            "后台进程运行时一分钟内会自动收回重做；一直不变请启动后台进程。不需要改数据库。",
        )
    if state.oldest_waiting and clock.now() - state.oldest_waiting > LONG_WAIT:
        yield warn(
            f"有任务从 {clock.local(state.oldest_waiting):%Y-%m-%d %H:%M} 排队至今，共 {state.count(JobStatus.WAITING)} 个在排队。",
            "增加后台进程：systemctl start xinglin-worker@2（SQLite 只能有一个）。",
        )
    if state.failed_since:
        yield warn(f"最近一天有 {state.failed_since} 个任务失败。", "在日志中查“job failed”一行，看原因。")
    yield ok(f"排队 {state.count(JobStatus.WAITING)} 个，进行中 {state.count(JobStatus.RUNNING)} 个。")


@checkup("jobs.upkeep", title="定时任务")
def upkeep(look: Look) -> Iterator[Finding]:
    """Every declared periodic task runs when it is due, and without failing."""
    known = {task.name for task in registry.periodic_tasks()}
    for task in selectors.upkeep_state():
        if task.name not in known:
            continue
        if task.failures:
            yield warn(
                f"定时任务 {task.name} 连续失败 {task.failures} 次。", "在日志中查“periodic task failed”一行，看原因。"
            )
        elif clock.now() - task.due_at > OVERDUE:
            yield warn(
                f"定时任务 {task.name} 应在 {clock.local(task.due_at):%Y-%m-%d %H:%M} 运行，还没有。", START_A_WORKER
            )


@measure("jobs", "Background jobs by kind and state", "kind", "state")
def jobs() -> Values:
    state = _state()
    for kind in registry.kinds():
        for open_status in OPEN:
            yield (kind, str(open_status)), state.by_kind.get((kind, str(open_status)), 0)
    for (kind, status), number in sorted(state.by_kind.items()):
        if status not in OPEN:
            yield (kind, status), number


@measure("jobs_silent", "Running jobs whose worker fell silent")
def jobs_silent() -> Values:
    yield (), _state().silent


@measure("queue_age_seconds", "How long the oldest waiting job waits")
def queue_age() -> Values:
    oldest = _state().oldest_waiting
    yield (), max((clock.now() - oldest).total_seconds(), 0.0) if oldest else 0.0


@measure("worker_pulse_age_seconds", "Since a worker was last heard of; absent while none ever was")
def pulse_age() -> Values:
    for task in selectors.upkeep_state():
        if task.name == PULSE and task.finished_at:
            yield (), (clock.now() - task.finished_at).total_seconds()


@measure("periodic_failures", "Failures in a row of a periodic task", "task")
def periodic_failures() -> Values:
    for task in selectors.upkeep_state():
        yield (task.name,), task.failures
