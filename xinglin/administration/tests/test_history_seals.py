"""历史封存: what it shows, verification as a job, the head as a file."""

from types import SimpleNamespace

import pytest
from django.test import Client

from xinglin.accounts.models import User
from xinglin.accounts.tests.factories import make_staff, make_tree, sign_in, viewer_of
from xinglin.history import heads, overview
from xinglin.history.models import HistoryEntry, HistorySeal
from xinglin.history.sealing import seal_waiting
from xinglin.history.tests.rows import change, sealed, write
from xinglin.jobs.models import Job
from xinglin.jobs.registry import periodic_tasks
from xinglin.jobs.worker import run_waiting_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-12")]
PAGE = "/administration/history/"


@pytest.fixture
def world():
    tree = make_tree()
    people = {"association": ("association_admin", tree.association), "base": ("base_admin", tree.base)}
    return SimpleNamespace(**{name: viewer_of(make_staff(*who)) for name, who in people.items()})


@pytest.fixture
def client(world):
    return of(world.association)


def of(viewer):
    user = User.unscoped.get(pk=viewer.user_id)
    User.unscoped.filter(pk=user.pk).update(activated_at=user.created_at)
    return sign_in(Client(), user)


def test_months_seals_tail_and_heads_are_shown(client):
    sealed(3, batches=2)
    seal_waiting()
    write(2)
    page = client.get(PAGE)
    text = page.content.decode()
    (month,) = page.context["months"]
    assert month.rows == page.context["rows"] == HistoryEntry.unscoped.count() - page.context["tail"].count
    assert page.context["tail"].count >= 2 and not page.context["late"]
    assert month.partition in text and month.digest[:16] in text and "还没有核验过" in text
    assert "历史封存" in text and "尚未封存" in text


def test_an_empty_chain_says_what_comes(client):
    assert "还没有封存" in client.get(PAGE).content.decode()


def test_a_worker_that_sleeps_is_told(client, monkeypatch):
    from datetime import timedelta

    from xinglin.administration.views import history
    from xinglin.kernel import clock

    write(1)
    later = clock.now() + timedelta(minutes=20)
    monkeypatch.setattr(history.clock, "now", lambda: later)
    assert "封存停住了" in client.get(PAGE).content.decode()


def test_a_verification_runs_in_the_background_and_its_outcome_stays(client, world):
    sealed(3)
    assert client.post(f"{PAGE}verify/").status_code == 302
    assert "开始核验" in client.get(PAGE).content.decode() and Job.unscoped.get().is_open
    client.post(f"{PAGE}verify/")
    assert Job.unscoped.count() == 1
    assert run_waiting_jobs() == 1
    job = Job.unscoped.get()
    assert job.status == "done" and job.message.startswith("核验通过") and job.progress_done == job.progress_total
    page = client.get(PAGE)
    assert page.context["last"].report.intact and page.context["job"] is None
    assert "核验通过" in page.content.decode() and world.association.user_name in page.content.decode()
    client.post(f"{PAGE}verify/")
    assert Job.unscoped.count() == 2


def test_a_tampered_row_is_named_on_the_page(client):
    ids = sealed(3)
    change(ids[1], actor_name="别人")
    client.post(f"{PAGE}verify/")
    run_waiting_jobs()
    text = client.get(PAGE).content.decode()
    assert "有问题" in text and "记录被改动" in text and f"记录 {ids[1]}" in text
    assert "person.save.basic_info person 2" in text


def test_a_withdrawn_right_stops_the_job(client, world):
    from xinglin.accounts.models import Grant

    sealed(1)
    client.post(f"{PAGE}verify/")
    Grant.unscoped.filter(pk=world.association.grant_id).update(role="ministry_reader")
    run_waiting_jobs()
    assert Job.unscoped.get().status == "failed" and "不能做这件事" in Job.unscoped.get().error


def test_the_head_is_a_file_that_verifies(client):
    sealed(2)
    answer = client.get(f"{PAGE}head/")
    assert "attachment; filename=" in answer["Content-Disposition"]
    head = heads.parse(answer.content.decode())
    assert head.ours and head.rows >= 2


def test_findings_beyond_the_page_are_counted(world):
    from xinglin.history.findings import Finding, Kind, Report

    report = Report()
    for number in range(80):
        report.add(Finding(Kind.MISSING, "2026-11", 1, number))
    overview.record_verification(report, by=world.association)
    kept = overview.last_verification(world.association).report
    assert kept.total == 80 and len(kept.findings) == overview.TOLD
    assert overview.last_verification(world.base) is None


def test_sealing_is_upkeep_within_a_minute():
    (task,) = [task for task in periodic_tasks() if task.name == "history.seal"]
    assert task.seconds <= 30 and task.lease_seconds <= 60
    write(1)
    task.run()
    assert HistorySeal.objects.count() == 1
