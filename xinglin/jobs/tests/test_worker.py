"""The worker process itself: killed, stopped, two at once (Q-09)."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connection

from xinglin.jobs import actions
from xinglin.jobs.enums import JobStatus
from xinglin.jobs.heartbeat import Heartbeat
from xinglin.jobs.lifecycle import claim
from xinglin.jobs.models import Job, PeriodicTask
from xinglin.jobs.reclaim import reclaim
from xinglin.kernel.viewer import Viewer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("Q-09")]

PROGRAM = """
import django
django.setup()
from xinglin.jobs import registry
from xinglin.jobs.tests import kinds
from xinglin.jobs.worker import Worker
registry._periodic.clear()
Worker(threads=1, poll_seconds=0.05).run()
"""


def again(job: Job) -> Job:
    return Job.objects.for_system("test").get(pk=job.pk)


def rows() -> int:
    return PeriodicTask.objects.filter(name__startswith="row-").count()


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def database_url() -> str:
    """The address of the test database, for another process."""
    where = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{where['NAME']}"
    host = f"{where['HOST']}:{where['PORT']}" if where["PORT"] else where["HOST"]
    return f"postgres://{where['USER']}:{where['PASSWORD']}@{host}/{where['NAME']}"


@pytest.fixture
def start() -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts workers on the test database, and ends those that still live."""
    started: list[subprocess.Popen[bytes]] = []

    def one() -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "xinglin.config.settings.test",
            "XINGLIN_DATA": str(settings.DATA_DIR),
            "DATABASE_URL": database_url(),
        }
        started.append(subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=settings.BASE_DIR, env=environment))
        return started[-1]

    yield one
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def test_a_killed_worker_leaves_whole_steps_and_another_goes_on(owner: Viewer, start: Callable) -> None:  # type: ignore[type-arg]
    job = actions.enqueue("test.steps", by=owner, arguments={"total": 12, "pause": 0.1})
    first = start()
    until(lambda: again(job).progress_done >= 3)
    first.kill()
    first.wait()
    killed = again(job)
    assert (killed.status, killed.cursor["next"]) == (JobStatus.RUNNING, rows())
    until(lambda: reclaim(stale_seconds=1) == 1)
    start()
    until(lambda: again(job).status == JobStatus.DONE)
    assert rows() == 12
    assert again(job).attempt == 2


def test_sigterm_finishes_the_step_and_gives_the_job_back(owner: Viewer, start: Callable) -> None:  # type: ignore[type-arg]
    job = actions.enqueue("test.steps", by=owner, arguments={"total": 50, "pause": 0.1})
    worker = start()
    until(lambda: again(job).progress_done >= 2)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=15) == 0
    stopped = again(job)
    assert (stopped.status, stopped.attempt, stopped.cursor["next"]) == (JobStatus.WAITING, 0, rows())


def test_a_job_that_kills_every_worker_ends_as_failed(owner: Viewer, start: Callable) -> None:  # type: ignore[type-arg]
    job = actions.enqueue("test.dies", by=owner)
    for attempt in (1, 2):
        assert start().wait(timeout=30) == 9
        assert again(job).attempt == attempt
        until(lambda: reclaim(stale_seconds=1) == 1)
    assert again(job).status == JobStatus.FAILED


def test_two_workers_run_every_job_once(owner: Viewer, start: Callable) -> None:  # type: ignore[type-arg]
    jobs = [actions.enqueue("test.steps", by=owner, arguments={"total": 2}) for _ in range(12)]
    start()
    start()
    until(lambda: all(again(job).status == JobStatus.DONE for job in jobs))
    assert rows() == 24
    assert {again(job).attempt for job in jobs} == {1}


def test_the_heartbeat_goes_on_while_the_job_is_silent(owner: Viewer) -> None:
    job = claim(actions.enqueue("test.steps", by=owner, arguments={"total": 1}).pk, "w")
    assert job is not None
    with Heartbeat(job, seconds=0.05):
        until(lambda: again(job).heartbeat_at > job.heartbeat_at, 5)
