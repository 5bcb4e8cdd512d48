"""重新发放初始密码 of many on the screen: at once or as a job, with its result and workbook (P-05, P-06)."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
import time_machine
from django.urls import reverse

from xinglin.accounts.actions import end_grant
from xinglin.accounts.models import CredentialHandout, Grant, HandoutItem, InitialCredential, User
from xinglin.accounts.selectors import open_credential_of
from xinglin.accounts.tests.factories import make_grant, make_resident, make_staff
from xinglin.administration import job_specs
from xinglin.administration.result_workbook import result_workbook
from xinglin.administration.views import accounts_handouts
from xinglin.history.models import HistoryEntry
from xinglin.jobs.models import Job
from xinglin.jobs.worker import run_waiting_jobs
from xinglin.kernel import clock
from xinglin.people.models import Person

from .accounts_world import SYSTEM, make_world, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-05", "P-06")]
RENEW = reverse("administration:accounts-renew")


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def client(world):
    return world.client("base_organization")


def picked(users) -> dict:
    return {"pick": [user.pk for user in users]}


def page_of(client, answer):
    assert answer.status_code == 302, answer.text
    return client.get(answer.url)


def book_of(client, batch) -> list[list]:
    answer = client.post(reverse("administration:handout-workbook", args=[batch.pk]))
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    return [[cell.value for cell in line] for line in sheet]


def test_a_few_are_renewed_at_once_with_everybody_named(world, client):
    lapsed, locked = waiting(world.tree.base, 2, state="lapsed"), waiting(world.tree.base, state="locked")
    active = world.user("base_admin")
    page = page_of(client, client.post(RENEW, picked([*lapsed, *locked, active])))
    assert page.context["done_count"] == 3 and page.context["refused_count"] == 1
    assert "000000" in page.text and "已设过密码" in page.text
    for user in (*lapsed, *locked):
        assert user.person.name in page.text
        assert open_credential_of(user).is_pending(clock.now())
    assert not Job.unscoped.exists()
    assert HistoryEntry.unscoped.filter(verb="credential_issued").count() == 3


def test_all_that_match_are_renewed_not_only_those_on_the_page(world, client):
    waiting(world.tree.base, 4, state="lapsed")
    waiting(world.tree.base, 2)
    waiting(world.tree.sibling, 2, state="lapsed")
    page = client.get(reverse("administration:accounts"), {"standing": "lapsed"}).context["page"]
    answer = client.post(RENEW, {"selection": page.token})
    assert HandoutItem.objects.count() == 4
    assert page_of(client, answer).context["done_count"] == 4


def test_many_are_a_job(world, client, monkeypatch, settings):
    settings.XINGLIN_INITIAL_PASSWORDS = "random"
    monkeypatch.setattr(accounts_handouts, "INLINE", 3)
    users = waiting(world.tree.base, 5, state="lapsed")
    answer = client.post(RENEW, picked(users))
    first = client.get(answer.url)
    assert "刷新看进度" in first.text and not first.context["done"]
    assert InitialCredential.objects.filter(revoked_at__isnull=False).count() == 0
    assert run_waiting_jobs() == 1
    page = client.get(answer.url)
    assert page.context["done_count"] == 5 and page.context["job"] is None
    lines = book_of(client, CredentialHandout.unscoped.get())
    passwords = {line[2] for line in lines[1:]}
    assert len(passwords) == 5 and all(len(str(password)) == 10 for password in passwords)
    job = Job.unscoped.get()
    assert job.result == {"handout": str(CredentialHandout.unscoped.get().pk)}
    assert not any(str(password) in str(job.__dict__) for password in passwords)


def test_a_job_runs_with_the_rights_of_then(world, client, monkeypatch):
    """The identity ended between the request and the job: nobody is renewed."""
    monkeypatch.setattr(accounts_handouts, "INLINE", 0)
    answer = client.post(RENEW, picked(waiting(world.tree.base, 2, state="lapsed")))
    end_grant(Grant.unscoped.get(user=world.user("base_organization")), by=SYSTEM, reason="停用")
    run_waiting_jobs()
    assert Job.unscoped.get().status == "failed"
    assert HandoutItem.objects.filter(done_at=None).count() == 2
    assert client.get(answer.url).status_code == 302


def test_the_job_is_declared_with_its_link_and_the_upkeep_wipes(world, client):
    client.post(RENEW, picked(waiting(world.tree.base)))
    batch = CredentialHandout.unscoped.get()
    job_specs.wipe()
    assert CredentialHandout.unscoped.get().wiped_at is None
    with time_machine.travel(clock.now() + timedelta(days=8)):
        job_specs.wipe()
    assert CredentialHandout.unscoped.get().wiped_at is not None
    done = Job(arguments={"handout": str(batch.pk)})
    assert job_specs._link(done) == ("看结果", reverse("administration:handout", args=[batch.pk]))


def test_the_workbook_has_names_accounts_passwords_and_reasons(world, client, settings):
    settings.XINGLIN_INITIAL_PASSWORDS = "random"
    (user,) = waiting(world.tree.base, state="lapsed")
    active = world.user("base_admin")
    client.post(RENEW, picked([user, active]))
    batch = CredentialHandout.unscoped.get()
    lines = book_of(client, batch)
    assert lines[0] == ["姓名或单位", "登录账号", "初始密码", "状态"]
    told = {line[0]: line[1:] for line in lines[1:]}
    assert told[user.person.name][0] == "证件号码" and len(told[user.person.name][1]) == 10
    name, password, reason = told[active.person.name]
    assert (name, password or "", reason) == (active.sign_in_name, "", "已设过密码，请用“重置密码”。")
    assert user.person.id_number not in str(lines)
    entry = HistoryEntry.unscoped.get(verb="handout_taken")
    assert entry.facts["accounts"] == 1


@pytest.mark.req("P-17")
def test_a_name_that_is_a_formula_stays_text(world, client):
    (user,) = waiting(world.tree.base)
    Person.unscoped.filter(pk=user.person_id).update(name='=HYPERLINK("http://evil.example")')
    client.post(RENEW, picked([user]))
    batch = CredentialHandout.unscoped.get()
    answer = client.post(reverse("administration:handout-workbook", args=[batch.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert all(cell.data_type != "f" for line in sheet for cell in line)


@pytest.mark.parametrize("state", ["used", "revoked", "lapsed", "locked", "wiped"])
def test_a_password_that_does_not_work_any_more_is_not_shown(world, client, settings, state):
    settings.XINGLIN_INITIAL_PASSWORDS = "random"
    (user,) = waiting(world.tree.base)
    answer = client.post(RENEW, picked([user]))
    password = client.get(answer.url).context["done"][0].password
    rows, now = InitialCredential.objects.filter(pk=open_credential_of(user).pk), clock.now()
    if state == "wiped":
        CredentialHandout.unscoped.update(expires_at=now + timedelta(seconds=1))
        with time_machine.travel(now + timedelta(seconds=5)):
            job_specs.wipe()
    else:
        changes = {
            "used": {"used_at": now}, "revoked": {"revoked_at": now}, "lapsed": {"expires_at": now},
            "locked": {"failed_tries": 5},
        }  # fmt: skip
        rows.update(**changes[state])
    page = client.get(answer.url)
    assert password not in page.text
    words = {
        "used": "本人已设密码", "revoked": "已作废", "lapsed": "初始密码失效", "locked": "已锁定",
        "wiped": "已经清除",
    }[state]  # fmt: skip
    assert words in page.text


def test_after_the_week_there_is_no_workbook(world, client):
    client.post(RENEW, picked(waiting(world.tree.base)))
    batch = CredentialHandout.unscoped.get()
    CredentialHandout.unscoped.update(expires_at=batch.created_at + timedelta(seconds=1))
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        answer = client.post(reverse("administration:handout-workbook", args=[batch.pk]))
    assert answer.status_code == 422 and "只保留 7 天" in answer.text


@pytest.mark.parametrize("who", ["base_admin", "sibling", "province_admin", "association_admin"])
def test_a_batch_is_its_makers_alone(world, client, who):
    client.post(RENEW, picked(waiting(world.tree.base)))
    batch = CredentialHandout.unscoped.get()
    other = world.client(who)
    assert other.get(reverse("administration:handout", args=[batch.pk])).status_code == 404
    assert other.post(reverse("administration:handout-workbook", args=[batch.pk])).status_code == 404


def test_foreign_accounts_cannot_be_picked(world, client):
    foreign = waiting(world.tree.sibling)
    before = open_credential_of(foreign[0]).pk
    answer = client.post(RENEW, picked(foreign))
    assert answer.status_code == 422 and "没有选中账号" in answer.text
    assert open_credential_of(foreign[0]).pk == before


@pytest.mark.parametrize("sent", [{}, {"pick": ["x", "-1", "9" * 30]}, {"selection": "gefälscht"}])
def test_nonsense_is_refused(client, sent):
    assert client.post(RENEW, sent).status_code == 422
    assert not CredentialHandout.unscoped.exists()


def test_a_base_administrator_renews_residents_but_not_colleagues(world):
    residents, colleagues = waiting(world.tree.base, role="resident"), waiting(world.tree.base)
    client = world.client("base_admin")
    page = page_of(client, client.post(RENEW, picked([*residents, *colleagues])))
    assert page.context["done_count"] == 1 and page.context["refused_count"] == 1
    assert "由培训基地、省级管理员、协会管理员办理" in page.text


def test_somebody_who_also_works_elsewhere_is_left_to_the_level_that_covers_both(world, client):
    (user,) = waiting(world.tree.base)
    make_grant(user, "base_admin", world.tree.foreign_base)
    page = page_of(client, client.post(RENEW, picked([user])))
    assert f"请联系“{world.tree.association.name}”" in page.text
    above = world.client("association_admin")
    assert page_of(above, above.post(RENEW, picked([user]))).context["done_count"] == 1


def test_sent_twice_it_renews_once(world, client):
    sent = picked(waiting(world.tree.base)) | {"once": "b" * 24}
    assert client.post(RENEW, sent).url == client.post(RENEW, sent).url
    assert CredentialHandout.unscoped.count() == 1


def test_bases_are_renewed_from_their_list(world):
    base_account, tree = world.user("base_organization"), world.tree
    User.unscoped.filter(pk=base_account.pk).update(password="!")
    client = world.client("province_admin")
    sent = {"pick": [tree.base.pk, tree.sibling.pk, tree.foreign_base.pk]}
    page = page_of(client, client.post(reverse("administration:bases-renew"), sent))
    assert page.context["done_count"] == 1 and tree.base.name in page.text
    nothing = client.post(reverse("administration:bases-renew"), {"pick": [tree.sibling.pk]})
    assert nothing.status_code == 422 and "没有选中账号" in nothing.text


def test_long_results_name_the_first_and_point_to_the_workbook(world, client, monkeypatch):
    monkeypatch.setattr(accounts_handouts, "SHOWN", 2)
    page = page_of(client, client.post(RENEW, picked(waiting(world.tree.base, 4))))
    assert len(page.context["done"]) == 2 and "这里列出前 2 个" in page.text
    assert len(book_of(client, CredentialHandout.unscoped.get())) == 5


def test_looking_at_a_result_writes_nothing(world, client, django_assert_max_num_queries):
    answer = client.post(RENEW, picked(waiting(world.tree.base, 3)))
    before = HistoryEntry.unscoped.count()
    with django_assert_max_num_queries(25):
        client.get(answer.url)
    assert HistoryEntry.unscoped.count() == before


def test_residents_are_found_among_the_accounts_to_renew(world, client):
    waiting(world.tree.base, 2, role="resident", state="lapsed")
    make_resident(world.tree.base)
    page = client.get(reverse("administration:accounts"), {"kind": "resident", "standing": "stuck"}).context["page"]
    assert page.count.number == 2
    assert page_of(client, client.post(RENEW, {"selection": page.token})).context["done_count"] == 2


def test_an_empty_workbook_has_its_heads():
    sheet = openpyxl.load_workbook(io.BytesIO(result_workbook([]))).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["姓名或单位", "登录账号", "初始密码", "状态"]
    assert sheet.max_row == 1


def test_staff_of_a_province_are_renewed_by_the_association(world):
    (user,) = waiting(world.tree.province, role="province_reviewer", state="locked")
    above, colleague = world.client("association_admin"), make_staff("province_reviewer", world.tree.province)
    assert page_of(above, above.post(RENEW, picked([user]))).context["done_count"] == 1
    assert colleague.has_usable_password()
