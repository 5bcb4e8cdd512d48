"""How background work stands, for operators: the queue, upkeep, and what monitoring reads (Q-13)."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest
import time_machine

from xinglin.jobs import actions, checkups, job_specs, lifecycle, registry, selectors
from xinglin.jobs.enums import JobStatus
from xinglin.jobs.models import Job, PeriodicTask
from xinglin.jobs.scheduler import run_due
from xinglin.jobs.worker import run_waiting_jobs
from xinglin.kernel import clock
from xinglin.kernel.checkups import Look
from xinglin.kernel.logs import JsonLines
from xinglin.kernel.viewer import Viewer

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-13")]


def state() -> selectors.QueueState:
    now = clock.now()
    return selectors.queue_state(silent_before=now - timedelta(minutes=2), failed_since=now - timedelta(days=1))


def test_an_empty_queue() -> None:
    found = state()
    assert (found.by_kind, found.silent, found.oldest_waiting, found.failed_since) == ({}, 0, None, 0)
    assert found.count(JobStatus.WAITING) == 0


def test_jobs_are_counted_by_kind_and_state(owner: Viewer, stranger: Viewer) -> None:
    actions.enqueue("test.steps", by=owner, arguments={"total": 1})
    run_waiting_jobs()
    actions.enqueue("test.steps", by=stranger, arguments={"total": 1})
    actions.enqueue("test.refused", by=owner)
    found = state()
    assert found.by_kind == {("test.steps", "done"): 1, ("test.steps", "waiting"): 1, ("test.refused", "waiting"): 1}
    assert found.count(JobStatus.WAITING) == 2


def test_the_oldest_waiting_is_the_one_that_waits_longest(owner: Viewer) -> None:
    with time_machine.travel(clock.now() - timedelta(minutes=20), tick=False):
        first = actions.enqueue("test.steps", by=owner, arguments={"total": 1})
    actions.enqueue("test.steps", by=owner, arguments={"total": 1})
    assert state().oldest_waiting == first.created_at
    assert dict(checkups.queue_age())[()] == pytest.approx(1200, abs=30)


def test_a_job_that_was_given_back_waits_since_then(owner: Viewer) -> None:
    with time_machine.travel(clock.now() - timedelta(hours=3), tick=False):
        job = lifecycle.claim(actions.enqueue("test.steps", by=owner, arguments={"total": 1}).pk, "w")
    assert job is not None and lifecycle.give_back(job)
    oldest = state().oldest_waiting
    assert oldest is not None and clock.now() - oldest < timedelta(minutes=1)


def test_a_job_that_is_put_off_does_not_wait_yet(owner: Viewer) -> None:
    job = lifecycle.claim(actions.enqueue("test.steps", by=owner, arguments={"total": 1}).pk, "w")
    assert job is not None and lifecycle.give_back(job, run_after=clock.now() + timedelta(minutes=5))
    assert state().oldest_waiting is None


def test_only_running_jobs_fall_silent(owner: Viewer) -> None:
    with time_machine.travel(clock.now() - timedelta(minutes=5), tick=False):
        for _ in range(2):
            lifecycle.claim(actions.enqueue("test.steps", by=owner, arguments={"total": 1}).pk, "w")
    one = Job.objects.for_system("test").first()
    assert one is not None and lifecycle.beat(one)
    assert state().silent == 1 and dict(checkups.jobs_silent())[()] == 1


def test_failures_of_the_last_day_only(owner: Viewer) -> None:
    with time_machine.travel(clock.now() - timedelta(days=2), tick=False):
        actions.enqueue("test.refused", by=owner)
        run_waiting_jobs()
    assert state().failed_since == 0
    actions.enqueue("test.refused", by=owner)
    run_waiting_jobs()
    assert state().failed_since == 1


def test_every_kind_has_its_open_states_also_when_empty(owner: Viewer) -> None:
    """A series that comes and goes cannot be watched."""
    values = dict(checkups.jobs())
    assert values[("test.steps", "waiting")] == 0 and values[("test.steps", "running")] == 0
    actions.enqueue("test.steps", by=owner, arguments={"total": 1})
    run_waiting_jobs()
    assert dict(checkups.jobs())[("test.steps", "done")] == 1


def test_the_pulse_says_that_a_worker_lives() -> None:
    assert list(checkups.pulse_age()) == []
    registry.every(job_specs.PULSE_SECONDS, name=job_specs.PULSE)(job_specs.pulse)
    assert run_due("one") == [job_specs.PULSE]
    ((_, age),) = checkups.pulse_age()
    assert 0 <= age < 5
    with time_machine.travel(clock.now() + timedelta(seconds=10), tick=False):
        assert run_due("two") == []
    with time_machine.travel(clock.now() + timedelta(seconds=31), tick=False):
        assert run_due("two") == [job_specs.PULSE]
        assert dict(checkups.pulse_age())[()] < 5


def test_failures_of_upkeep_are_shown_by_name() -> None:
    PeriodicTask.objects.create(name="b", due_at=clock.now(), failures=2)
    PeriodicTask.objects.create(name="a", due_at=clock.now())
    assert list(checkups.periodic_failures()) == [(("a",), 0), (("b",), 2)]
    assert [task.name for task in selectors.upkeep_state()] == ["a", "b"]


@pytest.fixture
def lines() -> list[dict[str, object]]:
    """What the jobs' logger says, as JSON."""
    found: list[dict[str, object]] = []

    class Collected(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(JsonLines().format(record)))

    logger, handler = logging.getLogger("xinglin.jobs"), Collected()
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield found  # type: ignore[misc]
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_a_job_leaves_two_lines_with_its_ids(owner: Viewer, lines: list[dict[str, object]]) -> None:
    job = actions.enqueue("test.steps", by=owner, arguments={"total": 1}, title="导入 程知禾")
    run_waiting_jobs()
    taken, ended = lines
    assert (taken["message"], ended["message"], ended["status"]) == ("job taken", "job put down", "done")
    for line in lines:
        assert (line["job"], line["kind"], line["attempt"]) == (str(job.pk), "test.steps", 1)
        assert (line["user"], line["request"]) == (owner.user_id, owner.request_id)
        assert "程知禾" not in str(line)


@pytest.mark.req("P-19")
def test_a_failed_job_is_logged_without_what_it_quotes(owner: Viewer, lines: list[dict[str, object]]) -> None:
    actions.enqueue("test.broken", by=owner)
    run_waiting_jobs()
    (failed,) = [line for line in lines if line["message"] == "job failed"]
    assert failed["error"] == "ValueError" and "broken" in str(failed["frames"])
    assert "13912345678" not in str(lines)


def test_failed_upkeep_is_logged_by_its_name(lines: list[dict[str, object]]) -> None:
    def fails() -> None:
        raise ValueError("110199199001011234")

    registry.every(60, name="test.fails")(fails)
    run_due("one")
    (line,) = lines
    assert (line["task"], line["error"]) == ("test.fails", "ValueError") and "1101" not in str(line)


@pytest.mark.parametrize("worker_away", [True, False])
def test_the_doctor_sees_what_the_operator_would(owner: Viewer, worker_away: bool) -> None:
    """One look at each, from an empty queue to one with a silent job."""
    look = Look()
    if not worker_away:
        PeriodicTask.objects.create(name=job_specs.PULSE, due_at=clock.now(), finished_at=clock.now())
    assert bool([found for found in checkups.worker(look) if found.level]) is worker_away
    assert [found.level for found in checkups.queue(look)] == [0]
    with time_machine.travel(clock.now() - timedelta(minutes=30), tick=False):
        lifecycle.claim(actions.enqueue("test.steps", by=owner, arguments={"total": 1}).pk, "w")
        actions.enqueue("test.steps", by=owner, arguments={"total": 1})
    assert sorted(found.level for found in checkups.queue(look)) == [0, 1, 2]
    assert all(found.todo for found in checkups.queue(look) if found.level)
