"""P-16, Q-09: large imports in the background, interrupted ones taken up again, old details let go."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.test import Client
from django.urls import reverse

from xinglin.accounts.models import Grant, User
from xinglin.accounts.tests import factories
from xinglin.imports import actions, job_specs, selectors
from xinglin.imports.actions import running
from xinglin.imports.enums import Status
from xinglin.imports.models import ImportFile, ImportIssue, ImportJob, ImportRow
from xinglin.imports.testing import xlsx_file
from xinglin.jobs.enums import JobStatus
from xinglin.jobs.handle import Cancelled, Stopping
from xinglin.jobs.models import Job
from xinglin.jobs.running import run_job
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.vault import cipher
from xinglin.vault.cipher import KeyDestroyed

from . import trial

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-16", "Q-09")]
HEADS = list(trial.good(0))


@pytest.fixture
def viewer() -> Viewer:
    return factories.viewer_of(factories.make_staff("base_admin", factories.make_tree().base))


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_specs, "INLINE_ROWS", 0)


def uploaded(viewer: Viewer, *serials: int) -> ImportJob:
    data = xlsx_file([HEADS, *(list(trial.good(n).values()) for n in serials)])
    return actions.start(trial.spec, data=data, file_name="试.xlsx", by=viewer)


def again(job: ImportJob) -> ImportJob:
    return selectors.job_for_work(job.pk)


def work() -> list[Any]:
    """What a worker does: every waiting job."""
    waiting = Job.objects.for_system("worker").filter(status=JobStatus.WAITING)
    return [run_job(job.pk, worker="test:1", beat=False) for job in list(waiting)]


def age(job: ImportJob, **fields: Any) -> None:
    ImportJob.objects.for_system("test").filter(pk=job.pk).update(**fields)


def test_check_and_run_by_a_worker(viewer: Viewer) -> None:
    job = uploaded(viewer, 0, 1, 2)
    job_specs.check_soon(job, by=viewer)
    assert again(job).status == Status.UPLOADED
    work()
    job = again(job)
    assert job.status == Status.CHECKED
    actions.confirm(job, revision=job.revision, whole=False, by=viewer)
    job_specs.run_soon(again(job), by=viewer)
    assert trial.state() == []
    assert all(done.status == JobStatus.DONE for done in work())
    assert again(job).status == Status.DONE
    assert len(trial.state()) == 3


def test_job_arguments_hold_no_personal_data(viewer: Viewer) -> None:
    """P-19: the queue knows the import's id and nothing of what is in it."""
    job = uploaded(viewer, 0)
    job_specs.check_soon(job, by=viewer)
    queued = Job.objects.for_system("test").get()
    assert queued.arguments == {"import_id": str(job.pk)}


def test_interrupted_run_is_taken_up_by_the_clock(viewer: Viewer) -> None:
    job = uploaded(viewer, 0, 1)
    actions.check(job.pk, by=viewer)
    job = again(job)
    actions.confirm(job, revision=job.revision, whole=False, by=viewer)
    age(job, heartbeat_at=clock.now() - timedelta(minutes=5), token=uuid.uuid4())
    job_specs.wake()
    work()
    assert again(job).status == Status.DONE
    assert len(trial.state()) == 2


def test_interrupted_check_is_taken_up_by_the_clock(viewer: Viewer) -> None:
    job = uploaded(viewer, 0, 1)
    age(job, status=Status.CHECKING, heartbeat_at=clock.now() - timedelta(minutes=5), token=uuid.uuid4())
    job_specs.wake()
    work()
    job = again(job)
    assert (job.status, job.counts["valid"]) == (Status.CHECKED, 2)


def test_half_written_check_starts_over(viewer: Viewer) -> None:
    """Rows of a check that was killed between two batches are not doubled."""
    job = uploaded(viewer, 0, 1)
    ImportRow.objects.create(job=job, number=2, sealed=b"x", verdict="create")
    age(job, status=Status.CHECKING, heartbeat_at=clock.now() - timedelta(minutes=5), token=uuid.uuid4())
    assert actions.check(job.pk, by=viewer)
    assert ImportRow.objects.filter(job=job).count() == 2


class Ends:
    """A worker that is told to end before the second step."""

    def __init__(self, why: type[Exception]) -> None:
        self.why, self.steps = why, 0

    @contextmanager
    def step(self) -> Iterator[None]:
        self.steps += 1
        if self.steps > 1:
            raise self.why
        with transaction.atomic():
            yield


def begun(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> ImportJob:
    monkeypatch.setattr(running, "FIRST_STEP", 1)
    job = uploaded(viewer, 0, 1)
    actions.check(job.pk, by=viewer)
    job = again(job)
    actions.confirm(job, revision=job.revision, whole=False, by=viewer)
    return job


@pytest.mark.parametrize("why", [Stopping, OperationalError])
def test_stopped_worker_leaves_the_import_to_the_next(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch, why: type[Exception]
) -> None:
    job = begun(viewer, monkeypatch)
    with pytest.raises(why):
        actions.run(job.pk, by=viewer, steps=Ends(why))
    assert again(job).status == Status.APPLYING
    assert len(trial.state()) == 1
    assert actions.run(job.pk, by=viewer, force=True)
    assert len(trial.state()) == 2


def test_cancelled_job_keeps_what_is_in_and_can_be_resumed(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    job = begun(viewer, monkeypatch)
    with pytest.raises(Cancelled):
        actions.run(job.pk, by=viewer, steps=Ends(Cancelled))
    stopped = again(job)
    assert stopped.status == Status.FAILED
    assert "已在中途停止" in stopped.failure
    assert actions.resume(stopped, by=viewer)
    job_specs.run_soon(again(job), by=viewer)
    work()
    assert again(job).status == Status.DONE


def test_queued_twice_is_one_job(viewer: Viewer) -> None:
    """A double click, a reload and the clock together put one job into the queue."""
    job = uploaded(viewer, 0)
    for _ in range(3):
        job_specs.check_soon(job, by=viewer)
    assert Job.objects.for_system("test").count() == 1


def test_waiting_in_the_queue_is_not_interrupted(viewer: Viewer) -> None:
    job = uploaded(viewer, 0)
    actions.check(job.pk, by=viewer)
    job = again(job)
    actions.confirm(job, revision=job.revision, whole=False, by=viewer)
    age(job, heartbeat_at=clock.now() - timedelta(minutes=5))
    assert not selectors.is_stalled(again(job))
    age(job, heartbeat_at=clock.now() - timedelta(minutes=11))
    assert actions.wake() == [job]


def test_identity_that_ended_runs_nothing(viewer: Viewer) -> None:
    """The worker acts under the identity as it is today."""
    job = uploaded(viewer, 0)
    job_specs.check_soon(job, by=viewer)
    Grant.unscoped.filter(pk=viewer.grant_id).update(ends_at=clock.now())
    (done,) = work()
    assert done.status == JobStatus.FAILED
    assert trial.state() == []


def test_details_go_after_ninety_days(viewer: Viewer) -> None:
    job = uploaded(viewer, 0, 1)
    actions.check(job.pk, by=viewer)
    assert actions.purge() == 0
    age(job, created_at=clock.now() - timedelta(days=91))
    assert actions.purge() == 1
    assert not ImportFile.objects.filter(job=job).exists()
    assert not ImportRow.objects.filter(job=job).exists()
    assert not ImportIssue.objects.filter(job=job).exists()
    gone = again(job)
    assert (gone.status, gone.counts["total"]) == (Status.CANCELLED, 2)
    with pytest.raises(Refused):
        actions.hand_out(gone, "source", by=viewer)
    with pytest.raises(KeyDestroyed):
        cipher.sealer(gone.key)


def test_running_imports_are_not_purged(viewer: Viewer) -> None:
    job = uploaded(viewer, 0)
    age(job, created_at=clock.now() - timedelta(days=91), status=Status.CHECKING)
    assert actions.purge() == 0


def test_progress_page(viewer: Viewer) -> None:
    """A running import shows how far it is and may be left; a dead one can be taken up by hand."""
    client = factories.sign_in(Client(), User.unscoped.get(pk=viewer.user_id))
    job = uploaded(viewer, 0, 1)
    age(job, status=Status.CHECKING, heartbeat_at=clock.now(), progress_done=1)
    page = client.get(reverse("imports:job", args=[job.pk])).content.decode()
    assert "正在检查" in page
    assert "1 / 2 行" in page
    assert client.get(reverse("imports:progress", args=[job.pk])).status_code == 200
    age(job, heartbeat_at=clock.now() - timedelta(minutes=5), token=uuid.uuid4())
    assert "中断了" in client.get(reverse("imports:job", args=[job.pk])).content.decode()
    client.post(reverse("imports:resume", args=[job.pk]))
    work()
    assert client.get(reverse("imports:progress", args=[job.pk]))["HX-Refresh"] == "true"
    assert again(job).status == Status.CHECKED
