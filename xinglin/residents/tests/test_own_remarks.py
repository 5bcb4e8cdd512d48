"""Nothing is cut silently: replies and reasons that are too long are refused with both numbers; pictures are looked at
by the action itself (R-07, R-19, R-26, P-18, Q-10)."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from xinglin.accounts.selectors import person_account
from xinglin.accounts.tests.factories import sign_in
from xinglin.files.actions import store_image
from xinglin.files.tests import pictures
from xinglin.kernel.errors import Refused
from xinglin.people.selectors import record_of
from xinglin.residents.actions.correcting import return_personal
from xinglin.residents.actions.personal import FOREIGN_PICTURE, save_personal
from xinglin.residents.models import CheckConfirmation, Correction

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return factories.make_world()


@pytest.fixture
def returned(world, client):
    """A returned record with a comment on one field; the client is signed in as its resident."""
    enrollment = factories.make_enrollments(world)[0]
    factories.complete(enrollment, world)
    comments = {"basic_info.address": "请写到门牌号"}
    assert return_personal([enrollment.pk], comment="请核对", field_comments=comments, by=world.base).done
    sign_in(client, person_account(enrollment.person_id))
    return enrollment


def address(section: str = "basic_info") -> str:
    return reverse("own:section", args=[section])


@pytest.mark.req("R-07", "P-21")
@pytest.mark.parametrize(
    ("name", "place"), [("reply", "给基地的说明"), ("reply.basic_info.address", "对“通讯地址”的说明")]
)
@pytest.mark.parametrize("size", [501, 900])
def test_a_long_reply_is_refused_whole_and_comes_back_whole(client, returned, name, place, size):
    words = "长" * size
    answer = client.post(address(), {name: words, "act": "save"})
    assert answer.status_code == 422
    assert f"写了 {size:,} 个字，最多 500 个字" in answer.text and place in answer.text
    assert words in answer.text, "what was typed is still there"
    correction = Correction.unscoped.get(enrollment=returned)
    assert correction.reply == "" and correction.replies == {} and correction.corrected_at is None
    assert words in client.get(address()).text, "and the draft has it too"


@pytest.mark.req("R-07")
@pytest.mark.parametrize("size", [1, 500])
def test_a_reply_that_fits_is_kept_to_the_last_character(client, returned, size):
    words = "说" * (size - 1) + "完"
    assert client.post(address(), {"reply.basic_info.address": words, "act": "save"}).status_code == 302
    assert Correction.unscoped.get(enrollment=returned).replies == {"basic_info.address": words}


@pytest.mark.req("R-26", "P-21")
def test_a_long_reason_is_refused_and_a_fitting_one_kept(client, world):
    enrollment = factories.make_enrollments(world)[0]
    viewer = factories.complete(enrollment, world)
    changed = {"education.bachelor.degree_number": "1099942001000001"}
    save_personal("education", changed, by=viewer)
    sign_in(client, person_account(enrollment.person_id))
    page = client.get(address("education"))
    rule = page.context["doubts"][0].rule
    where = reverse("own:confirm", args=["education"])
    answer = client.post(where, {"rule": rule, "reason": "长" * 201}, follow=True)
    assert "写了 201 个字，最多 200 个字" in answer.text and not CheckConfirmation.unscoped.exists()
    client.post(where, {"rule": rule, "reason": "因" * 200})
    assert CheckConfirmation.unscoped.get().reason == "因" * 200


@pytest.mark.req("R-19")
def test_the_form_says_how_much_a_remark_takes(client, returned):
    page = client.get(address()).text
    assert page.count('maxlength="500" data-count') == 2 and "residents/counter" in page


def stored(enrollment, purpose: str, viewer):
    record = record_of(enrollment.person_id)
    return store_image(
        ContentFile(pictures.saved(pictures.drawing()), "a.jpg"), purpose=purpose, person_key=record.person.key,
        person_id=record.person.pk, organization_path=enrollment.organization.path, by=viewer,
    ).id  # fmt: skip


@pytest.mark.req("P-18", "Q-10")
def test_the_action_looks_at_every_new_picture(world):
    mine, other = factories.make_enrollments(world, 2)
    viewer, stranger = factories.resident_viewer(mine), factories.resident_viewer(other)
    foreign, misplaced = stored(other, "photo", stranger), stored(mine, "id_front", viewer)
    for wrong in (uuid.uuid4(), foreign, misplaced):
        with pytest.raises(Refused, match=FOREIGN_PICTURE) as refusal:
            save_personal("basic_info", {"basic_info.photo": wrong, "basic_info.email": "a@example.cn"}, by=viewer)
        assert refusal.value.field == "basic_info.photo"
        content = record_of(mine.person_id).content
        assert not content.get("basic_info.photo") and not content.get("basic_info.email"), "all or nothing"
    own = stored(mine, "photo", viewer)
    save_personal("basic_info", {"basic_info.photo": own}, by=viewer)
    assert record_of(mine.person_id).content["basic_info.photo"] == str(own)
    save_personal("basic_info", {"basic_info.photo": None}, by=viewer)
    assert not record_of(mine.person_id).content.get("basic_info.photo")
