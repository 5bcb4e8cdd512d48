"""Database and disk in trouble while jobs run: put off, tried again, told in words, and no thread of the worker ends (Q-09)."""

from __future__ import annotations

import errno
import logging
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError
from django_tasks_db.models import DBTaskResult

from xinglin.jobs import actions, heartbeat, lifecycle, registry, running, worker
from xinglin.jobs.enums import JobStatus
from xinglin.jobs.handle import JobHandle
from xinglin.jobs.models import Job
from xinglin.jobs.worker import Worker, run_waiting_jobs
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-09")]

TROUBLE: list[BaseException] = []


@registry.job("test.trouble", title="出故障", max_attempts=2)
def trouble(job: JobHandle) -> dict[str, Any]:
    """Raises what the test wants."""
    if TROUBLE:
        raise TROUBLE[0]
    return {"fine": True}


@pytest.fixture(autouse=True)
def _well_again(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(running, "TROUBLE_PAUSES", (0.0, 0.0, 0.0))
    TROUBLE.clear()
    yield
    TROUBLE.clear()


def again(job: Job) -> Job:
    return Job.objects.for_system("test").get(pk=job.pk)


def run_put_off() -> int:
    """Run what was put off, as if its time had come."""
    DBTaskResult.objects.update(run_after=clock.now() - timedelta(days=1))
    return run_waiting_jobs()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OperationalError("server closed the connection"), "数据库多次没有响应"),
        (InterfaceError("connection already closed"), "数据库多次没有响应"),
        (OperationalError("database is locked"), "数据库多次没有响应"),
        (OperationalError("database or disk is full"), "服务器存放数据的磁盘满了，任务已停止"),
        (DatabaseError("database disk image is malformed"), "数据库文件读不出来，任务已停止"),
        (OSError(errno.ENOSPC, "No space left on device"), "服务器存放文件的磁盘满了，任务已停止"),
        (OSError(errno.EIO, "Input/output error"), "服务器存放文件的地方没有响应，任务已停止"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_trouble_is_tried_again_and_then_told_in_words(owner: Viewer, error: BaseException, said: str) -> None:
    job = actions.enqueue("test.trouble", by=owner)
    TROUBLE.append(error)
    assert run_waiting_jobs() == 1
    assert (again(job).status, again(job).attempt, again(job).error) == (JobStatus.WAITING, 1, "")
    assert run_waiting_jobs() == 0, "not at once: the trouble may take a while"
    assert run_put_off() == 1
    ended = again(job)
    assert ended.status == JobStatus.FAILED and said in ended.error and "已经完成的部分保留" in ended.error
    assert type(error).__name__ in ended.trace


def test_trouble_that_passes_costs_nothing_but_time(owner: Viewer) -> None:
    job = actions.enqueue("test.trouble", by=owner)
    TROUBLE.append(OperationalError("server closed the connection"))
    run_waiting_jobs()
    TROUBLE.clear()
    assert run_put_off() == 1
    assert (again(job).status, again(job).result) == (JobStatus.DONE, {"fine": True})


def test_a_mistake_of_ours_is_not_tried_again(owner: Viewer) -> None:
    job = actions.enqueue("test.trouble", by=owner)
    TROUBLE.append(ZeroDivisionError())
    run_waiting_jobs()
    assert again(job).status == JobStatus.FAILED and str(job.pk)[:8] in again(job).error


def test_putting_off_is_tried_until_the_database_is_back(owner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    job = actions.enqueue("test.trouble", by=owner)
    TROUBLE.append(OperationalError("gone"))
    tries = []
    give_back = lifecycle.give_back

    def flaky(*args: Any, **kwargs: Any) -> bool:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("still gone")
        return give_back(*args, **kwargs)

    monkeypatch.setattr(lifecycle, "give_back", flaky)
    run_waiting_jobs()
    assert len(tries) == 3 and again(job).status == JobStatus.WAITING


def test_what_cannot_be_put_off_is_left_to_reclaim(owner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    job = actions.enqueue("test.trouble", by=owner)
    TROUBLE.append(OperationalError("gone"))
    tries = []

    def gone(*_: Any, **__: Any) -> bool:
        tries.append(1)
        raise InterfaceError("still gone")

    monkeypatch.setattr(lifecycle, "give_back", gone)
    run_waiting_jobs()
    assert len(tries) == 4 and again(job).status == JobStatus.RUNNING


def test_a_stop_ends_the_waiting_for_the_database(owner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "TROUBLE_PAUSES", (30.0,))
    actions.enqueue("test.trouble", by=owner)
    TROUBLE.append(OperationalError("gone"))
    tries = []

    def gone(*_: Any, **__: Any) -> bool:
        tries.append(1)
        running.stop_requested.set()
        raise OperationalError("still gone")

    monkeypatch.setattr(lifecycle, "give_back", gone)
    run_waiting_jobs()
    assert len(tries) == 1


# The worker's own threads.


@pytest.mark.parametrize(
    "error", [OperationalError("gone"), InterfaceError("gone"), OSError(28, "full"), ValueError("mistake")]
)
def test_no_error_ends_a_thread(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    monkeypatch.setattr(worker, "TROUBLE_SECONDS", 0.0)
    monkeypatch.setattr(worker, "connection", _Closed())
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    one, turns = Worker(threads=1), []

    def turn() -> bool:
        turns.append(1)
        if len(turns) < 4:
            raise error
        one.stop()
        return False

    one._loop(turn, 0.0)
    assert len(turns) == 4


class _Closed:
    """Stands for the thread's connection: the test's own must not be closed."""

    closed = 0

    def close(self) -> None:
        self.closed += 1


def test_trouble_is_logged_with_its_kind(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(worker, "TROUBLE_SECONDS", 0.0)
    monkeypatch.setattr(worker, "connection", _Closed())
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    one = Worker(threads=1)

    def turn() -> bool:
        one.stop()
        raise OperationalError("程知禾 110199199001011234")

    with caplog.at_level(logging.ERROR, "xinglin.jobs"):
        one._loop(turn, 0.0)
    (record,) = caplog.records
    assert record.facts["fault"] == "database_away"  # type: ignore[attr-defined]


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("gone"), DatabaseError("gone")])
def test_the_heartbeat_outlives_an_outage(owner: Viewer, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    job = lifecycle.claim(actions.enqueue("test.trouble", by=owner).pk, "w")
    assert job is not None
    beats = []
    enough = threading.Event()

    def beat(_: Job) -> bool:
        beats.append(1)
        if len(beats) < 3:
            raise error
        enough.set()
        return True

    monkeypatch.setattr(lifecycle, "beat", beat)
    monkeypatch.setattr(heartbeat, "connection", _Closed())
    with heartbeat.Heartbeat(job, seconds=0.01):
        assert enough.wait(10)


def test_the_heartbeat_stops_when_the_job_was_taken_away(owner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    job = lifecycle.claim(actions.enqueue("test.trouble", by=owner).pk, "w")
    assert job is not None
    beats: list[int] = []
    monkeypatch.setattr(lifecycle, "beat", lambda _: bool(beats.append(1)))
    monkeypatch.setattr(heartbeat, "connection", _Closed())
    with heartbeat.Heartbeat(job, seconds=0.01) as pulse:
        pulse._thread.join(timeout=10)
        assert not pulse._thread.is_alive()
    assert len(beats) == 1


def test_a_broken_connection_is_dropped_before_the_job_is_put_off(
    owner: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Django keeps a connection that broke until somebody asks whether it is usable; nobody does within a job."""
    asked = []
    monkeypatch.setattr(running, "connection", _Watched(asked))
    actions.enqueue("test.trouble", by=owner)
    TROUBLE.append(OperationalError("gone"))
    run_waiting_jobs()
    assert asked == ["asked"]


class _Watched:
    """A connection outside any transaction, as a worker's is."""

    in_atomic_block = False

    def __init__(self, asked: list[str]) -> None:
        self.asked = asked

    def close_if_unusable_or_obsolete(self) -> None:
        self.asked.append("asked")
