"""What of the personal record is mandatory, and how much of it is there."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xinglin.people.enums import EducationLevel
from xinglin.people.fields import personal_fields, personal_labels, section_fields
from xinglin.people.rules import EDUCATION, completeness, missing_in_section, missing_personal

BASIC = {
    f"basic_info.{name}": "x"
    for name in (
        "name", "sex", "ethnic_group", "birth_date", "nationality", "id_number", "household_division", "phone",
        "photo", "id_front",
    )
}  # fmt: skip
values = st.sampled_from([None, "", "x", "01", "999", True, False, "certified", "not_taken"])
SMALL = [
    "basic_info.name", "basic_info.id_type", "basic_info.id_back", "education.bachelor.applies",
    "education.bachelor.degree", "education.bachelor.degree_number", "education.doctor.applies",
    "education.doctor.school", "qualifications.status", "qualifications.code",
]  # fmt: skip
flats = st.dictionaries(st.sampled_from(SMALL), values)


def lacking(section, flat):
    return {issue.field for issue in missing_in_section(flat, section)}


def education(**more):
    filled = {f"education.bachelor.{rule.field}": "x" for rule in EDUCATION}
    return {**filled, "education.bachelor.applies": True, **{f"education.bachelor.{k}": v for k, v in more.items()}}


@pytest.mark.req("R-20")
@pytest.mark.parametrize(("id_type", "needed"), [("01", True), ("02", False), ("", False)])
def test_the_back_of_the_card_is_for_resident_id_cards(id_type, needed):
    assert ("basic_info.id_back" in lacking("basic_info", {**BASIC, "basic_info.id_type": id_type})) == needed


@pytest.mark.req("R-20")
def test_every_mandatory_basic_field_is_named_with_its_label():
    messages = {issue.field: issue.message for issue in missing_in_section({}, "basic_info")}
    assert set(messages) == {*BASIC, "basic_info.id_type"}
    assert messages["basic_info.ethnic_group"] == "缺“民族”"
    assert not lacking("basic_info", {**BASIC, "basic_info.id_type": "02"})


@pytest.mark.req("R-20")
@pytest.mark.parametrize(
    ("degree", "needed"), [("410", {"degree_type", "degree_number", "degree_scan"}), ("999", set()), ("", {"degree"})]
)
def test_degree_papers_are_needed_where_a_degree_was_awarded(degree, needed):
    flat = education(degree=degree, degree_type="", degree_number=None, degree_scan="")
    assert lacking("education", flat) == {f"education.bachelor.{name}" for name in needed}


@pytest.mark.req("R-20")
@pytest.mark.parametrize("applies", [None, False])
def test_one_level_of_education_is_needed_and_levels_that_do_not_apply_ask_nothing(applies):
    assert lacking("education", {"education.master.applies": applies}) == {"education.bachelor.applies"}
    assert lacking("education", education() | {"education.master.applies": applies}) == set()
    assert "education.master.school" in lacking("education", education() | {"education.master.applies": True})


@pytest.mark.req("R-20")
def test_no_is_an_answer_to_full_time():
    assert lacking("education", education(full_time=False)) == set()
    assert lacking("education", education(full_time=None)) == {"education.bachelor.full_time"}


@pytest.mark.req("R-20")
def test_certificates_are_needed_of_who_has_them():
    assert lacking("qualifications", {}) == {"qualifications.status"}
    assert lacking("qualifications", {"qualifications.status": "not_taken"}) == set()
    names = ("code", "qualified_on", "level", "category", "qualification_scan")
    expected = {f"qualifications.{name}" for name in names}
    assert lacking("qualifications", {"qualifications.status": "certified"}) == expected


@pytest.mark.req("R-20")
@given(flats)
def test_completeness_is_a_percentage_and_full_only_when_nothing_is_missing(flat):
    assert 0 <= completeness(flat) <= 100
    assert (completeness(flat) == 100) == (missing_personal(flat) == [])


@pytest.mark.req("R-20")
@given(flats, st.sampled_from([key for key in SMALL if key.split(".")[-1] in {"name", "id_back", "school", "code"}]))
def test_filling_a_field_that_asks_for_nothing_else_never_lowers_it(flat, key):
    assume(flat.get(key) in (None, ""))
    before, after = missing_personal(flat), missing_personal({**flat, key: "x"})
    assert completeness({**flat, key: "x"}) >= completeness(flat)
    assert {issue.field for issue in after} <= {issue.field for issue in before}


@pytest.mark.req("R-20")
@given(flats)
def test_every_missing_field_is_one_that_there_is(flat):
    assert {issue.field for issue in missing_personal(flat)} <= set(personal_fields())


@pytest.mark.req("R-16")
def test_labels_tell_the_level():
    labels = personal_labels()
    assert labels["education.bachelor.degree_number"] == "<本科>学位证书编号"
    assert labels["education.doctor.applies"] == "是否博士" and labels["basic_info.name"] == "姓名"
    levels = {field.level for field in section_fields("education")}
    assert levels == {level.value for level in EducationLevel}
    assert all(field.level == "master" for field in section_fields("education", "master"))
