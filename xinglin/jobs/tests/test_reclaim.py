"""Stuck jobs mend themselves; upkeep runs on one worker at a time."""

from datetime import timedelta

import pytest
import time_machine
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from xinglin.jobs import actions, job_specs, lifecycle, registry
from xinglin.jobs.enums import JobStatus
from xinglin.jobs.models import Job, PeriodicTask
from xinglin.jobs.reclaim import reclaim
from xinglin.jobs.scheduler import run_due
from xinglin.jobs.worker import next_ticket, run_waiting_jobs
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-09")]


def again(job: Job) -> Job:
    return Job.objects.for_system("test").get(pk=job.pk)


@pytest.fixture
def orphan(owner: Viewer) -> Job:
    """A job whose worker took it and died two minutes ago."""
    with time_machine.travel(clock.now() - timedelta(minutes=2), tick=False):
        job = actions.enqueue("test.steps", by=owner, arguments={"total": 2})
        ticket = next_ticket("dead")
        assert ticket is not None
        assert lifecycle.claim(job.pk, "dead") is not None
    return again(job)


def test_the_job_of_a_dead_worker_runs_again(orphan: Job) -> None:
    assert reclaim() == 1
    assert reclaim() == 0
    assert again(orphan).status == JobStatus.WAITING
    assert run_waiting_jobs() == 1
    assert (again(orphan).status, again(orphan).attempt) == (JobStatus.DONE, 2)


def test_a_living_worker_keeps_its_job(orphan: Job) -> None:
    assert lifecycle.beat(orphan)
    assert reclaim() == 0


def test_after_the_last_attempt_the_job_fails_with_a_reason(orphan: Job) -> None:
    Job.objects.for_system("test").update(attempt=3)
    assert reclaim() == 1
    assert again(orphan).status == JobStatus.FAILED
    assert "连续 3 次" in again(orphan).error


def test_a_cancelled_job_of_a_dead_worker_ends(orphan: Job) -> None:
    Job.objects.for_system("test").update(cancel_requested_at=clock.now())
    assert reclaim() == 1
    assert again(orphan).status == JobStatus.CANCELLED


def test_a_lost_ticket_is_sent_again(owner: Viewer) -> None:
    """The worker took the ticket and died before it took the job."""
    with time_machine.travel(clock.now() - timedelta(minutes=2), tick=False):
        job = actions.enqueue("test.steps", by=owner, arguments={"total": 1})
        assert next_ticket("dead") is not None
    assert run_waiting_jobs() == 0
    assert reclaim() == 1
    assert reclaim() == 0
    assert run_waiting_jobs() == 1
    assert again(job).status == JobStatus.DONE


def test_a_job_that_merely_waits_long_keeps_its_ticket(owner: Viewer) -> None:
    with time_machine.travel(clock.now() - timedelta(hours=2), tick=False):
        actions.enqueue("test.steps", by=owner, arguments={"total": 1})
    assert reclaim() == 0
    assert DBTaskResult.objects.filter(status=TaskResultStatus.READY).count() == 1


def test_upkeep_runs_when_due_and_on_one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def tick() -> None:
        seen.append("ran")
        assert run_due("other") == []

    registry.every(60, name="test.tick")(tick)
    assert run_due("one") == ["test.tick"]
    assert run_due("two") == []
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert run_due("two") == ["test.tick"]
    assert len(seen) == 2


def test_failing_upkeep_is_counted_and_tried_at_its_next_turn() -> None:
    def fails() -> None:
        raise ValueError("110199199001011234")

    registry.every(60, name="test.fails")(fails)
    run_due("one")
    row = PeriodicTask.objects.get()
    assert (row.failures, row.leased_until) == (1, None)
    assert "1101" not in row.trace
    assert run_due("one") == []


def test_the_lease_of_a_dead_worker_lapses() -> None:
    registry.every(60, name="test.tick", lease_seconds=30)(lambda: None)
    PeriodicTask.objects.create(
        name="test.tick", due_at=clock.now(), leased_by="dead", leased_until=clock.now() + timedelta(seconds=30)
    )
    assert run_due("one") == []
    with time_machine.travel(clock.now() + timedelta(seconds=31)):
        assert run_due("one") == ["test.tick"]


def test_old_tickets_and_jobs_are_pruned(owner: Viewer) -> None:
    with time_machine.travel(clock.now() - timedelta(days=100), tick=False):
        actions.enqueue("test.steps", by=owner, arguments={"total": 1})
        run_waiting_jobs()
        waiting = actions.enqueue("test.steps", by=owner, arguments={"total": 1})
    job_specs.prune()
    assert [job.pk for job in Job.objects.for_system("test")] == [waiting.pk]
    assert [ticket.pk for ticket in DBTaskResult.objects.all()] == [waiting.ticket_id]
