"""A record of the story agrees with itself: complete, its codes known, no hard contradiction, hardly a soft one (R-26)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from xinglin.demo import biography, calendar, schools
from xinglin.demo.country import Base
from xinglin.demo.hospitals import hospitals_of
from xinglin.demo.people import Invented, People
from xinglin.demo.places import PROVINCES, division_entries
from xinglin.demo.placing import POPULAR, TYPES, Place, a_place, born_between, training_info
from xinglin.dictionaries import sources
from xinglin.kernel import certificates, clock, uscc
from xinglin.kernel.declarations import declarations_of
from xinglin.people.fields import personal_fields
from xinglin.people.rules import missing_personal
from xinglin.residents import cross_checks
from xinglin.residents.models import Enrollment
from xinglin.residents.rules import missing_training, planned_end

SCAN = UUID(int=7)
UNIT = "云汀市中医院"
TABLES: dict[str, frozenset[str]] = {}


@dataclass(frozen=True)
class Life:
    """Somebody, where they are taken in, and the record that follows."""

    who: Invented
    place: Place
    base: Base
    content: dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.content.get(key)


def all_bases() -> list[Base]:
    """Bases as the plot sees them, without a database."""
    found = []
    for province in PROVINCES:
        for number, hospital in enumerate(hospitals_of(province), 1):
            node = SimpleNamespace(
                name=hospital.name, uscc=uscc.synthetic(province.county_divisions(hospital.city)[0], number)
            )
            units = [SimpleNamespace(name=name) for name in hospital.affiliates]
            found.append(Base(node, hospital, province, None, units))  # type: ignore[arg-type]
    return found


BASES = all_bases()


def scan(_key: str) -> UUID:
    return SCAN


def a_life(seed: int, people: People, today: date) -> Life:
    rng = Random(seed)
    base = rng.choice(BASES)
    season = rng.choice([calendar.current(today), calendar.past(today, 1), calendar.past(today, 2)])
    place = a_place(rng, base, rng.choice(base.tracks), season)
    who = people.make(*born_between(place.plan))
    training = training_info(rng, base, place)
    training |= {"intake_year": season.year, "ends_on": planned_end(training["starts_on"], training["approved_years"])}
    content = {
        "basic_info.name": who.name, "basic_info.id_type": who.id_type, "basic_info.id_number": who.id_number,
        "basic_info.phone": who.phone, "basic_info.sex": who.sex, "basic_info.birth_date": who.born,
        "basic_info.nationality": "CHN",
    }  # fmt: skip
    content |= biography.basic_info(rng, who, place.plan, scan)
    content |= biography.education(rng, place.plan, scan)
    content |= biography.qualifications(rng, who, place.plan, scan)
    content |= {f"training_info.{name}": value for name, value in training.items()}
    return Life(who, place, base, content)


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    people = People(Random("lives"))
    days = [clock.today(), date(2027, 1, 3), date(2028, 3, 2), date(2026, 7, 20), date(2026, 6, 12)]
    return [a_life(seed, people, days[seed % len(days)]) for seed in range(700)]


def codes_of(table: str) -> frozenset[str]:
    if table not in TABLES:
        TABLES[table] = frozenset(entry.code for entry in sources.shipped(table).entries)
        if table == "division":
            TABLES[table] |= {entry["code"] for entry in division_entries()}
    return TABLES[table]


def said(life: Life, today: date) -> list[cross_checks.Finding]:
    return cross_checks.check(life.content, today=today)


# --- the whole record -------------------------------------------------------------------------------------------------


@pytest.mark.req("R-26")
def test_no_record_of_the_story_contradicts_itself_hard(lives):
    for life in lives:
        today = life.place.plan.begins + timedelta(days=60)
        assert not [finding for finding in said(life, today) if finding.is_hard], life.content


@pytest.mark.req("R-26")
def test_a_few_certificate_numbers_show_another_year_and_nothing_else_is_odd(lives):
    """So that a base meets a doubtful record and gives a reason; all other rules are silent."""
    found = Counter(
        finding.rule.code for life in lives for finding in said(life, life.place.plan.begins + timedelta(days=60))
    )
    assert set(found) <= {"degree_year"}
    assert 0 < found["degree_year"] < len(lives) * 0.12


@pytest.mark.req("R-20")
def test_nothing_that_is_mandatory_is_missing(lives):
    for life in lives:
        assert missing_personal(life.content) == [] and missing_training(life.content) == []


def test_every_value_belongs_to_a_field_and_every_code_to_its_table(lives):
    declared = {key: field.declaration for key, field in personal_fields().items()}
    declared |= {f"training_info.{name}": one for name, one in declarations_of(Enrollment).items()}
    for life in lives:
        for key, value in life.content.items():
            assert key in declared, key
            table = declared[key].code_table
            if table and value not in ("", None):
                assert str(value) in codes_of(table), (key, value)


def test_texts_fit_their_columns(lives):
    declared = {key: field.declaration for key, field in personal_fields().items()}
    for life in lives:
        for key, one in declared.items():
            if isinstance(life[key], str) and one.max_length and not one.code_table:
                assert len(life[key]) <= one.max_length, key


# --- identity ---------------------------------------------------------------------------------------------------------


def test_an_id_card_has_two_pages_and_another_document_tells_sex_birth_and_nationality(lives):
    kinds = {life.who.id_type for life in lives}
    assert kinds >= {"01"} and len(kinds) > 1
    for life in lives:
        assert life["basic_info.photo"] == life["basic_info.id_front"] == SCAN
        if life.who.id_type == "01":
            assert life["basic_info.id_back"] == SCAN and life["basic_info.nationality"] == "CHN"
        else:
            assert life["basic_info.id_back"] is None
            assert (life["basic_info.sex"], life["basic_info.birth_date"]) == (life.who.sex, life.who.born)
            assert life["basic_info.nationality"] == ("HKG" if life.who.id_type == "06" else "MYS")


def test_home_and_contact_are_in_the_province_and_nobodys(lives):
    for life in lives:
        province = life.base.province
        assert life["basic_info.household_division"].startswith(province.code)
        assert life["basic_info.address"].startswith(province.name)
        assert life["basic_info.email"] == "" or life["basic_info.email"].endswith("@example.cn")
        assert life["basic_info.emergency_name"][0] == life.who.name[0]
        assert life["basic_info.emergency_phone"] != life.who.phone
    assert {life["basic_info.email"] == "" for life in lives} == {True, False}


# --- studies ----------------------------------------------------------------------------------------------------------


def test_levels_stand_three_years_apart_and_fit_the_age(lives):
    for life in lives:
        graduated = [life[f"education.{level}.graduated_on"] for level in life.place.plan.levels]
        assert all(later.year - earlier.year == 3 for earlier, later in pairwise(graduated))
        assert graduated[-1].year == life.place.plan.graduated
        assert graduated[-1] < life.place.plan.begins
        age = graduated[-1].year - life.who.born.year
        assert age in (23, 24) if len(graduated) == 1 else age <= 31


def test_certificate_numbers_tell_school_level_and_year(lives):
    by_name = {school.name: school for school in (*schools.WESTERN, *schools.TCM, *schools.JUNIOR)}
    for life in lives:
        for level in life.place.plan.levels:
            head = f"education.{level}"
            diploma = certificates.parse_diploma(life[f"{head}.diploma_number"])
            assert not diploma.warning and diploma.level == level
            assert diploma.school == by_name[life[f"{head}.school"]].digits
            assert diploma.year == life[f"{head}.graduated_on"].year
            if level == "junior_college":
                assert life[f"{head}.degree"] == "999" and life[f"{head}.degree_number"] is None
                continue
            degree = certificates.parse_degree(life[f"{head}.degree_number"])
            assert not degree.warning and degree.level == level and degree.school == diploma.school
            assert degree.year in (diploma.year, diploma.year - 1)


def test_majors_and_degrees_are_those_of_the_field(lives):
    for life in lives:
        field = life.place.plan.field
        assert field == biography.field_of(life.place.specialty)
        for level in life.place.plan.levels:
            majors = schools.MAJORS[field]["bachelor" if level in ("bachelor", "junior_college") else "higher"]
            assert life[f"education.{level}.major"] in majors
            if level != "junior_college":
                assert life[f"education.{level}.degree"] == schools.DEGREES[field][level]
                tcm = {school.name for school in schools.TCM}
                assert (life[f"education.{level}.school"] in tcm) == (field == "tcm")


@pytest.mark.parametrize(
    ("specialty", "field"),
    [("0100", "clinical"), ("2600", "clinical"), ("2800", "dental"), ("3400", "dental"), ("3500", "clinical"),
     ("Z100", "tcm"), ("Z200", "tcm")],
)  # fmt: skip
def test_the_field_of_a_specialty(specialty, field):
    assert biography.field_of(specialty) == field


# --- qualifications ---------------------------------------------------------------------------------------------------


def test_a_certificate_is_held_by_whom_it_says_and_before_training(lives):
    held = [life for life in lives if life["qualifications.status"] == "certified"]
    assert len(held) > 100
    for life in held:
        code = certificates.parse_qualification(life["qualifications.code"])
        day = life["qualifications.qualified_on"]
        assert not code.warning and (code.year, code.level) == (day.year, "licensed")
        assert day < life.place.plan.begins
        if life.who.id_type == "01":
            assert code.id_number == life.who.id_number
        if (registered := life["qualifications.registered_on"]) is not None:
            assert timedelta(days=12) <= registered - day <= timedelta(days=50)
            assert certificates.check_practising(life["qualifications.practice_code"])


def test_who_holds_no_certificate_shows_none(lives):
    for life in lives:
        if life["qualifications.status"] != "certified":
            assert not {key for key in life.content if key.startswith("qualifications.")} - {
                "qualifications.status", "qualifications.foreign_language_level",
            }  # fmt: skip


def test_whoever_graduated_in_an_earlier_year_holds_a_certificate_more_often(lives):
    groups: dict[bool, list[bool]] = {True: [], False: []}
    for life in lives:
        groups[life.place.plan.begins.year == life.place.plan.graduated].append(
            life["qualifications.status"] == "certified"
        )
    share = {same_year: sum(held) / len(held) for same_year, held in groups.items()}
    assert share[True] < 0.35 and share[False] > 0.55


# --- where somebody is taken in ---------------------------------------------------------------------------------------


def test_a_place_is_one_that_the_base_offers(lives):
    for life in lives:
        assert life.place.specialty in (*life.base.hospital.western, *life.base.hospital.tcm)
        assert life["training_info.specialty"] == life.place.specialty
        assert life.place.years in (1, 2, 3)
        assert planned_end(life.place.plan.begins, life.place.years) == life["training_info.ends_on"]


def test_years_follow_the_degree(lives):
    for life in lives:
        levels = life.place.plan.levels
        if "doctor" in levels:
            assert life.place.years in (1, 2)
        elif "master" not in levels:
            assert life.place.years == 3
        if life.place.personnel_type == "professional_master":
            assert levels == ("bachelor",), "whoever studies for a master has none yet"


@pytest.mark.req("R-05")
def test_the_employer_is_the_base_or_a_unit_with_a_right_code_or_none(lives):
    seen = Counter(life.place.personnel_type for life in lives)
    assert set(seen) == set(TYPES)
    for life in lives:
        employer, code = life["training_info.employer_name"], life["training_info.employer_uscc"]
        if life.place.personnel_type == "own_employee":
            assert (employer, code) == (life.base.node.name, life.base.node.uscc)
        elif life.place.personnel_type == "sponsored":
            assert employer != life.base.node.name and uscc.check(code) == code
            assert code[2:4] == life.base.province.code, "registered in the province that does not exist"
        else:
            assert (employer, code) == (None, None)
        assert (life["training_info.other_personnel"] is not None) == (life.place.personnel_type == "other")


def test_an_affiliate_is_one_of_the_base(lives):
    named = [life for life in lives if life["training_info.affiliate_name"]]
    assert named
    for life in named:
        assert life["training_info.affiliate_name"] in life.base.hospital.affiliates


def test_only_general_practice_is_for_the_countryside(lives):
    rural = {life.place.specialty for life in lives if life["training_info.rural_oriented"]}
    assert rural <= {"0700", "Z200"} and rural


def test_popular_specialties_are_taken_more_often():
    rng, season = Random(8), calendar.current(date(2026, 11, 20))
    found = Counter(a_place(rng, BASES[0], "western", season).specialty for _ in range(3_000))
    assert set(found) == set(BASES[0].hospital.western), "each is taken by somebody"
    assert found["0100"] == max(found.values())
    assert set(POPULAR) <= codes_of("specialty")


@pytest.mark.parametrize(
    ("begins", "year"), [(date(2026, 9, 1), 2026), (date(2026, 7, 1), 2026), (date(2026, 6, 1), 2025),
                         (date(2027, 1, 1), 2026), (date(2026, 12, 1), 2026)],
)  # fmt: skip
def test_a_fresh_graduate_finished_in_the_last_june_that_had_passed(begins, year):
    season = SimpleNamespace(training_begins=begins)
    places = [a_place(Random(seed), BASES[1], "western", season) for seed in range(60)]  # type: ignore[arg-type]
    assert {place.plan.graduated for place in places if place.fresh} == {year}
    assert {place.plan.graduated for place in places if not place.fresh} == {year - 1, year - 2, year - 3}


@pytest.mark.parametrize(
    ("levels", "age"),
    [(("bachelor",), 23), (("junior_college", "bachelor"), 23), (("bachelor", "master"), 26),
     (("bachelor", "master", "doctor"), 29)],
)  # fmt: skip
def test_birthdays_fit_the_school_year(levels, age):
    plan = biography.Plan("clinical", levels, 2026, date(2026, 9, 1), PROVINCES[0])
    assert born_between(plan) == (date(2026 - age, 8, 31), date(2025 - age, 9, 1))
