"""基本信息退回 from both sides of the base: one or many, comments on fields, the difference, 知道了 (R-07)."""

import pytest
from django.urls import reverse

from xinglin.people.models import Person
from xinglin.residents.actions.personal import save_personal
from xinglin.residents.models import Correction, Enrollment
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.reviews import actions as reviews

from . import factories
from .signed_in import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-07")]
MANY = "/residents/intake/return/"


@pytest.fixture
def world():
    return factories.make_world()


@pytest.fixture
def ready(world):
    enrollment = factories.make_enrollments(world)[0]
    factories.complete(enrollment, world)
    return enrollment


@pytest.fixture
def client(world):
    return client_of(world.base)


def url(name, enrollment):
    return reverse(f"residents:{name}", args=[enrollment.pk])


def status(enrollment):
    return Enrollment.unscoped.values_list("correction_status", flat=True).get(pk=enrollment.pk)


def test_the_selection_is_asked_for_its_comment_first(world, client, ready):
    asked = client.post(MANY, {"pick": [ready.pk], "state": "?year=2026"})["Location"]
    assert all(ready.person.name in client.get(asked).text for _ in range(2))
    assert client_of(world.sibling).get(asked)["Location"] == "/residents/intake/"
    assert status(ready) == ""
    empty = client.post(MANY, {"pick": [ready.pk], "send": "1", "comment": " "})
    assert empty.status_code == 422
    assert "请填写退回意见" in empty.content.decode()
    done = client.post(MANY, {"pick": [ready.pk], "send": "1", "comment": "照片不清", "state": "?year=2026"})
    assert done["Location"] == "/residents/intake/?year=2026"
    assert status(ready) == "requested"


def test_those_that_cannot_be_returned_are_named(world, client, ready):
    raw = factories.make_enrollments(world)[0]
    client.post(MANY, {"pick": [ready.pk], "send": "1", "comment": "照片不清"})
    answer = client.post(MANY, {"pick": [ready.pk, raw.pk], "send": "1", "comment": "请补齐"}, follow=True)
    html = answer.content.decode()
    assert "已退回 1 人" in html
    assert f"{ready.person.name}：已退回，正在等本人修改" in html


def test_nothing_selected_and_foreign_rows_are_refused(world, client, ready):
    assert client.post(MANY, {}).status_code == 422
    assert client_of(world.sibling).post(MANY, {"pick": [ready.pk], "send": "1", "comment": "x"}).status_code == 422
    assert client_of(world.province).post(MANY, {"pick": [ready.pk]}).status_code == 403
    assert status(ready) == ""


def test_a_return_cannot_be_led_to_another_site(client, ready):
    done = client.post(MANY, {"pick": [ready.pk], "send": "1", "comment": "照片不清", "state": "//example.com"})
    assert done["Location"] == "/residents/intake/"


def test_missing_fields_are_filled_in_as_comments(world, client):
    enrollment = factories.make_enrollments(world)[0]
    html = client.get(url("return", enrollment) + "?missing=1").content.decode()
    assert 'name="comment.basic_info.ethnic_group" value="没有填写，请补齐。"' in html


def test_what_the_resident_cannot_change_has_no_place_for_a_comment(client, ready):
    fixed = ("sex", "birth_date", "id_type", "id_number")
    html = client.get(url("return", ready)).text
    assert [name for name in fixed if f'name="comment.basic_info.{name}"' in html] == []
    assert 'name="comment.basic_info.name"' in html and 'name="comment.basic_info.photo"' in html
    Person.unscoped.filter(pk=ready.person_id).update(id_type="05")
    html = client.get(url("return", ready)).text
    assert [name for name in fixed if f'name="comment.basic_info.{name}"' in html] == ["sex", "birth_date"]


def test_both_sides_of_a_return_with_comments_on_fields(world, client, ready):
    fields = {"comment.basic_info.email": "请填写", "comment.education.bachelor.degree_number": "与扫描件不一致"}
    client.post(url("return", ready), {"comment": "", **fields})
    assert status(ready) == "requested"
    page = client.get(url("detail", ready)).content.decode()
    assert "已退回本人修改" in page
    assert "还没有改完" in client.get(url("difference", ready)).content.decode()
    resident = factories.resident_viewer(ready)
    save_personal("basic_info", {"basic_info.email": "a@example.com"}, by=resident)
    save_personal("education", {}, replies={"education.bachelor.degree_number": "补办证书，以补办为准"}, by=resident)
    assert status(ready) == "corrected"
    html = client.get(url("difference", ready)).content.decode()
    assert "<ins>a@example.com</ins>" in html
    assert "本人说明：补办证书，以补办为准" in html
    assert "改 1 项" in html
    assert "知道了" in html


def test_looking_is_noted_by_a_post_only(world, client, ready):
    client.post(url("return", ready), {"comment": "请核对"})
    save_personal("basic_info", {"basic_info.email": "a@example.com"}, by=factories.resident_viewer(ready))
    client.get(url("difference", ready))
    assert Correction.unscoped.get().correction_seen_at is None
    assert client_of(world.province).get(url("difference", ready)).status_code == 200
    assert client_of(world.province).post(url("seen", ready)).status_code == 403
    client.post(url("seen", ready))
    assert Correction.unscoped.get().correction_seen_by_name == world.base.user_name
    assert "知道了" not in client.get(url("difference", ready)).content.decode()


def test_returning_a_reported_record_recalls_it_and_says_so_before(world, client, ready):
    reviews.report(RECRUITMENT, [ready.pk], by=world.base)
    assert "退回后会撤回上报" in client.get(url("return", ready)).content.decode()
    client.post(url("return", ready), {"comment": "请核对"})
    assert RECRUITMENT.states(world.base).get(pk=ready.pk).report_status == "unreported"


def test_a_second_return_is_refused_and_the_comment_kept(client, ready):
    client.post(url("return", ready), {"comment": "第一次"})
    answer = client.post(url("return", ready), {"comment": "第二次意见"})
    assert answer.status_code == 422
    assert "第二次意见" in answer.content.decode()
    assert "正在等本人修改" in answer.content.decode()


def test_a_record_that_was_never_returned_has_no_difference(client, ready):
    assert "没有退回过" in client.get(url("difference", ready)).content.decode()


def test_the_band_the_tab_and_the_history_name_the_field_that_was_spoken_of(client, ready):
    client.post(url("return", ready), {"comment": "", "comment.education.bachelor.major": "与学历证书不一致"})
    page = client.get(url("detail", ready)).text
    assert "本科 毕业专业：</span>与学历证书不一致" in page and "“与学历证书不一致”" not in page
    assert '学习经历<span class="xl-count xl-count-bad m-0">意见 1</span>' in page
    assert '<div class="xl-edits">本科 毕业专业：与学历证书不一致</div>' in page
