"""开通工作人员账号 on its form, and bases' own accounts (P-04, R-23)."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from xinglin.accounts.models import InitialCredential, User
from xinglin.accounts.selectors import grants_of
from xinglin.accounts.tests.factories import PASSWORD, make_person, make_resident, make_staff, sign_in
from xinglin.accounts.tests.test_sign_in import send
from xinglin.kernel import clock, id_numbers
from xinglin.organizations.models import Capability, Organization
from xinglin.people.models import Person

from .accounts_world import make_world

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-04", "R-23")]
NEW = reverse("administration:staff-new")
NUMBER = id_numbers.synthetic("320199", date(1988, 5, 16), 31)


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def client(world):
    return world.client("base_organization")


def cells(**over):
    return {
        "name": "程望禾", "id_type": "01", "id_number": NUMBER, "phone": "19012340001", "role": "base_admin",
        "track": "", "ends_on": "",
    } | over  # fmt: skip


def known(**words) -> Person:
    return make_resident(words.pop("at"), person=make_person(**words)).person


def test_a_new_colleague_from_the_form_to_the_first_sign_in(world, client):
    page = client.get(NEW).text
    assert "所在单位" not in page, "a base opens at home"
    answer = client.post(NEW, cells())
    result = client.get(answer.url).text
    assert "程望禾" in result and "000000" in result
    user = User.unscoped.get(person__name="程望禾")
    assert [(g.role, g.organization_id) for g in grants_of(user)] == [("base_admin", world.tree.base.pk)]
    stranger = Client()
    first = send(stranger, NUMBER, "000000")
    assert first.url == reverse("accounts:initial-password")
    form = {"old": "000000", "phone": "19012340001", "sign_in_name": "chengwanghe", "new": "Kapok-Lane-77"}
    stranger.post(first.url, form | {"confirm": "Kapok-Lane-77"})
    assert send(Client(), "chengwanghe", "Kapok-Lane-77").url == "/"


def test_a_known_person_keeps_the_account_and_gets_the_identity(world, client):
    person = known(at=world.tree.sibling, name="苏嘉树")
    sent = cells(name="苏嘉树", id_number=person.id_number, phone=person.phone)
    page = client.post(NEW, sent, follow=True)
    assert "已有账号" in page.text and "用原来的账号和密码登录" in page.text
    user = User.unscoped.get(person=person)
    assert len(grants_of(user)) == 2 and user.check_password(PASSWORD)
    assert not InitialCredential.objects.exists()


def test_a_differing_name_stops_and_tells_nothing(world, client):
    person = known(at=world.tree.sibling, name="苏嘉树")
    answer = client.post(NEW, cells(name="苏家树", id_number=person.id_number, phone=person.phone))
    assert answer.status_code == 422
    assert "登记的姓名与所填的不同" in answer.text and "苏嘉树" not in answer.text
    assert "苏家树" in answer.text, "what was typed stays"


def test_a_differing_phone_asks_once_and_goes_on_when_confirmed(world, client):
    person = known(at=world.tree.sibling, name="苏嘉树")
    sent = cells(name="苏嘉树", id_number=person.id_number, phone="19088880000")
    answer = client.post(NEW, sent)
    assert answer.status_code == 422
    assert "登记的手机号与所填的不同" in answer.text and person.phone not in answer.text
    assert len(grants_of(User.unscoped.get(person=person))) == 1
    assert client.post(NEW, sent | {"confirmed": "on"}).status_code == 302
    assert len(grants_of(User.unscoped.get(person=person))) == 2
    assert Person.unscoped.select_related("key").get(pk=person.pk).phone == person.phone


def test_the_same_number_under_another_type_asks_for_the_type(world, client):
    known(at=world.tree.sibling, id_type="05", id_number="E12345678")
    sent = cells(id_type="08", id_number="E12345678")
    answer = client.post(NEW, sent | {"id_type": "04"})
    assert answer.status_code == 422
    assert "已用“" in answer.text and "护照" in answer.text
    assert client.post(NEW, sent | {"id_type": "04", "confirmed": "on"}).status_code == 302
    assert Person.unscoped.count() == 2


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"name": ""}, "没有填写"),
        ({"name": "程"}, "姓名"),
        ({"id_number": ""}, "没有填写"),
        ({"id_number": NUMBER[:-1]}, "少 1 位"),
        ({"id_number": NUMBER[:17] + ("1" if NUMBER[17] != "1" else "2")}, "校验位不对"),
        ({"phone": "12345"}, "手机"),
        ({"phone": ""}, "没有填写"),
        ({"role": "province_admin"}, "province_admin"),
        ({"role": "resident"}, "resident"),
        ({"role": "base_organization"}, "base_organization"),
        ({"id_type": "99"}, "没有"),
        ({"track": "tcm"}, "不是中医培训基地"),
        ({"ends_on": "2020-01-01"}, "已经过去"),
        ({"ends_on": "明年"}, "日期不对"),
    ],
)
def test_what_is_wrong_is_said_at_its_place_and_nothing_is_written(world, client, over, words):
    answer = client.post(NEW, cells(**over))
    assert answer.status_code == 422
    assert words in answer.text
    assert not Person.unscoped.exists()


def test_full_width_and_spaces_are_read(world, client):
    wide = NUMBER.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    assert client.post(NEW, cells(name=" 程望禾　", id_number=f" {wide} ", phone="190 1234 0001")).status_code == 302
    person = Person.unscoped.select_related("key").get()
    assert (person.name, person.id_number, person.phone) == ("程望禾", NUMBER, "19012340001")


def test_sent_twice_it_opens_once(world, client):
    sent = cells(once="a" * 24)
    first, second = client.post(NEW, sent), client.post(NEW, sent)
    assert first.url == second.url
    assert User.unscoped.filter(person__isnull=False).count() == 1


def test_a_province_opens_its_own_staff_and_base_staff(world):
    client, tree = world.client("province_admin"), world.tree
    page = client.get(NEW).text
    assert tree.province.name in page and tree.sibling.name in page and tree.foreign_base.name not in page
    assert client.post(NEW, cells(role="province_reviewer", organization=tree.province.pk)).status_code == 302
    other = cells(name="方清和", id_type="05", id_number="E7654321", organization=tree.sibling.pk)
    assert client.post(NEW, other).status_code == 302
    given = {(g.role, g.organization_id) for user in User.unscoped.all() for g in grants_of(user)}
    assert {("province_reviewer", tree.province.pk), ("base_admin", tree.sibling.pk)} <= given


@pytest.mark.parametrize("place", ["foreign_base", "association", "other_province"])
def test_a_place_outside_is_no_choice(world, place):
    sent = cells(organization=getattr(world.tree, place).pk)
    assert world.client("province_admin").post(NEW, sent).status_code == 422
    assert not Person.unscoped.filter(name="程望禾").exists()


def test_a_link_from_elsewhere_fills_the_organisation_in(world):
    page = world.client("province_admin").get(NEW, {"organization": world.tree.sibling.pk}).text
    assert f'value="{world.tree.sibling.pk}" selected' in page


def test_a_hospital_that_trains_no_more_says_so(world, client):
    Capability.unscoped.filter(organization=world.tree.base).update(ends_on=clock.today())
    answer = client.post(NEW, cells())
    assert answer.status_code == 422 and "现在不是培训基地" in answer.text


@pytest.mark.parametrize("who", ["base_admin", "province_reviewer", "ministry_reader", "resident"])
def test_others_have_no_form(world, who):
    assert world.client(who).get(NEW).status_code == 403
    assert world.client(who).post(NEW, cells()).status_code == 403


def test_the_number_stands_in_no_answer(world, client):
    """Neither in the address nor on the page of the result."""
    answer = client.post(NEW, cells())
    assert NUMBER not in answer.url and NUMBER not in client.get(answer.url).text


# 基地账号


def open_base(client: Client, base: Organization):
    return client.post(reverse("administration:base-open", args=[base.pk]))


def test_a_base_account_is_opened_and_signs_in_with_its_name(world):
    base = world.tree.base
    answer = open_base(world.client("province_admin"), base)
    assert "000000" in world.client("province_admin").get(answer.url).text
    assert send(Client(), base.name, "000000").url == reverse("accounts:initial-password")


@pytest.mark.parametrize(
    ("who", "place", "status"),
    [
        ("association_admin", "foreign_base", 422),  # no phone
        ("association_admin", "base", 302),
        ("province_admin", "foreign_base", 404),
        ("base_organization", "sibling", 403),
        ("province_reviewer", "base", 403),
    ],
)
def test_who_opens_a_base_account(world, who, place, status):
    assert open_base(world.client(who), getattr(world.tree, place)).status_code == status


def test_a_second_account_is_refused(world):
    world.user("base_organization")
    answer = open_base(world.client("province_admin"), world.tree.base)
    assert answer.status_code == 422 and "已经有账号" in answer.text


def test_many_bases_at_once_with_the_reasons_of_those_left_out(world):
    tree = world.tree
    Organization.unscoped.filter(pk=tree.sibling.pk).update(contact_phone_hash="")
    client = world.client("province_admin")
    sent = {"pick": [tree.base.pk, tree.sibling.pk, tree.foreign_base.pk]}
    page = client.post(reverse("administration:bases-open"), sent, follow=True).text
    assert "已开通 1 个基地账号" in page and "没有登记联系电话" in page
    assert set(User.unscoped.filter(organization__isnull=False).values_list("organization", flat=True)) == {
        tree.base.pk
    }
    again = client.post(reverse("administration:bases-open"), sent, follow=True)
    assert again.redirect_chain[-1][0] == reverse("administration:base-accounts")
    assert "已经有账号" in again.text


def test_staff_of_one_track_opens_no_base_account(world):
    western = make_staff("province_admin", world.tree.province, track="western")
    assert open_base(sign_in(Client(), western), world.tree.base).status_code == 403
