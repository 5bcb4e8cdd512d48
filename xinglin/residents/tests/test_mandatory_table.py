"""What is mandatory, and when: the table of R-05 and R-20 written down by hand, tried field by field (R-08)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.people.rules import MANDATORY, completeness, missing_in_section, missing_personal
from xinglin.residents.rules import TRAINING_MANDATORY, missing_items, missing_training, planned_end

pytestmark = pytest.mark.req("R-05", "R-08", "R-20")

BASIC = {
    "name": ("姓名", "程禾"),
    "sex": ("性别", "1"),
    "ethnic_group": ("民族", "01"),
    "birth_date": ("出生日期", "1998-01-02"),
    "nationality": ("国籍及地区", "CHN"),
    "id_type": ("证件类型", "01"),
    "id_number": ("证件号", "110199199801020017"),
    "household_division": ("户口所在地行政区划", "110101"),
    "phone": ("手机", "13900000001"),
    "photo": ("个人照片", "photo-id"),
    "id_front": ("身份证正面照", "front-id"),
    "id_back": ("身份证反面照", "back-id"),
}
OPTIONAL_BASIC = ("marital_status", "email", "address", "emergency_contact", "emergency_phone")
EDUCATION = {
    "school": ("毕业院校名称", "澜江大学"),
    "major": ("毕业专业", "临床医学"),
    "graduated_on": ("毕业时间", "2021-06-30"),
    "full_time": ("是否全日制", True),
    "diploma_number": ("学历证书编号", "109991202105000001"),
    "degree": ("学位", "410"),
    "degree_type": ("学位类型", "professional"),
    "degree_number": ("学位证书编号", "1099942021000001"),
    "diploma_scan": ("学历证书", "scan-1"),
    "degree_scan": ("学位证书", "scan-2"),
}
ONLY_WITH_A_DEGREE = {"degree_type", "degree_number", "degree_scan"}
LEVELS = ("junior_college", "bachelor", "master", "doctor")
QUALIFICATION = {
    "code": ("资格证书编码", "202111110110199199801020017"),
    "qualified_on": ("取得", "2021-12-01"),
    "level": ("级别", "licensed"),
    "category": ("类别", "clinical"),
    "qualification_scan": ("资格证书", "scan-3"),
}
STATUSES = ("not_taken", "not_passed", "passed_pending", "certified")
TRAINING = {
    "funding_plan": ("培养类型", "national_plan"),
    "personnel_type": ("人员类型", "independent"),
    "military_hospital": ("是否军队医院", False),
    "graduate_cohort": ("应届", "fresh"),
    "rural_oriented": ("农村订单定向", False),
    "west_china_support": ("西部支援", False),
    "intake_year": ("招收年", 2026),
    "training_division": ("培训所在", "110101"),
    "specialty": ("培训专业", "0100"),
    "approved_years": ("核定培训年限", 3),
    "starts_on": ("培训开始日期", "2026-09-01"),
    "ends_on": ("计划结束日期", "2029-08-31"),
}


def section(prefix: str, table: dict[str, tuple[str, Any]]) -> dict[str, Any]:
    return {f"{prefix}.{name}": value for name, (_label, value) in table.items()}


def whole(**values: Any) -> dict[str, Any]:
    """A complete record; ``__`` stands for the dots of a key."""
    content = section("basic_info", BASIC) | section("education.bachelor", EDUCATION)
    content |= {"education.bachelor.applies": True, "qualifications.status": "not_taken"}
    content |= section("training_info", TRAINING)
    return content | {key.replace("__", "."): value for key, value in values.items()}


def lacking(content: dict[str, Any]) -> set[str]:
    return {issue.field for issue in missing_items(content)}


def test_a_complete_record_lacks_nothing() -> None:
    assert missing_items(whole()) == []
    assert completeness(whole()) == 100


@pytest.mark.parametrize("empty", ["", None, "absent"])
@pytest.mark.parametrize("name", sorted(BASIC))
def test_each_field_of_basic_info_is_asked_for_by_its_label(name: str, empty: str | None) -> None:
    content = whole()
    key = f"basic_info.{name}"
    if empty == "absent":
        del content[key]
    else:
        content[key] = empty
    (issue,) = [issue for issue in missing_items(content) if issue.field == key]
    assert BASIC[name][0] in issue.message
    assert issue.message.startswith("缺“")


@pytest.mark.parametrize("name", OPTIONAL_BASIC)
def test_what_has_no_star_is_never_asked_for(name: str) -> None:
    assert lacking(whole(**{f"basic_info__{name}": ""})) == set()


@pytest.mark.parametrize("id_type", ["04", "05", "06", "07", "08", "09", "10"])
def test_other_documents_have_one_page(id_type: str) -> None:
    """身份证反面照 belongs to the identity card only."""
    assert lacking(whole(basic_info__id_type=id_type, basic_info__id_back="")) == set()
    assert lacking(whole(basic_info__id_type="01", basic_info__id_back="")) == {"basic_info.id_back"}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", sorted(EDUCATION))
def test_each_field_of_a_level_that_applies_is_asked_for(level: str, name: str) -> None:
    prefix = f"education.{level}"
    content = whole() | section(prefix, EDUCATION) | {f"{prefix}.applies": True, f"{prefix}.{name}": ""}
    assert lacking(content) == {f"{prefix}.{name}"}
    (issue,) = [issue for issue in missing_items(content) if issue.field == f"{prefix}.{name}"]
    assert EDUCATION[name][0] in issue.message


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", sorted(ONLY_WITH_A_DEGREE))
def test_without_a_degree_nothing_of_it_is_asked_for(level: str, name: str) -> None:
    prefix = f"education.{level}"
    content = whole() | section(prefix, EDUCATION) | {f"{prefix}.applies": True, f"{prefix}.degree": "999"}
    assert lacking(content | {f"{prefix}.{name}": ""}) == set()


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_that_does_not_apply_asks_for_nothing(level: str) -> None:
    other = "master" if level == "bachelor" else "bachelor"
    content = whole() | section(f"education.{other}", EDUCATION) | {f"education.{other}.applies": True}
    for name in EDUCATION:
        content[f"education.{level}.{name}"] = ""
    assert lacking(content | {f"education.{level}.applies": False}) == set()
    assert lacking(content | {f"education.{level}.applies": None}) == set()


def test_at_least_one_level_of_education() -> None:
    (issue,) = missing_in_section(whole(education__bachelor__applies=False), "education")
    assert issue.message == "学习经历至少填一个学历"


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("name", sorted(QUALIFICATION))
def test_the_certificate_is_asked_of_those_who_hold_one(status: str, name: str) -> None:
    content = whole() | section("qualifications", QUALIFICATION) | {"qualifications.status": status}
    content[f"qualifications.{name}"] = ""
    assert lacking(content) == ({f"qualifications.{name}"} if status == "certified" else set())


def test_the_state_of_the_examination_is_always_asked_for() -> None:
    assert lacking(whole(qualifications__status="")) == {"qualifications.status"}


@pytest.mark.parametrize("name", sorted(TRAINING))
def test_each_field_of_training_info_is_asked_for(name: str) -> None:
    (issue,) = missing_training(whole(**{f"training_info__{name}": None}))
    assert issue.field == f"training_info.{name}"
    assert TRAINING[name][0] in issue.message


@pytest.mark.parametrize("name", ["military_hospital", "rural_oriented", "west_china_support"])
def test_no_is_an_answer(name: str) -> None:
    assert lacking(whole(**{f"training_info__{name}": False})) == set()
    assert lacking(whole(**{f"training_info__{name}": True})) == set()
    assert lacking(whole(**{f"training_info__{name}": None})) == {f"training_info.{name}"}


EMPLOYER = {"training_info.employer_name", "training_info.employer_uscc"}


@pytest.mark.parametrize(
    ("personnel", "asked"),
    [
        ("own_employee", EMPLOYER),
        ("sponsored", EMPLOYER),
        ("independent", set()),
        ("professional_master", set()),
        ("other", {"training_info.other_personnel"}),
    ],
)
def test_what_else_the_kind_of_person_asks_for(personnel: str, asked: set[str]) -> None:
    """工作单位 of own employees and sponsored ones; 其他人员 when it is 其他."""
    content = whole(training_info__personnel_type=personnel)
    assert lacking(content) == asked
    filled = {"training_info.employer_name": "澜江医院", "training_info.employer_uscc": "x"}
    assert lacking(content | filled | {"training_info.other_personnel": "进修"}) == set()


def test_conditional_fields_say_why_they_are_asked_for() -> None:
    rules = (*MANDATORY["education"], *MANDATORY["qualifications"], *TRAINING_MANDATORY)
    told = {rule.field: rule.why for rule in rules if rule.why}
    assert set(told) >= {"degree_type", "degree_number", "code", "other_personnel", "employer_uscc", "ends_on_reason"}
    assert all("必填" in why for why in told.values())


@given(st.dates(dt.date(2000, 1, 1), dt.date(2090, 12, 31)), st.sampled_from([1, 2, 3]))
def test_the_planned_end_is_the_day_before_the_anniversary(start: dt.date, years: int) -> None:
    end = planned_end(start, years)
    after = end + dt.timedelta(days=1)
    assert after.year == start.year + years
    assert (after.month, after.day) in {(start.month, start.day), (3, 1)}
    assert 365 * years - 1 <= (end - start).days <= 365 * years + 1
    assert lacking(whole(training_info__starts_on=start.isoformat(), training_info__approved_years=years,
                         training_info__ends_on=end.isoformat())) == set()  # fmt: skip


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)), st.sampled_from([1, 2, 3]), st.integers(1, 400))
def test_another_end_asks_for_its_reason(start: dt.date, years: int, days: int) -> None:
    for end in (
        planned_end(start, years) + dt.timedelta(days=days),
        planned_end(start, years) - dt.timedelta(days=days),
    ):
        content = whole(training_info__starts_on=start, training_info__approved_years=years, training_info__ends_on=end)
        assert lacking(content) == {"training_info.ends_on_reason"}
        assert lacking(content | {"training_info.ends_on_reason": "产假顺延"}) == set()


PERSONAL_KEYS = sorted(
    key for key in whole() if not key.startswith("training_info.") and key != "education.bachelor.applies"
)


# An answer that makes further fields mandatory may lower the share.
ASKS_FOR_MORE = {"education.bachelor.degree", "basic_info.id_type"}


@given(st.sets(st.sampled_from(PERSONAL_KEYS)))
def test_completeness_falls_with_each_gap_and_never_leaves_its_bounds(gone: set[str]) -> None:
    content = {key: value for key, value in whole().items() if key not in gone}
    share = completeness(content)
    assert 0 <= share <= 100
    assert (share == 100) == (not missing_personal(content))
    for key in sorted(gone - ASKS_FOR_MORE):
        assert completeness(content | {key: whole()[key]}) >= share


@given(st.sets(st.sampled_from(PERSONAL_KEYS)))
def test_the_whole_list_is_the_lists_of_its_parts(gone: set[str]) -> None:
    content = {key: value for key, value in whole().items() if key not in gone}
    parts = [missing_in_section(content, name) for name in ("basic_info", "education", "qualifications")]
    told = [issue.field for part in parts for issue in part] + [issue.field for issue in missing_training(content)]
    assert [issue.field for issue in missing_items(content)] == told
    assert len(set(told)) == len(told), "nothing is asked for twice"
