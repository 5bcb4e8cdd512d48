"""How a job runs and ends: steps, refusals, faults, stops, cancels."""

import pytest
from django_tasks_db.models import DBTaskResult

from xinglin.jobs import actions, lifecycle, running
from xinglin.jobs.enums import JobStatus
from xinglin.jobs.handle import JobHandle, Superseded
from xinglin.jobs.models import Job, PeriodicTask
from xinglin.jobs.running import run_job
from xinglin.jobs.worker import run_waiting_jobs
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-09")]


def again(job: Job) -> Job:
    return Job.objects.for_system("test").get(pk=job.pk)


def rows() -> int:
    return PeriodicTask.objects.filter(name__startswith="row-").count()


def test_a_job_runs_its_steps_to_the_end(owner: Viewer) -> None:
    job = actions.enqueue("test.steps", by=owner, arguments={"total": 4})
    assert run_waiting_jobs() == 1
    job = again(job)
    assert (job.status, job.progress_done, job.progress_total, job.percent) == (JobStatus.DONE, 4, 4, 100)
    assert job.result == {"rows": 4}
    assert job.finished_at is not None
    assert rows() == 4


def test_a_refusal_is_told_in_its_own_words(owner: Viewer) -> None:
    job = actions.enqueue("test.refused", by=owner)
    run_waiting_jobs()
    assert (again(job).status, again(job).error) == (JobStatus.FAILED, "窗口已关闭，不能导入。")


def test_a_fault_rolls_its_step_back_and_keeps_no_numbers(owner: Viewer) -> None:
    job = actions.enqueue("test.broken", by=owner)
    run_waiting_jobs()
    job = again(job)
    assert job.status == JobStatus.FAILED
    assert "意外错误" in job.error
    assert "ValueError" in job.trace
    assert "139" not in job.trace
    assert not PeriodicTask.objects.filter(name="never").exists()


def test_an_absent_database_is_tried_again_later_and_not_for_ever(owner: Viewer) -> None:
    job = actions.enqueue("test.database", by=owner)
    run_waiting_jobs()
    job = again(job)
    assert (job.status, job.attempt) == (JobStatus.WAITING, 1)
    assert DBTaskResult.objects.get(pk=job.ticket_id).run_after > clock.now()
    run_job(job.pk, worker="w", beat=False)
    assert again(job).status == JobStatus.FAILED
    assert "数据库" in again(job).error


def test_a_kind_of_a_newer_version_fails_clearly(owner: Viewer) -> None:
    job = actions.enqueue("test.steps", by=owner, arguments={"total": 1})
    Job.objects.for_system("test").update(name="test.gone")
    run_waiting_jobs()
    assert again(job).status == JobStatus.FAILED


def test_stop_goes_back_to_the_queue_and_goes_on_at_the_cursor(owner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    job = actions.enqueue("test.steps", by=owner, arguments={"total": 5})
    write = JobHandle._write

    def stop_after_two(self: JobHandle, step) -> None:  # type: ignore[no-untyped-def]
        write(self, step)
        if self.job.progress_done == 2:
            running.stop_requested.set()

    monkeypatch.setattr(JobHandle, "_write", stop_after_two)
    run_waiting_jobs(limit=1)
    job = again(job)
    assert (job.status, job.attempt, job.cursor) == (JobStatus.WAITING, 0, {"next": 2})
    running.stop_requested.clear()
    monkeypatch.undo()
    run_waiting_jobs()
    assert (again(job).status, rows()) == (JobStatus.DONE, 5)


def test_cancel_ends_a_running_job_before_its_next_step(owner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    job = actions.enqueue("test.steps", by=owner, arguments={"total": 5})
    write = JobHandle._write

    def cancel_after_three(self: JobHandle, step) -> None:  # type: ignore[no-untyped-def]
        write(self, step)
        if self.job.progress_done == 3:
            actions.cancel(job, by=owner)

    monkeypatch.setattr(JobHandle, "_write", cancel_after_three)
    run_waiting_jobs()
    assert (again(job).status, rows()) == (JobStatus.CANCELLED, 3)


def test_a_worker_given_up_for_dead_cannot_commit(owner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step that it wakes up in is rolled back and its end is not written: the job belongs to the next worker."""
    job = actions.enqueue("test.steps", by=owner, arguments={"total": 1})
    old = lifecycle.claim(job.pk, "old")
    assert old is not None
    assert lifecycle.give_back(old)
    assert lifecycle.claim(job.pk, "new") is not None
    monkeypatch.setattr(JobHandle, "checkpoint", lambda self: None)
    with pytest.raises(Superseded), JobHandle(old).step():
        PeriodicTask.objects.create(name="row-late", due_at=clock.now())
    assert lifecycle.end(old, JobStatus.DONE) is False
    assert rows() == 0


def test_progress_writes_at_most_twice_a_second(owner: Viewer, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    actions.enqueue("test.steps", by=owner, arguments={"total": 1})
    job = lifecycle.claim(Job.objects.for_system("test").get().pk, "w")
    assert job is not None
    handle = JobHandle(job)
    with django_assert_num_queries(2):
        for number in range(1, 1001):
            handle.progress(number, 1000)
    assert again(job).progress_done == 1000


def test_a_second_ticket_does_nothing(owner: Viewer) -> None:
    job = actions.enqueue("test.steps", by=owner, arguments={"total": 2})
    run_waiting_jobs()
    assert run_job(job.pk, worker="w", beat=False) is None
    assert rows() == 2
