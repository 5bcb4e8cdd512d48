"""The three steps of the resident: saving, drafts, refusals that keep the input (R-19, R-20, P-23)."""

import json

import pytest

from xinglin.kernel import clock
from xinglin.people.models import Draft
from xinglin.people.selectors import draft_of
from xinglin.residents.tests.own import make_own
from xinglin.windows.models import WindowPhase

pytestmark = pytest.mark.django_db


@pytest.fixture
def own():
    return make_own()


def close_filling(own):
    WindowPhase.objects.filter(window=own.world.window, kind="filling").update(ends_at=clock.now())


@pytest.mark.req("R-19")
@pytest.mark.parametrize("section", ["basic_info", "education", "qualifications"])
def test_every_step_is_shown(own, section):
    page = own.get(section)
    assert page.status_code == 200
    assert "保存草稿" in page.text
    assert "提交" not in page.text
    assert own.record.person.id_number not in page.text


def test_no_other_step_exists(own):
    assert own.get("training_info").status_code == 404


@pytest.mark.req("R-19")
def test_missing_values_are_accepted_and_listed(own):
    answer = own.post("basic_info", ethnic_group="01", phone="19000000001")
    assert answer.status_code == 302
    assert answer["Location"].endswith("?saved=1")
    assert own.content["basic_info.ethnic_group"] == "01"
    page = own.client.get(answer["Location"])
    assert "已保存，基地可见" in page.text
    assert 'href="#upload-basic_info.photo">个人照片' in page.text
    assert own.refresh().filled_at is not None


@pytest.mark.req("R-07")
def test_malformed_value_is_refused_at_its_field_and_nothing_is_lost(own):
    answer = own.post("basic_info", phone="1390000271", address="青屏市示范路 8 号", email="someone")
    assert answer.status_code == 422
    assert 'value="1390000271"' in answer.text
    assert "青屏市示范路 8 号" in answer.text
    assert 'href="#id_basic_info.phone"' in answer.text
    assert "邮箱格式不对" in answer.text
    assert own.content["basic_info.address"] == ""
    kept = json.loads(draft_of(own.viewer, "basic_info").content)
    assert kept["basic_info.phone"] == "1390000271"


@pytest.mark.req("P-25")
def test_emoji_and_tags_are_refused_in_names_of_schools(own):
    refused = own.post("education", bachelor__applies="1", bachelor__school="澜江大学😀<b>", bachelor__major="A&B (1)")
    assert refused.status_code == 422
    assert "不能有“😀”" in refused.text and "澜江大学😀&lt;b&gt;" in refused.text


@pytest.mark.req("P-25")
def test_full_width_digits_and_spaces_are_normalised(own):
    own.post("basic_info", phone="１９００ ０００ ０００１")
    assert own.record.person.phone == "19000000001"


@pytest.mark.req("R-19")
def test_identity_is_neither_sent_nor_derived_anew(own):
    before = own.record.person
    own.post(
        "basic_info", id_number="110199199001010019", id_type="05", sex="2", birth_date="1980-01-01", name=before.name
    )
    after = own.record.person
    assert (after.id_number, after.id_type, after.sex, after.birth_date) == (
        before.id_number, before.id_type, before.sex, before.birth_date,
    )  # fmt: skip


def test_nationality_is_searched_by_its_name(own):
    own.post("basic_info", nationality="中国香港")
    assert own.content["basic_info.nationality"] == "HKG"
    page = own.get()
    assert 'list="id_basic_info.nationality-list"' in page.text
    refused = own.post("basic_info", nationality="中国香巷")
    assert "没有这一项" in refused.text


def test_division_goes_down_to_the_county(own):
    refused = own.post("basic_info", household_division="110000")
    assert "请选到区、县一级" in refused.text
    own.post("basic_info", household_division="110101")
    assert own.content["basic_info.household_division"] == "110101"


def test_next_goes_on_and_the_last_step_goes_home(own):
    assert own.post("basic_info", act="next")["Location"] == "/my/record/education/"
    assert own.post("education", act="next", bachelor__applies="0")["Location"] == "/my/record/qualifications/"
    assert own.post("qualifications", act="next", status="not_taken")["Location"] == "/my/"


@pytest.mark.req("P-23")
def test_draft_is_kept_shown_and_given_up(own):
    answer = own.post("basic_info", act="draft", phone="12", address="草稿里的地址")
    assert answer.status_code == 302
    assert own.content["basic_info.address"] == ""
    page = own.get()
    assert "草稿的内容" in page.text
    assert "草稿里的地址" in page.text
    assert "还没有生效" in page.text
    assert 'data-dialog="discard">放弃草稿' in page.text and 'id="dialog-discard"' in page.text
    assert "有草稿" in own.client.get("/my/").text
    own.post("basic_info", act="discard")
    assert draft_of(own.viewer, "basic_info") is None
    assert "草稿里的地址" not in own.get().text


@pytest.mark.req("P-23")
def test_form_saves_drafts_by_itself_and_only_what_it_knows(own):
    values = {"basic_info.address": "路上写的", "act": "save", "basic_info.unknown": "x", "once": "1"}
    told = own.client.post("/my/record/basic_info/draft", values).json()
    assert len(told["saved_at"]) == 5
    assert json.loads(draft_of(own.viewer, "basic_info").content) == {"basic_info.address": "路上写的"}
    assert told["stamp"] in own.get().text


@pytest.mark.req("R-19")
def test_save_ends_the_draft(own):
    own.post("basic_info", act="draft", address="甲")
    own.post("basic_info", address="乙")
    assert not Draft.unscoped.exists()
    assert own.content["basic_info.address"] == "乙"


@pytest.mark.req("P-09")
def test_window_that_closed_meanwhile_keeps_the_input(own):
    own.get()
    close_filling(own)
    answer = own.post("basic_info", address="关门时写的")
    assert answer.status_code == 422
    assert "填报已于" in answer.text
    assert "关门时写的" in answer.text
    assert own.content["basic_info.address"] == ""
    assert "关门时写的" in draft_of(own.viewer, "basic_info").content
    assert own.client.post("/my/record/basic_info/draft", {"basic_info.address": "又写"}).status_code == 200


@pytest.mark.req("P-21")
def test_closed_window_shows_the_part_to_read_with_the_reason(own):
    close_filling(own)
    page = own.get("education")
    assert "不能修改" in page.text
    assert "填报已于" in page.text
    assert 'name="act"' not in page.text
    assert "轮到您" not in own.client.get("/my/").text


@pytest.mark.req("R-20")
def test_the_question_that_counts_as_missing_is_marked_and_an_unanswered_level_is_no_answer(own):
    marked = '是否本科<span class="xl-must"'
    assert marked in own.get("education").text
    own.post("education", master__applies="1", junior_college__applies="0")
    assert marked not in own.get("education").text
    assert "没有：专科；未填：本科、博士" in own.client.get("/my/record/").text


@pytest.mark.req("R-20")
def test_levels_that_do_not_apply_are_emptied_by_the_server(own):
    known = {"bachelor__school": "澜江大学", "bachelor__degree_number": "1099942026000001"}
    own.post("education", bachelor__applies="1", bachelor__degree="410", **known)
    assert own.content["education.bachelor.degree_number"] == "1099942026000001"
    own.post("education", bachelor__applies="1", bachelor__degree="999", **known)
    assert own.content["education.bachelor.degree_number"] == ""
    own.post("education", bachelor__applies="0", **known, bachelor__graduated_on="no day")
    content = own.content
    assert content["education.bachelor.applies"] is False
    assert content["education.bachelor.school"] == ""
    assert "education.doctor.applies" not in content


def test_certificate_fields_count_only_with_a_certificate(own):
    own.post("qualifications", status="not_taken", code="12345", foreign_language_level="")
    assert own.content["qualifications.code"] == ""
    refused = own.post("qualifications", status="certified", qualified_on="2024-02-30")
    assert "这一天不存在" in refused.text


@pytest.mark.req("Q-11")
def test_double_submit_counts_once(own):
    token = {"once": "one-token", "act": "save", "basic_info.name": own.record.person.name}
    first = own.send("basic_info", {**token, "basic_info.address": "一"})
    again = own.send("basic_info", {**token, "basic_info.address": "二"})
    assert first["Location"] == again["Location"]
    assert own.content["basic_info.address"] == "一"


@pytest.mark.req("R-19")
def test_ring_and_parts_tell_what_is_left(own):
    own.post("qualifications", status="not_taken")
    page = own.client.get("/my/")
    assert "已填完" in page.text
    assert "还缺 1 项" in page.text
    assert "请补齐个人信息" in page.text


def test_name_cannot_be_emptied(own):
    refused = own.post("basic_info", name=" ")
    assert "姓名不能空着" in refused.text
    assert own.record.person.name
