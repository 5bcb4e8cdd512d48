"""R-26: facts of a record that check each other. Each rule is shown both pieces; what agrees is never blamed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.kernel import id_numbers
from xinglin.residents.cross_checks import RULES, Other, check, compared_by_rule

from .consistent import records

TODAY = dt.date(2026, 11, 20)


def codes(content, **options):
    return {finding.rule.code for finding in check(content, today=TODAY, **options)}


def changed(content, **values):
    """The content with other values; __ stands for the dots of a key."""
    return content | {key.replace("__", "."): value for key, value in values.items()}


def wrong_check(number):
    return number[:-1] + ("1" if number[-1] != "1" else "2")


@given(records())
def test_a_record_whose_facts_agree_has_no_finding(content):
    assert check(content, today=TODAY) == []


@given(records(), st.data())
def test_missing_facts_are_never_contradictions(content, data):
    gone = data.draw(st.sets(st.sampled_from(sorted(content))))
    assert codes({key: value for key, value in content.items() if key not in gone}) == set()
    assert codes({key: "" if key in gone else value for key, value in content.items()}) == set()


@given(records(), st.dictionaries(st.sampled_from(["basic_info.birth_date", "qualifications.code"]), st.text()))
def test_malformed_values_never_break_a_check(content, values):
    check(content | values, today=TODAY)


@given(records())
def test_id_checksum(content):
    wrong = changed(content, basic_info__id_number=wrong_check(content["basic_info.id_number"]))
    assert "id_checksum" in codes(wrong)
    assert "id_sex" not in codes(wrong), "nothing is concluded from a number that is wrong itself"


@given(records())
def test_id_against_sex(content):
    other = "2" if content["basic_info.sex"] == "1" else "1"
    (finding,) = check(changed(content, basic_info__sex=other), today=TODAY)
    assert finding.rule.code == "id_sex"
    assert finding.is_hard
    assert [piece.label for piece in finding.fields] == ["性别", "证件号第 17 位"]


@given(records(), st.integers(1, 300))
def test_id_against_birth_date(content, days):
    other = dt.date.fromisoformat(content["basic_info.birth_date"]) + dt.timedelta(days=days)
    finding = check(changed(content, basic_info__birth_date=other.isoformat()), today=TODAY)[0]
    assert finding.rule.code == "id_birth_date"
    assert [piece.value for piece in finding.fields] == [other.isoformat(), content["basic_info.birth_date"]]


@given(records(), st.integers(1, 9))
def test_years_in_certificate_numbers(content, years):
    old = int(content["education.bachelor.graduated_on"][:4])
    number = content["education.bachelor.diploma_number"]
    wrong = changed(content, education__bachelor__diploma_number=f"{number[:6]}{old - years}{number[10:]}")
    assert codes(wrong) == {"diploma_year"}
    number = content["education.bachelor.degree_number"]
    wrong = changed(content, education__bachelor__degree_number=f"{number[:6]}{old - years}{number[10:]}")
    assert codes(wrong) == {"degree_year"}


@given(records())
def test_levels_in_certificate_numbers(content):
    number = content["education.bachelor.diploma_number"]
    assert codes(changed(content, education__bachelor__diploma_number=f"{number[:10]}02{number[12:]}")) == {
        "diploma_level"
    }
    second = changed(content, education__bachelor__diploma_number=f"{number[:10]}04{number[12:]}")
    assert codes(second) == set(), "a second degree is a bachelor's"
    number = content["education.bachelor.degree_number"]
    assert codes(changed(content, education__bachelor__degree_number=f"{number[:5]}3{number[6:]}")) == {"degree_level"}
    assert codes(changed(content, education__bachelor__degree="310")) == {"degree_name_level"}


@given(records())
def test_diploma_and_degree_of_different_schools(content):
    number = content["education.bachelor.degree_number"]
    other = str((int(number[:5]) - 9999) % 90000 + 10000)
    (finding,) = check(changed(content, education__bachelor__degree_number=other + number[5:]), today=TODAY)
    assert finding.rule.code == "diploma_degree_school"
    assert not finding.is_hard
    assert [piece.value for piece in finding.fields] == [number[:5], other]
    assert finding.fields[1].label == "本科 学位证书编号前 5 位"


@given(records())
def test_certificate_numbers_of_another_length_warn_unless_they_are_old(content):
    wrong = changed(content, education__bachelor__diploma_number="京教12345")
    assert codes(wrong) == {"certificate_form"}
    assert codes(changed(wrong, education__bachelor__graduated_on="2000-06-30")) >= {"degree_year"}
    assert "certificate_form" not in codes(changed(wrong, education__bachelor__graduated_on="2000-06-30"))


@given(records())
def test_no_degree_means_no_degree_number_to_check(content):
    assert codes(changed(content, education__bachelor__degree="999", education__bachelor__degree_number="12")) == set()


@given(records(), st.integers(0, 16))
def test_qualification_code_against_id_number(content, place):
    number = content["basic_info.id_number"]
    other = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    code = content["qualifications.code"][:9] + other
    (finding,) = check(changed(content, qualifications__code=code), today=TODAY)
    assert finding.rule.code == "qualification_id"
    assert f"第 {place + 1} 位" in finding.message
    assert number not in str(finding), "the number is masked wherever it may be shown"


@given(records())
def test_qualification_code_with_a_15_digit_number(content):
    number = content["basic_info.id_number"]
    head = content["qualifications.code"][:9]
    assert codes(changed(content, qualifications__code=head + number[:6] + number[8:17])) == set()
    other = str((int(number[16]) + 1) % 10)
    assert codes(changed(content, qualifications__code=head + number[:6] + number[8:16] + other)) == {
        "qualification_id"
    }


@given(records())
def test_qualification_code_against_year_level_category_and_form(content):
    code = content["qualifications.code"]
    assert codes(changed(content, qualifications__code=f"{int(code[:4]) - 1}{code[4:]}")) == {"qualification_year"}
    assert codes(changed(content, qualifications__level="assistant")) == {"qualification_level"}
    assert codes(changed(content, qualifications__category="dental")) == {"qualification_category"}
    assert codes(changed(content, qualifications__code=code[:20])) == {"qualification_form"}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"training_info.ends_on": "2010-01-01"}, "计划结束日期应晚于培训开始日期"),
        ({"qualifications.registered_on": "2010-01-01"}, "执业注册时间不能早于取得资格证书时间"),
        ({"education.bachelor.graduated_on": "1980-06-30"}, "本科毕业时间不能早于出生日期"),
        (
            {"education.junior_college.applies": True, "education.junior_college.graduated_on": "2025-06-30"},
            "本科毕业时间不能早于专科毕业时间",
        ),
        ({"qualifications.qualified_on": "1970-01-01"}, "取得资格证书时间不能早于出生日期"),
    ],
)
@given(content=records())
def test_dates_in_order_are_hard(content, values, message):
    findings = [f for f in check(content | values, today=TODAY) if f.rule.code == "date_order"]
    assert message in [finding.message for finding in findings]
    assert all(finding.is_hard for finding in findings)


@given(records())
def test_unusual_dates_are_soft(content):
    assert codes(changed(content, training_info__starts_on="2000-09-01")) == {"start_after_graduation"}
    assert codes(changed(content, qualifications__registered_on="2026-11-21")) == {"date_in_future"}


@given(records())
def test_age_against_education(content):
    born = int(content["basic_info.birth_date"][:4])
    young = changed(content, education__bachelor__graduated_on=f"{born + 17}-06-30")
    assert "age_education" in codes(young)


@given(records())
def test_uscc_of_the_employer(content):
    wrong = changed(content, training_info__employer_uscc=wrong_check(content["training_info.employer_uscc"]))
    (finding,) = check(wrong, today=TODAY)
    assert (finding.rule.code, finding.is_hard) == ("uscc_checksum", True)


@given(records())
def test_same_person_under_two_numbers(content):
    born = dt.date.fromisoformat(content["basic_info.birth_date"])
    twin = Other(7, "林知夏", born, "13900000009", "1101************11", "云川第二医院")
    (finding,) = check(content, others=[twin], today=TODAY)
    assert finding.rule.code == "same_person"
    assert "云川第二医院" in finding.message
    assert codes(content, others=[Other(7, "林知夏", None, "13900000001", "x")]) == {"same_person"}
    assert codes(content, others=[Other(7, "林知夏", None, "13900000009", "x")]) == set()


@given(records(), st.sampled_from(["hard", "soft", "off"]))
def test_the_association_sets_the_level(content, level):
    wrong = changed(content, training_info__ends_on="2010-01-01")
    findings = check(wrong, levels={"date_order": level}, today=TODAY)
    assert [finding.severity for finding in findings] == ([] if level == "off" else [level])


@given(records())
def test_another_value_voids_the_reason_and_another_field_does_not(content):
    wrong = changed(content, qualifications__level="assistant")
    first = compared_by_rule(check(wrong, today=TODAY))
    assert compared_by_rule(check(changed(wrong, basic_info__name="林知秋"), today=TODAY)) == first
    longer = changed(
        wrong, qualifications__code=wrong["qualifications.code"][:7] + "11" + wrong["basic_info.id_number"]
    )
    assert compared_by_rule(check(longer, today=TODAY)) != first


def test_hard_findings_come_first_and_become_issues():
    content = {
        "basic_info.id_type": "01",
        "basic_info.id_number": id_numbers.synthetic("110199", dt.date(1990, 1, 1), 1),
        "basic_info.sex": "2",
        "qualifications.code": "123456",
    }
    hard, soft = check(content, today=TODAY)
    assert (hard.issue.severity, hard.issue.field, hard.issue.rule) == ("error", "basic_info.sex", "id_sex")
    assert (soft.issue.severity, soft.issue.field) == ("warning", "qualifications.code")


def test_the_list_of_rules_says_source_title_and_default_level():
    hard = {code for code, rule in RULES.items() if rule.level == "hard"}
    assert hard == {"id_checksum", "id_sex", "id_birth_date", "date_order", "uscc_checksum"}
    assert all(rule.title and rule.source and rule.edition >= 1 for rule in RULES.values())
    assert all(len(code) <= 48 for code in RULES)
