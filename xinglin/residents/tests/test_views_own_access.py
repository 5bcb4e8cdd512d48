"""Whose the own pages are; what is shown of numbers; that looking writes nothing (P-19, Q-10)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts.models import User
from xinglin.accounts.selectors import person_account
from xinglin.accounts.tests.factories import make_grant, make_person, sign_in, writes_of
from xinglin.history.models import HistoryEntry
from xinglin.people.models import Person
from xinglin.residents.models import Enrollment
from xinglin.residents.tests.factories import complete
from xinglin.residents.tests.own import make_own

pytestmark = pytest.mark.django_db
PAGES = ("/my/", "/my/record/", "/my/record/basic_info/", "/my/training/", "/my/me/")


@pytest.fixture
def own():
    return make_own()


@pytest.mark.req("Q-10")
@pytest.mark.parametrize("path", PAGES)
def test_other_roles_have_no_own_pages(own, path):
    staff = sign_in(Client(), User.unscoped.get(pk=own.world.base.user_id))
    assert staff.get(path).status_code == 403
    assert Client().get(path).status_code == 302


@pytest.mark.req("Q-10")
def test_nothing_of_another_resident_is_shown(own):
    other = make_own(own.world)
    complete(other.enrollment, other.world)
    person = other.record.person
    for path in PAGES:
        text = own.client.get(path).text
        assert person.phone not in text
        assert person.id_number not in text


@pytest.mark.req("Q-10")
def test_looking_writes_nothing(own):
    complete(own.enrollment, own.world)
    for path in PAGES:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert own.client.get(path).status_code == 200
        assert not writes_of(caught.captured_queries), path


@pytest.mark.req("P-19")
def test_full_number_is_shown_once_by_a_recorded_post(own):
    number = own.record.person.id_number
    assert number not in own.get().text
    assert own.client.get("/my/record/number").status_code == 405
    shown = own.client.post("/my/record/number")
    assert number in shown.text
    entry = HistoryEntry.unscoped.get(verb="view.identity")
    assert entry.actor_role == "resident"
    assert entry.organization_path == own.enrollment.organization.path


@pytest.mark.req("P-19")
def test_full_number_without_scripts_keeps_what_is_typed(own):
    page = own.post("basic_info", act="reveal", address="还没保存的地址")
    assert own.record.person.id_number in page.text
    assert "还没保存的地址" in page.text


@pytest.mark.req("R-20")
def test_passport_holder_types_sex_and_birth_date(own):
    Person.unscoped.filter(pk=own.enrollment.person_id).update(id_type="05", sex="", birth_date=None)
    page = own.get().text
    assert "证件个人信息页" in page
    assert "basic_info.id_back" not in page
    own.post("basic_info", sex="2", birth_date="1997-05-06")
    assert own.content["basic_info.sex"] == "2"
    assert own.content["basic_info.birth_date"] == "1997-05-06"


@pytest.mark.req("R-19")
def test_training_is_shown_to_read(own):
    complete(own.enrollment, own.world)
    page = own.client.get("/my/training/").text
    assert "国家计划培养" in page
    assert own.world.tree.base.name in page
    assert "<input" not in page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.req("R-01")
def test_lapsed_record_is_to_read(own):
    complete(own.enrollment, own.world)
    Enrollment.unscoped.filter(pk=own.enrollment.pk).update(holding=False, lapsed_at=own.enrollment.created_at)
    assert "已失效" in own.client.get("/my/").text
    refused = own.post("basic_info", address="晚了")
    assert refused.status_code == 422
    assert "晚了" in refused.text
    assert own.content["basic_info.address"] == ""


@pytest.mark.req("R-26")
def test_lookalikes_are_not_told_to_the_resident(own):
    mine = own.record.person
    make_person(name=mine.name, phone=mine.phone)
    own.post("qualifications", status="not_taken")
    assert "另一人员" not in own.get().text


@pytest.mark.req("P-07")
def test_account_page_leads_to_identities_and_out(own):
    page = own.client.get("/my/me/").text
    for address in ("/account/", "/account/password/", "/sign-out/"):
        assert f'"{address}"' in page
    assert "切换身份" not in page, "there is only one"
    assert "您只有这一个身份" in own.client.get(reverse("accounts:identities")).text
    account = person_account(own.enrollment.person_id)
    make_grant(account, "base_admin", own.world.tree.base)
    assert reverse("accounts:identities") in own.client.get("/my/me/").text
