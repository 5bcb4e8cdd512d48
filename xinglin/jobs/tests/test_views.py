"""The progress panel: its owner's alone, polls while open, stops when over; and under whose right a job runs."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from xinglin.accounts.models import Grant
from xinglin.accounts.tests.factories import make_staff, make_tree, sign_in, viewer_of
from xinglin.jobs import actions, registry
from xinglin.jobs.enums import JobStatus
from xinglin.jobs.models import Job
from xinglin.jobs.worker import run_waiting_jobs
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer

pytestmark = pytest.mark.django_db


def again(job: Job) -> Job:
    return Job.objects.for_system("test").get(pk=job.pk)


@pytest.fixture
def asked(client: Client) -> Job:
    """A waiting job of a signed-in base administrator."""
    user = make_staff("base_admin", make_tree().base)
    sign_in(client, user)
    return actions.enqueue("test.steps", by=viewer_of(user), arguments={"total": 3})


@pytest.mark.req("P-16")
def test_panel_polls_while_open_and_tells_the_page_when_over(client: Client, asked: Job) -> None:
    address = reverse("jobs:progress", args=[asked.pk])
    waiting = client.get(address)
    assert f'hx-get="{address}"' in waiting.content.decode()
    assert "no-store" in waiting["Cache-Control"]
    run_waiting_jobs()
    done = client.get(address)
    assert "hx-get" not in done.content.decode()
    assert done["HX-Trigger"] == "xl:job-ended"
    assert "已完成" in done.content.decode()


def test_result_link_is_offered_when_done(client: Client, asked: Job) -> None:
    assert "test.linked" not in registry.kinds()
    registry.job("test.linked", title="导出", result_link=lambda job: ("下载", f"/x/{job.pk}"))(lambda job: None)
    Job.objects.for_system("test").update(name="test.linked", arguments={})
    assert "下载" not in client.get(reverse("jobs:progress", args=[asked.pk])).content.decode()
    run_waiting_jobs()
    assert f'href="/x/{asked.pk}"' in client.get(reverse("jobs:progress", args=[asked.pk])).content.decode()


@pytest.mark.req("P-21")
def test_failure_shows_its_reason(client: Client, asked: Job) -> None:
    Job.objects.for_system("test").update(name="test.refused", arguments={})
    run_waiting_jobs()
    assert "窗口已关闭，不能导入。" in client.get(reverse("jobs:progress", args=[asked.pk])).content.decode()


def test_cancel_by_post_only_and_twice_without_harm(client: Client, asked: Job) -> None:
    address = reverse("jobs:cancel", args=[asked.pk])
    assert client.get(address).status_code == 405
    assert "任务已取消" in client.post(address).content.decode()
    assert "已经结束" in client.post(address).content.decode()
    assert again(asked).status == JobStatus.CANCELLED


@pytest.mark.req("Q-10")
def test_nobody_else_sees_or_cancels_it(client: Client, asked: Job) -> None:
    colleague = make_staff("base_admin", Grant.objects.for_system("test").get(pk=asked.grant_id).organization)
    sign_in(client, colleague)
    assert client.get(reverse("jobs:progress", args=[asked.pk])).status_code == 404
    assert client.post(reverse("jobs:cancel", args=[asked.pk])).status_code == 404
    assert client.get(reverse("jobs:progress", args=[uuid.uuid4()])).status_code == 404
    assert Client().get(reverse("jobs:progress", args=[asked.pk])).status_code == 302
    assert again(asked).status == JobStatus.WAITING


@pytest.mark.req("P-07")
def test_job_runs_under_the_identity_that_asked_as_it_is_now() -> None:
    viewer = viewer_of(make_staff("base_admin", make_tree().base))
    allowed = actions.enqueue("test.viewer", by=viewer)
    run_waiting_jobs()
    assert again(allowed).result == {"role": "base_admin"}
    ended = actions.enqueue("test.viewer", by=viewer)
    Grant.objects.for_system("test").filter(pk=viewer.grant_id).update(ends_at=clock.now() - timedelta(seconds=1))
    run_waiting_jobs()
    assert again(ended).status == JobStatus.FAILED
    assert "身份已经失效" in again(ended).error


def test_system_job_runs_as_the_system() -> None:
    job = actions.enqueue("test.viewer", by=Viewer.system("夜间整理"))
    run_waiting_jobs()
    assert again(job).result == {"role": "system"}
