"""个人信息删除: from the number to the erasure, and what is refused on the way."""

from datetime import timedelta

import pytest
from django.test import Client

from xinglin.accounts.models import User
from xinglin.accounts.tests.factories import sign_in
from xinglin.kernel import clock
from xinglin.people.models import Person
from xinglin.residents.actions.lapsing import lapse_due
from xinglin.residents.tests.factories import fill_personal, make_enrollments, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-12")]
LIST = "/administration/people/erased/"


@pytest.fixture
def world():
    return make_world()


def of(viewer):
    user = User.unscoped.get(pk=viewer.user_id)
    User.unscoped.filter(pk=user.pk).update(activated_at=user.created_at)
    return sign_in(Client(), user)


@pytest.fixture
def person(world):
    """A person whose record has lapsed."""
    (row,) = make_enrollments(world)
    fill_personal(row)
    with clock.telling(clock.now() + timedelta(days=40)):
        lapse_due(by=world.association.system("test"))
    return Person.unscoped.select_related("key").get(pk=row.person_id)


def page_of(person):
    return f"/administration/people/{person.pk}/erase/"


def test_the_number_leads_to_the_person_and_stands_in_no_address(world, person):
    client = of(world.association)
    answer = client.post(LIST, {"id_number": f" {person.id_number} "})
    assert answer.status_code == 302 and answer["Location"] == page_of(person)
    text = client.get(page_of(person)).content.decode()
    assert person.name in text and person.id_number not in text and "永久删除" in text
    assert "现在不能删除" not in text


def test_an_unknown_number_is_told_at_the_field(world):
    answer = of(world.association).post(LIST, {"id_number": "320199199001010000"})
    assert answer.status_code == 422 and "没有这个证件号的人员" in answer.content.decode()
    assert of(world.association).post(LIST, {}).status_code == 422


def test_with_reason_and_name_the_person_is_gone_and_listed_without_a_name(world, person):
    client = of(world.association)
    words = {"reason": "本人书面申请，档案第三卷", "confirmation": person.name}
    answer = client.post(page_of(person), words, follow=True)
    text = answer.content.decode()
    assert answer.redirect_chain[-1][0] == LIST
    assert f"第 {person.pk} 号人员的个人信息已经删除" in text and "档案第三卷" in text
    assert person.name not in text
    assert Person.unscoped.get(pk=person.pk).erased_at is not None
    again = client.get(page_of(person)).content.decode()
    assert "已经删除" in again and 'name="confirmation"' not in again


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"reason": "本人书面申请", "confirmation": "别人"}, "输入的姓名与要删除的人员不一致"),
        ({"reason": "申请", "confirmation": None}, "请写明删除的理由"),
        ({"reason": "", "confirmation": ""}, "请输入该人员的姓名"),
        ({"reason": "电话 19011112222 申请", "confirmation": None}, "不要写姓名、证件号或电话"),
    ],
)
def test_what_is_missing_is_said_and_the_input_kept(world, person, words, said):
    words = {**words, "confirmation": person.name if words["confirmation"] is None else words["confirmation"]}
    answer = of(world.association).post(page_of(person), words)
    text = answer.content.decode()
    assert answer.status_code == 422 and said in text and words["reason"] in text
    assert Person.unscoped.get(pk=person.pk).erased_at is None


def test_a_held_person_shows_why_not(world):
    (row,) = make_enrollments(world)
    client = of(world.association)
    address = f"/administration/people/{row.person_id}/erase/"
    text = client.get(address).content.decode()
    assert "现在不能删除" in text and world.tree.base.name in text and 'aria-disabled="true"' in text
    words = {"reason": "本人书面申请，档案第三卷", "confirmation": row.person.name}
    answer = client.post(address, words)
    assert answer.status_code == 422 and "删除记录" in answer.content.decode()


def test_nobody_there_is_404(world):
    assert of(world.association).get("/administration/people/99999999/erase/").status_code == 404


@pytest.mark.parametrize("who", ["base", "province"])
def test_others_have_no_such_page(world, person, who):
    client = of(getattr(world, who))
    assert client.get(LIST).status_code == 403 and client.get(page_of(person)).status_code == 403
    assert client.post(page_of(person), {"reason": "本人书面申请", "confirmation": person.name}).status_code == 403
    assert Person.unscoped.get(pk=person.pk).erased_at is None
