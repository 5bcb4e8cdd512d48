"""Asking for a job, asking twice, taking it back."""

from typing import Any

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from xinglin.jobs import actions
from xinglin.jobs.enums import JobStatus
from xinglin.jobs.models import Job
from xinglin.jobs.selectors import mine, running_or_waiting
from xinglin.jobs.worker import run_waiting_jobs
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-09")]


def again(job: Job) -> Job:
    return Job.objects.for_system("test").get(pk=job.pk)


def test_job_and_ticket_come_together_or_not_at_all(owner: Viewer) -> None:
    with transaction.atomic():
        actions.enqueue("test.steps", by=owner, arguments={"total": 1})
        transaction.set_rollback(True)
    assert not Job.objects.for_system("test").exists()
    assert not DBTaskResult.objects.exists()
    job = actions.enqueue("test.steps", by=owner, arguments={"total": 1})
    assert DBTaskResult.objects.get().pk == again(job).ticket_id


def test_asked_twice_is_one_job(owner: Viewer) -> None:
    first = actions.enqueue("test.steps", by=owner, arguments={"total": 1}, idempotency_key="import-5")
    assert actions.enqueue("test.steps", by=owner, arguments={"total": 1}, idempotency_key="import-5") == first
    assert run_waiting_jobs() == 1
    assert actions.enqueue("test.steps", by=owner, arguments={"total": 1}, idempotency_key="import-5") == first
    assert run_waiting_jobs() == 0


def test_a_failed_job_may_be_asked_for_again(owner: Viewer) -> None:
    first = actions.enqueue("test.refused", by=owner, idempotency_key="k")
    run_waiting_jobs()
    assert actions.enqueue("test.refused", by=owner, idempotency_key="k") != first


def test_unknown_kind_is_a_programming_error(owner: Viewer) -> None:
    with pytest.raises(KeyError):
        actions.enqueue("test.unknown", by=owner)


@pytest.mark.req("P-19")
@pytest.mark.parametrize(
    "arguments",
    [
        {"id_number": "110199199001011234"},
        {"list": ["11019919900101123X"]},
        {"phone": 13900000000},
        {"text": "电话 13900000000"},
    ],
)
def test_personal_data_never_enters_the_arguments(owner: Viewer, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="hashes"):
        actions.enqueue("test.steps", by=owner, arguments=arguments)


def test_ids_and_hashes_are_welcome(owner: Viewer) -> None:
    arguments = {"hash": "13912345678a" * 5, "id": "3f2b1391-2345-6781-8877-139123456789", "total": 0}
    assert actions.enqueue("test.steps", by=owner, arguments=arguments).arguments == arguments


def test_waiting_job_is_cancelled_at_once(owner: Viewer) -> None:
    job = actions.enqueue("test.steps", by=owner, arguments={"total": 3})
    actions.cancel(job, by=owner)
    assert again(job).status == JobStatus.CANCELLED
    run_waiting_jobs()
    assert again(job).status == JobStatus.CANCELLED
    with pytest.raises(Refused, match="已经结束"):
        actions.cancel(job, by=owner)


@pytest.mark.req("Q-10")
def test_a_job_is_its_owners_alone(owner: Viewer, stranger: Viewer) -> None:
    job = actions.enqueue("test.steps", by=owner, arguments={"total": 3})
    assert list(mine(owner)) == [job]
    assert running_or_waiting(owner) == 1
    assert not mine(stranger).exists()
    with pytest.raises(Refused):
        actions.cancel(job, by=stranger)
    assert again(job).status == JobStatus.WAITING
