"""The record as label and value: which tabs, which fields, what is marked as changed, masked or missing (R-06, R-21).

The order of tabs and of fields is that of R-20 and R-05, written down here by hand.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.kernel import clock
from xinglin.residents.fields import record_fields
from xinglin.residents.models import Correction, RecruitmentReview
from xinglin.residents.showing import baseline as baselines
from xinglin.residents.showing.baseline import baseline, personal_before
from xinglin.residents.showing.grid import Cell, Group, Part, Reading, part_of, parts

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-06")]

NUMBER, PHONE = "110199199801020017", "19000000001"
LEVELS = {"junior_college": "专科", "bachelor": "本科", "master": "硕士", "doctor": "博士"}
BASIC = [
    "姓名", "性别", "民族", "出生日期", "婚姻状况", "国籍及地区", "证件类型", "证件号", "户口所在地行政区划", "手机",
    "电子邮箱", "通讯地址", "紧急联系人", "紧急联系人电话",
]  # fmt: skip
BASIC_PICTURES = ["个人照片", "身份证正面照（人像页）", "身份证反面照（国徽页）"]
# key → (stored value, what the screen says)
WORDS: dict[str, tuple[Any, str]] = {
    "basic_info.name": ("程禾", "程禾"),
    "basic_info.sex": ("1", "男性"),
    "basic_info.ethnic_group": ("01", "汉族"),
    "basic_info.birth_date": ("1998-01-02", "1998-01-02"),
    "basic_info.id_type": ("01", "居民身份证"),
    "basic_info.id_number": (NUMBER, "110199********0017"),
    "basic_info.phone": (PHONE, "190****0001"),
    "basic_info.emergency_phone": ("19000000002", "190****0002"),
    "basic_info.photo": (str(uuid.UUID(int=5)), "已上传"),
    "education.bachelor.applies": (True, "是"),
    "education.bachelor.full_time": (False, "否"),
    "education.bachelor.school": ("澜江大学", "澜江大学"),
    "qualifications.status": ("not_taken", "未参加"),
    "training_info.funding_plan": ("national_plan", "国家计划培养"),
    "training_info.military_hospital": (False, "否"),
    "training_info.approved_years": (3, "3"),
    "training_info.starts_on": ("2026-09-01", "2026-09-01"),
}  # fmt: skip
KEYS = sorted(record_fields())


def cells(found: list[Part] | Part) -> dict[str, Cell]:
    whole = [found] if isinstance(found, Part) else found
    return {c.key: c for part in whole for group in part.groups for c in (*group.cells, *group.pictures)}


def content() -> dict[str, Any]:
    return {key: value for key, (value, _words) in WORDS.items()}


def test_tabs_and_fields_stand_in_the_order_of_the_manual() -> None:
    found = parts(content(), Reading())
    assert [part.title for part in found] == ["基本信息", "学习经历", "证书信息", "培训信息"]
    (basic,) = found[0].groups
    assert [cell.label for cell in basic.cells] == BASIC
    assert [cell.label for cell in basic.pictures] == BASIC_PICTURES
    assert found[3].groups[0].pictures == []
    names = [cell.name for cell in found[1].groups[0].cells]
    assert names[:4] == ["是否本科", "毕业院校名称", "毕业专业", "毕业时间"]


def test_each_value_is_shown_in_words() -> None:
    shown = cells(parts(content(), Reading()))
    for key, (_value, words) in WORDS.items():
        assert shown[key].value == words, key
    assert {cell.value for key, cell in shown.items() if key not in WORDS} == {"--"}


@pytest.mark.req("P-19")
def test_only_numbers_are_masked_and_only_where_asked() -> None:
    masked, clear = (cells(parts(content(), Reading(masked=way))) for way in (True, False))
    differ = {key for key in masked if masked[key].value != clear[key].value}
    assert differ == {"basic_info.id_number", "basic_info.phone", "basic_info.emergency_phone"}
    assert clear["basic_info.id_number"].value == NUMBER and clear["basic_info.phone"].value == PHONE
    assert Reading().masked, "who says nothing gets masked numbers"


def test_numbers_are_set_in_figures_of_one_width() -> None:
    shown = cells(parts(content(), Reading()))
    assert {key for key, cell in shown.items() if cell.mono} >= {"basic_info.id_number", "basic_info.phone"}
    assert not any(shown[key].mono for key in ("basic_info.name", "basic_info.birth_date", "education.bachelor.school"))


def test_a_pictures_id_is_given_to_the_page_and_never_its_text() -> None:
    shown = cells(parts(content(), Reading()))
    assert shown["basic_info.photo"].file == str(uuid.UUID(int=5))
    assert shown["basic_info.id_front"].file == ""
    assert all(not cell.file for key, cell in shown.items() if key != "basic_info.photo")


@pytest.mark.parametrize("level", LEVELS)
def test_of_the_education_only_levels_that_apply_are_shown(level: str) -> None:
    found = part_of("education", {f"education.{level}.applies": True}, Reading())
    assert [group.title for group in found.groups] == [LEVELS[level]]
    others = [key for key in LEVELS if key != level]
    assert (found.absent, found.unanswered) == ("", "、".join(LEVELS[key] for key in others))
    said = {f"education.{key}.applies": key == level for key in (level, others[0])}
    found = part_of("education", said, Reading())
    assert (found.absent, found.unanswered) == (LEVELS[others[0]], "、".join(LEVELS[key] for key in others[1:]))


@pytest.mark.parametrize("said", [None, False, "absent"])
def test_a_level_that_was_given_up_is_shown_as_changed_and_then_no_more(said: Any) -> None:
    before = {"education.master.applies": True, "education.master.school": "澜江大学"}
    now = {} if said == "absent" else {"education.master.applies": said}
    found = part_of("education", now, Reading(before=before))
    assert [group.title for group in found.groups] == ["硕士"]
    assert (cells(found)["education.master.school"].was, cells(found)["education.master.school"].value) == (
        "澜江大学", "--"
    )  # fmt: skip
    assert part_of("education", now, Reading()).groups == []


def test_a_level_that_is_asked_for_is_shown_and_marked() -> None:
    key = "education.bachelor.applies"
    found = part_of("education", {}, Reading(missing={key}))
    assert [group.title for group in found.groups] == ["本科"] and cells(found)[key].missing
    assert found.unanswered == "专科、硕士、博士"


def test_no_education_at_all_names_all_four() -> None:
    assert part_of("education", {}, Reading()).unanswered == "专科、本科、硕士、博士"
    assert part_of("basic_info", {}, Reading()).unanswered == ""


def test_remarks_and_gaps_stand_at_their_fields_alone() -> None:
    key, other = "basic_info.address", "basic_info.email"
    reading = Reading(missing={other}, comments={key: "写到门牌号"}, replies={key: "已核对"})
    shown = cells(parts({}, reading))
    assert (shown[key].comment, shown[key].reply, shown[key].missing) == ("写到门牌号", "已核对", False)
    assert {found for found, cell in shown.items() if cell.missing} == {other}
    assert {found for found, cell in shown.items() if cell.comment or cell.reply} == {key}


def values(key: str) -> st.SearchStrategy[Any]:
    kind = record_fields()[key].declaration.kind
    if key.endswith(".applies"):
        return st.just(True)
    simple = {"bool": st.booleans(), "int": st.integers(1, 3), "image": st.integers(1, 9).map(lambda n: str(uuid.UUID(int=n)))}  # fmt: skip
    return simple.get(kind, st.sampled_from(["甲", "乙", "丙", "2020-01-01"]))


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Any]:
    chosen = draw(st.sets(st.sampled_from(KEYS), max_size=12))
    return {key: draw(st.one_of(st.sampled_from([None, ""]), values(key))) for key in sorted(chosen)}


@given(contents(), contents())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_marked_are_exactly_the_fields_whose_value_differs(before: dict[str, Any], now: dict[str, Any]) -> None:
    """Empty, missing and "" are one and the same; the count of a tab is the sum of what is marked in it."""
    found = parts(now, Reading(before=before))
    shown = cells(found)
    for key, cell in shown.items():
        differs = (before.get(key) or None, now.get(key) or None)
        if isinstance(before.get(key), bool) or isinstance(now.get(key), bool):
            differs = tuple(None if v == "" else v for v in (before.get(key), now.get(key)))  # type: ignore[assignment]
        assert cell.changed == (differs[0] != differs[1]), (key, cell)
    for part in found:
        assert part.changed == sum(cell.changed for cell in cells(part).values())
    hidden = set(record_fields()) - set(shown)
    assert all(key.startswith("education.") for key in hidden)


@given(contents())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_marked_against_itself_or_against_nothing(now: dict[str, Any]) -> None:
    for before in (now, None):
        found = parts(now, Reading(before=before))
        assert sum(part.changed for part in found) == 0
        assert all(not cell.was and not cell.was_file for cell in cells(found).values())


def test_a_changed_picture_shows_both() -> None:
    old, new = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))
    key = "basic_info.id_front"
    cell = cells(part_of("basic_info", {key: new}, Reading(before={key: old})))[key]
    assert (cell.file, cell.was_file, cell.was, cell.changed) == (new, old, "已上传", True)
    added = cells(part_of("basic_info", {key: new}, Reading(before={})))[key]
    assert (added.was_file, added.was) == ("", "--") and added.changed


def test_groups_count_fields_and_pictures() -> None:
    group = Group("", [Cell("a", "甲", "1", was="2"), Cell("b", "乙", "1")], [Cell("c", "丙", "1", was="--")])
    assert group.changed == 2
    assert Part("x", "X", [group, group]).changed == 4
    assert Cell("a", "<本科>学校", "").name == "学校" and Cell("a", "学校", "").name == "学校"


NOW = clock.now()


def state(decided: datetime | None) -> RecruitmentReview:
    version = SimpleNamespace(kept={"k": "decided"}) if decided else None
    return cast(RecruitmentReview, SimpleNamespace(decided_at=decided, decided_version=version))


def correction(asked: datetime | None) -> Correction | None:
    if asked is None:
        return None
    before = SimpleNamespace(kept={"basic_info.name": "甲", "training_info.approved_years": 1})
    return cast(Correction, SimpleNamespace(requested_at=asked, before=before))


@pytest.mark.parametrize(
    ("decided", "asked", "since"),
    [
        (None, None, None),
        (-5, None, "省级审核以来"),
        (None, -5, "退回本人以来"),
        (-5, -3, "退回本人以来"),
        (-3, -5, "省级审核以来"),
        (-3, -3, "退回本人以来"),
    ],
)
def test_the_reader_compares_with_whatever_came_later(
    monkeypatch: pytest.MonkeyPatch, decided: int | None, asked: int | None, since: str | None
) -> None:
    monkeypatch.setattr(baselines, "content_of", lambda version: version.kept)
    at = {n: NOW + timedelta(days=n) for n in (-5, -3)}
    found = baseline(state(at.get(decided or 0)), correction(at.get(asked or 0)), {"training_info.approved_years": 3})
    assert (found.since if found else None) == since
    if found is not None:
        assert found.at == at[cast(int, asked if since == "退回本人以来" else decided)]


def test_a_return_to_the_resident_says_nothing_of_the_bases_own_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baselines, "content_of", lambda version: version.kept)
    now = {"basic_info.name": "乙", "training_info.approved_years": 3, "training_info.specialty": "0100"}
    returned = correction(NOW)
    assert returned is not None
    assert personal_before(returned, now) == {
        "basic_info.name": "甲", "training_info.approved_years": 3, "training_info.specialty": "0100"
    }  # fmt: skip
