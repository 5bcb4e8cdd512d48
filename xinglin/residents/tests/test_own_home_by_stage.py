"""The resident's home page stage by stage: whose turn, what is left, which words, which tags (R-19, R-07, mock 08)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404

from xinglin.accounts.tests.factories import make_resident, set_contact_phone, viewer_of
from xinglin.kernel import clock
from xinglin.organizations.models import Organization
from xinglin.people.actions import save_draft, save_section
from xinglin.people.models import Draft
from xinglin.residents.actions.correcting import return_personal
from xinglin.residents.actions.personal import save_personal
from xinglin.residents.models import Enrollment
from xinglin.residents.selectors.own import own_enrollment, own_person, sees_person, waits_for_resident
from xinglin.residents.showing.own_home import next_words, part_states, ring_value, tags_of, turn_of
from xinglin.residents.showing.own_page import NOBODY, OwnPage, own_page, part_to_read
from xinglin.residents.showing.own_section import anchor_of, draft_words, missing_lines, next_of, state_words
from xinglin.windows.models import WindowPhase

from . import factories, stages
from .own import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-19")]

SECTIONS = ("basic_info", "education", "qualifications")
# stage → title of 轮到您, or None when it is somebody else's turn
TURN = {
    "imported": "请填写个人信息", "begun": "请补齐个人信息", "filled": None, "ready": None,
    "asked": "基地退回：请按意见修改", "answered": None, "seen": None, "pending": None, "returned": None,
    "approved": None,
}  # fmt: skip
ACTION = {"imported": "开始填写", "begun": "接着填", "asked": "去修改"}
NEXT = {
    "imported": "填好后交基地核对、上报", "begun": "填好后交基地核对、上报", "filled": "已填完，等基地核对、上报",
    "ready": "已填完，等基地核对、上报", "asked": "改好后保存，交基地核对、上报", "answered": "已填完，等基地核对、上报",
    "seen": "已填完，等基地核对、上报", "pending": "基地已上报，等省级审核。",
    "returned": "省级退回给基地，正由基地处理；需要您改时会退回给您。", "approved": "审核已通过，已纳入在培管理。",
}  # fmt: skip
TAGS = {
    "imported": ["未上报"], "begun": ["未上报"], "filled": ["未上报"], "ready": ["未上报"],
    "asked": ["退回修改", "未上报"], "answered": ["已修改", "未上报"], "seen": ["已修改", "未上报"],
    "pending": ["已上报", "待审核"], "returned": ["未上报", "省级退回基地"], "approved": ["审核通过"],
}  # fmt: skip
TONES = {
    "未上报": "idle", "退回修改": "bad", "已修改": "run", "已上报": "run", "待审核": "wait", "审核通过": "ok",
    "已失效": "idle", "省级退回基地": "bad",
}  # fmt: skip


@pytest.fixture
def world() -> factories.World:
    return factories.make_world()


def page_of(row: Enrollment) -> OwnPage:
    return own_page(factories.resident_viewer(row))


def told(page: OwnPage) -> Any:
    return turn_of(page, part_states(page))


def test_whose_turn_it_is_and_what_comes_next(world: factories.World) -> None:
    wrong = []
    for stage in stages.STAGES:
        page = page_of(stages.make(world, stage))
        turn = told(page)
        tags = tags_of(page)
        if (turn.title if turn else None) != TURN[stage]:
            wrong.append(f"{stage}: {turn}")
        if turn and turn.action != ACTION[stage]:
            wrong.append(f"{stage}: {turn.action}")
        if next_words(page, turn) != NEXT[stage]:
            wrong.append(f"{stage}: {next_words(page, turn)}")
        if [words for _tone, words in tags] != TAGS[stage] or any(TONES[words] != tone for tone, words in tags):
            wrong.append(f"{stage}: {tags}")
        if bool(page.lock) != (stage == "approved"):
            wrong.append(f"{stage}: locked: {page.lock}")
        if page.lock and ("住院医师信息管理" in page.lock or "请联系培训基地" not in page.lock):
            wrong.append(f"{stage}: sent to a menu that residents lack: {page.lock}")
    assert not wrong, "\n".join(wrong)


def test_the_same_words_stand_on_the_page(world: factories.World) -> None:
    for stage in ("imported", "begun", "asked", "pending", "returned", "approved"):
        row = stages.make(world, stage)
        answer = client_of(row).get("/my/")
        assert answer.status_code == 200
        said = page_of(row).lock or NEXT[stage]
        assert said in answer.text, stage
        assert ("轮到您" in answer.text) == (TURN[stage] is not None), stage
        assert row.person.id_number not in answer.text and row.person.phone not in answer.text
        if stage == "returned":
            assert stages.PROVINCE_COMMENT not in answer.text, "the province's comment is for the base"


def test_the_office_of_the_base_is_named_without_a_number_that_nobody_can_call(world: factories.World) -> None:
    """The phone on record is what the base's own account is verified with; masked it would help nobody."""
    row = stages.make(world, "imported")
    set_contact_phone(row.organization, "13800005559")
    assert "请联系管理住院医师培训的部门" in client_of(row).get("/my/").text
    Organization.unscoped.filter(pk=row.organization_id).update(contact_name="教学办公室")
    page = client_of(row).get("/my/").text
    assert row.organization.name in page and "请联系教学办公室" in page and "138****5559" not in page


def test_each_part_says_what_is_left(world: factories.World) -> None:
    imported, begun, ready = (page_of(stages.make(world, stage)) for stage in ("imported", "begun", "ready"))
    first = part_states(imported)
    assert [part.section for part in first] == list(SECTIONS)
    assert [part.title for part in first] == ["基本信息", "学习经历", "证书信息"]
    assert [part.tone for part in first] == ["wait"] * 3
    assert first[0].words == "还缺 5 项", "民族, 户口 and three pictures; the rest came with the account"
    assert [part.tone for part in part_states(begun)] == ["ok", "wait", "wait"]
    assert [(part.tone, part.words) for part in part_states(ready)] == [("ok", "已填完")] * 3
    assert {part.url for part in first} == {f"/my/record/{section}/" for section in SECTIONS}
    turn = told(begun)
    left = sum(len(begun.missing(section)) for section in SECTIONS)
    assert turn.text.startswith(f"还缺 {left} 项") and turn.url == "/my/record/education/"
    assert ring_value(imported) == 0, "who has typed nothing has done nothing"
    assert 0 < ring_value(begun) < ring_value(ready) == 100


@pytest.mark.req("R-07")
@pytest.mark.parametrize(
    ("asked", "title", "icon", "tones"),
    [
        ({}, "基地退回：请按意见修改", "edit", ["ok", "ok", "ok"]),
        ({"basic_info.photo": "换白底照"}, "基地退回：重拍 1 张照片", "camera", ["bad", "ok", "ok"]),
        (
            {"basic_info.id_front": "反光", "education.bachelor.degree_scan": "不清"},
            "基地退回：重拍 2 张照片", "camera", ["bad", "bad", "ok"],
        ),
        (
            {"basic_info.id_front": "反光", "education.bachelor.major": "写全称"},
            "基地退回：有 2 处要改", "edit", ["bad", "bad", "ok"],
        ),
        ({"qualifications.status": "请核对"}, "基地退回：有 1 处要改", "edit", ["ok", "ok", "bad"]),
    ],
)  # fmt: skip
def test_a_return_says_how_many_places_and_where(
    world: factories.World, asked: dict[str, str], title: str, icon: str, tones: list[str]
) -> None:
    row = stages.make(world, "ready")
    assert return_personal([row.pk], comment="请看各项", field_comments=asked, by=world.base).done
    page = page_of(row)
    turn, parts = told(page), part_states(page)
    assert (turn.title, turn.icon, turn.text) == (title, icon, "“请看各项”")
    assert turn.who.startswith(world.base.user_name)
    assert [part.tone for part in parts] == tones
    bad = next((part for part in parts if part.tone == "bad"), parts[0])
    assert turn.url == bad.url + (f"#{anchor_of(page.waiting[0])}" if asked else "")
    assert all(part.words == "1 处要改" for part in parts if part.tone == "bad")
    assert waits_for_resident(page.viewer)


@pytest.mark.req("R-07")
def test_a_return_of_single_places_names_them(world: factories.World) -> None:
    row = stages.make(world, "ready")
    asked = {"education.bachelor.major": "写全称", "basic_info.email": "请补"}
    return_personal([row.pk], comment="", field_comments=asked, by=world.base)
    assert told(page_of(row)).text == "电子邮箱：请补；本科 毕业专业：写全称"


@pytest.mark.req("R-07")
def test_answered_places_go_from_the_count_one_by_one(world: factories.World) -> None:
    row = stages.make(world, "ready")
    asked = {"basic_info.address": "写到门牌号", "basic_info.email": "请补"}
    return_personal([row.pk], comment="请看各项", field_comments=asked, by=world.base)
    viewer = factories.resident_viewer(row)
    assert own_page(viewer).waiting == ["basic_info.email", "basic_info.address"], "in the order of the form"
    save_personal("basic_info", {"basic_info.email": "a@example.org"}, by=viewer)
    page = own_page(viewer)
    assert page.waiting == ["basic_info.address"] and told(page).title == "基地退回：有 1 处要改"
    save_personal("basic_info", {"basic_info.address": "澜江市杏林路 8 号"}, by=viewer)
    page = own_page(viewer)
    assert (page.waiting, page.is_returned, told(page)) == ([], False, None)
    assert not waits_for_resident(viewer)


def test_the_deadline_follows_who_has_to_act(world: factories.World) -> None:
    """Filling ends in 7 days, review in 12: a record that the province returned may be corrected until then (R-01)."""
    ready, returned = (page_of(stages.make(world, stage)) for stage in ("ready", "returned"))
    assert ready.deadline.endswith("截止，还剩 7 天") and returned.deadline.endswith("截止，还剩 12 天")
    now = clock.now()
    WindowPhase.objects.filter(window=world.window, kind="filling").update(ends_at=now - timedelta(days=1))
    late, corrected = own_page(ready.viewer), own_page(returned.viewer)
    assert late.deadline == "" and "结束" in late.lock and told(late) is None
    assert next_words(late, None) == late.lock
    assert corrected.deadline.endswith("还剩 12 天") and corrected.lock == ""


def test_a_lapsed_record_says_so_and_asks_for_nothing(world: factories.World) -> None:
    row = stages.make(world, "begun")
    Enrollment.unscoped.filter(pk=row.pk).update(lapsed_at=clock.now(), holding=False)
    page = page_of(row)
    assert ("idle", "已失效") in tags_of(page) and told(page) is None
    assert "失效" in page.lock and next_words(page, None) == page.lock


def test_of_two_enrollments_the_holding_one_is_shown(world: factories.World) -> None:
    row = stages.make(world, "ready")
    viewer = factories.resident_viewer(row)
    found = own_enrollment(viewer)
    assert found is not None and found.pk == row.pk
    Enrollment.unscoped.filter(pk=row.pk).update(holding=False, lapsed_at=clock.now())
    former = own_enrollment(viewer)
    assert former is not None and former.pk == row.pk


@pytest.mark.req("P-07")
def test_staff_have_no_own_record_and_others_are_not_seen(world: factories.World) -> None:
    row, other = stages.make(world, "ready"), stages.make(world, "ready")
    mine = factories.resident_viewer(row)
    for viewer in (world.base, world.province, world.association):
        assert own_enrollment(viewer) is None
        with pytest.raises(Http404):
            own_person(viewer)
    assert own_person(mine).pk == row.person_id
    assert sees_person(mine, row.person_id) and not sees_person(mine, other.person_id)
    assert sees_person(world.base, other.person_id) and sees_person(world.province, other.person_id)
    assert not sees_person(world.sibling, row.person_id) and not sees_person(world.other_province, row.person_id)


def test_a_person_without_an_enrollment_is_told_whom_to_ask(world: factories.World) -> None:
    viewer = viewer_of(make_resident(world.tree.base))
    page = own_page(viewer)
    assert page.lock == NOBODY and page.base is None and page.deadline == ""
    assert told(page) is None and tags_of(page) == [] and next_words(page, None) == NOBODY
    assert not (page.is_pending or page.is_approved or page.is_returned or page.is_reported or page.is_refused)
    assert [part.section for part in part_states(page)] == list(SECTIONS)


def test_a_part_to_read_leaves_out_what_does_not_count(world: factories.World) -> None:
    """Without a certificate no field of the certificate is shown; without a degree none of the degree (R-20)."""
    row = stages.make(world, "ready")
    page = page_of(row)
    shown = [c.key for group in part_to_read(page, "qualifications").groups for c in (*group.cells, *group.pictures)]
    assert "qualifications.status" in shown and "qualifications.code" not in shown
    viewer = page.viewer
    save_section("qualifications", {"qualifications.status": "certified"}, by=viewer)
    part = part_to_read(own_page(viewer), "qualifications")
    cells = {c.key: c for group in part.groups for c in (*group.cells, *group.pictures)}
    assert cells["qualifications.code"].missing and cells["qualifications.qualification_scan"].missing
    assert not cells["qualifications.status"].missing


def test_the_state_beside_the_buttons(world: factories.World) -> None:
    row = stages.make(world, "begun")
    viewer = factories.resident_viewer(row)
    page = own_page(viewer)
    assert state_words(page, "basic_info") == ("cloud-check", "已保存，基地可见 · 未上报")
    assert state_words(page, "education") == state_words(page, "qualifications") == ("cloud", "还没有保存过")
    assert draft_words(page, "education") == ""
    save_draft("education", {"education.bachelor.school": "澜江大学"}, by=viewer)
    page = own_page(viewer)
    today = draft_words(page, "education")
    assert today == f"{clock.now():%H:%M}" or len(today) == 5
    assert state_words(page, "education") == ("cloud", f"草稿 {today} 保存，还没有生效")
    assert [part.draft for part in part_states(page)] == [False, True, False]
    yesterday = clock.now() - timedelta(days=1)
    Draft.unscoped.filter(section="education").update(saved_at=yesterday)
    assert draft_words(own_page(viewer), "education") == f"{yesterday:%m-%d %H:%M}"
    assert state_words(page_of(stages.make(world, "pending")), "education") == ("send", "基地已上报")


def test_what_a_step_lacks_leads_to_its_place_on_the_page(world: factories.World) -> None:
    page = page_of(stages.make(world, "imported"))
    lines = dict(missing_lines(page, "basic_info"))
    assert lines["民族"] == "id_basic_info.ethnic_group"
    assert lines["个人照片"] == "upload-basic_info.photo"
    assert len(lines) == len(page.missing("basic_info"))
    assert [words for words, _anchor in missing_lines(page, "education")] == [
        issue.message for issue in page.missing("education")
    ]
    assert missing_lines(page_of(stages.make(world, "ready")), "education") == []


@pytest.mark.parametrize(
    ("key", "anchor"),
    [
        ("basic_info.name", "id_basic_info.name"),
        ("basic_info.id_back", "upload-basic_info.id_back"),
        ("education.master.degree_scan", "upload-education.master.degree_scan"),
        ("education.master.degree", "id_education.master.degree"),
        ("training_info.specialty", ""),
        ("nothing.known", ""),
        ("", ""),
    ],
)
def test_anchors(key: str, anchor: str) -> None:
    assert anchor_of(key) == anchor


def test_the_steps_follow_one_another() -> None:
    assert [next_of(section) for section in SECTIONS] == ["education", "qualifications", None]
    with pytest.raises(ValueError, match="training_info"):
        next_of("training_info")
