"""The country of the story: provinces outside the standard, bases in every province, schools whose digits nobody has."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest

from xinglin.demo import places, schools
from xinglin.demo.hospitals import (
    ALL_BUT_DENTAL,
    CORE,
    DENTAL,
    LARGE,
    MOTHER_AND_CHILD,
    TCM,
    Hospital,
    hospitals_of,
)
from xinglin.demo.places import PROVINCES, Province
from xinglin.dictionaries import sources
from xinglin.kernel import text

ENTRIES = places.division_entries()
ALL = [(province, hospital) for province in PROVINCES for hospital in hospitals_of(province)]
SCHOOLS = (*schools.WESTERN, *schools.TCM, *schools.JUNIOR)
each_province = pytest.mark.parametrize("province", PROVINCES, ids=lambda province: province.letters)
each_base = pytest.mark.parametrize(("province", "hospital"), ALL, ids=lambda one: getattr(one, "name", ""))


def shipped(key: str) -> dict[str, sources.ShippedEntry]:
    return {entry.code: entry for entry in sources.shipped(key).entries}


# --- divisions --------------------------------------------------------------------------------------------------------


def test_there_are_five_provinces_and_none_is_another():
    assert len(PROVINCES) == 5
    for name in ("code", "name", "letters"):
        assert len({getattr(province, name) for province in PROVINCES}) == 5, name
    cities = [city for province in PROVINCES for city in province.cities]
    assert len(set(cities)) == len(cities)


@each_province
def test_a_province_lies_outside_the_standard(province):
    standard = shipped("division")
    assert re.fullmatch(r"\d\d", province.code) and re.fullmatch("[a-z]{2}", province.letters)
    assert not [code for code in standard if code.startswith(province.code)]
    assert province.name.endswith("省") and province.name not in {entry.label for entry in standard.values()}
    own_names = {text.fold(entry.short_label) for entry in standard.values()}
    assert not own_names & {text.fold(city) for city in province.cities}
    assert all(city.endswith("市") for city in province.cities)


@each_province
def test_divisions_of_a_province_are_a_tree_of_three_levels(province):
    mine = {entry["code"]: entry for entry in ENTRIES if entry["code"].startswith(province.code)}
    levels = Counter(entry["extra"]["level"] for entry in mine.values())
    assert levels == {
        "province": 1, "city": len(province.cities), "county": len(province.cities) * places.COUNTIES_EACH,
    }  # fmt: skip
    for code, entry in mine.items():
        assert re.fullmatch(r"\d{6}", code)
        if entry["extra"]["level"] == "province":
            assert (code, entry["parent_code"], entry["label"]) == (province.division, "", province.name)
            continue
        above = mine[entry["parent_code"]]
        assert entry["label"] == above["label"] + entry["short_label"], "a whole label, as the shipped ones have"
        assert code.startswith(above["code"].rstrip("0"))
        assert entry["extra"]["choosable"]


@each_province
def test_a_city_and_its_counties_are_found_by_name(province):
    listed = {entry["code"]: entry for entry in ENTRIES}
    for city in province.cities:
        division = province.city_division(city)
        assert listed[division]["short_label"] == city
        counties = province.county_divisions(city)
        assert len(counties) == places.COUNTIES_EACH == len(set(counties))
        assert all(listed[county]["parent_code"] == division for county in counties)


def test_a_city_of_another_province_is_not_found():
    with pytest.raises(ValueError):
        PROVINCES[0].city_division(PROVINCES[1].cities[0])


def test_the_counties_of_the_id_numbers_are_known_and_cannot_be_chosen():
    mine = [entry for entry in ENTRIES if not entry["extra"]["choosable"]]
    assert {entry["code"] for entry in mine} == set(places.ID_AREAS)
    standard = shipped("division")
    assert all(entry["parent_code"] in standard for entry in mine)
    assert len({entry["label"] for entry in mine}) == len(mine)


def test_a_county_is_one_of_the_province():
    province = PROVINCES[2]
    offered = {county for city in province.cities for county in province.county_divisions(city)}
    chosen = {places.a_county(Random(seed), province) for seed in range(400)}
    assert chosen == offered


# --- hospitals --------------------------------------------------------------------------------------------------------


@pytest.mark.req("Q-14")
@each_province
def test_a_province_has_at_least_four_bases_and_both_tracks(province):
    bases = hospitals_of(province)
    assert len(bases) >= 4
    assert any(base.western for base in bases) and any(base.tcm for base in bases)
    assert any(base.western and base.tcm for base in bases), "a base with two administrators"
    assert len({base.name for base in bases}) == len(bases)


@pytest.mark.req("P-02")
def test_all_specialties_of_both_tracks_are_trained_somewhere():
    table = shipped("specialty")
    in_force = {
        track: {code for code, entry in table.items() if entry.extra["track"] == track and not entry.retired_from}
        for track in ("western", "tcm")
    }
    western = {code for _, hospital in ALL for code in hospital.western}
    tcm = {code for _, hospital in ALL for code in hospital.tcm}
    assert western == in_force["western"] and tcm == in_force["tcm"]
    assert len(western | tcm) >= 35


@each_base
def test_a_base_trains_what_there_is_in_the_track_it_says(province: Province, hospital: Hospital):
    table = shipped("specialty")
    for track in ("western", "tcm"):
        offered = getattr(hospital, track)
        assert len(set(offered)) == len(offered)
        for code in offered:
            assert table[code].extra["track"] == track and table[code].retired_from is None
    assert hospital.western or hospital.tcm
    assert hospital.city in province.cities
    assert 10 <= hospital.intake <= 200


@each_base
def test_a_base_works_with_units_of_its_own_province(province: Province, hospital: Hospital):
    for name in hospital.affiliates:
        assert [city for city in province.cities if name.startswith(city)], name
        assert name != hospital.name
    assert len(set(hospital.affiliates)) == len(hospital.affiliates)


def test_one_unit_may_serve_two_bases_and_no_base_is_anothers_unit_twice():
    served = Counter(name for _, hospital in ALL for name in hospital.affiliates)
    assert max(served.values()) == 2
    assert len({hospital.name for _, hospital in ALL}) == len(ALL)


def test_lists_of_specialties_grow_out_of_each_other():
    assert set(CORE) < set(LARGE) < set(ALL_BUT_DENTAL)
    assert not set(ALL_BUT_DENTAL) & set(DENTAL)
    assert set(MOTHER_AND_CHILD) <= set(ALL_BUT_DENTAL)
    for codes in (CORE, LARGE, ALL_BUT_DENTAL, DENTAL, TCM, MOTHER_AND_CHILD):
        assert len(set(codes)) == len(codes)


def test_dental_specialties_are_those_of_the_mouth():
    table = shipped("specialty")
    assert all(table[code].label.startswith("口腔") for code in DENTAL)
    assert not [code for code in ALL_BUT_DENTAL if table[code].label.startswith("口腔")]


# --- schools ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("school", SCHOOLS, ids=lambda school: school.digits)
def test_a_school_has_five_digits_that_no_school_has(school):
    assert re.fullmatch(r"999\d\d", school.digits)
    assert text.normalise(school.name) == school.name


def test_schools_differ_in_name_and_digits():
    assert len({school.name for school in SCHOOLS}) == len({school.digits for school in SCHOOLS}) == len(SCHOOLS)


@pytest.mark.parametrize("field", ["clinical", "dental", "tcm"])
def test_degrees_and_scopes_of_a_field_are_in_the_code_tables(field):
    degrees, scopes = shipped("degree"), shipped("practice_scope")
    for level, digit in (("doctor", "2"), ("master", "3"), ("bachelor", "4")):
        code = schools.DEGREES[field][level]
        assert code in degrees and code.startswith(digit), "the first digit of GB/T 6864 is the level"
    assert schools.SCOPES[field] and set(schools.SCOPES[field]) <= scopes.keys()
    assert set(schools.MAJORS[field]) == {"bachelor", "higher"}
    for majors in schools.MAJORS[field].values():
        assert majors and len(set(majors)) == len(majors)


def test_fields_do_not_share_a_scope_of_practice():
    every = [scope for scopes in schools.SCOPES.values() for scope in scopes]
    assert len(set(every)) == len(every)
