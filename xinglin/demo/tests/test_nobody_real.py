"""Nobody of the story can be a living person, nor one of the sample people in the papers the product was made from."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.demo import biography, names, places
from xinglin.demo.names import Namer, full_name, surname
from xinglin.demo.people import PHONE_BLOCKS, Invented, People, a_phone
from xinglin.dictionaries import sources
from xinglin.kernel import id_numbers, phones
from xinglin.kernel import names as rules

YOUNGEST, OLDEST = date(2002, 8, 31), date(1988, 9, 1)
# Sample people of the manuals, as the first twelve digits of the SHA-256 of a name, an ID number or a phone number.
SAMPLE_NAMES = frozenset(
    [
        "05a331240576",
        "0ed6cca3ab60",
        "1ef10281789c",
        "2660ea1cba4d",
        "3c68c446c5dd",
        "3e7e330bea9c",
        "4b92e5513d5a",
        "52d5c66c12a3",
        "57d95df6ad2f",
        "58257a537832",
        "5bc08f797c5e",
        "660725561275",
        "68c829eddaf2",
        "7cf2cb4c5f4c",
        "85718ae18452",
        "93f8e74af986",
        "a7327c291ed1",
        "a8f76051895e",
        "a9b3bcddb77d",
        "b7dc524b04c0",
        "bb4243cb07ac",
        "bd6f47a95c75",
        "c31bf96eda59",
        "c3798211a0e9",
        "c7bbbaa8a70f",
        "cb4477ce9999",
        "cbe5e64ff1d3",
        "d1325686888d",
        "d627a9f9c272",
        "ee2f299ab576",
        "f34833ba1f09",
        "fa70388480bc",
        "ffdd1b78ce8e",
    ]
)
SAMPLE_NUMBERS = frozenset(
    ["09214c00d511", "531f2b35763b", "611af657bc42", "941779c2faad", "aea84d8b93d6", "d80b30827eee", "e44c0204d3e6"]
)


def mark(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()[:12]


def surnames() -> list[str]:
    return [*names._COMMON, *names._USUAL, *names._RARE, *names._DOUBLE]


def every_given_name(sex: str) -> Iterator[str]:
    yield from names._SINGLE[sex]
    for first, second in product(names._FIRST[sex], names._SECOND[sex]):
        yield first + second


def crowd(seed: str, size: int = 600) -> list[Invented]:
    people = People(Random(seed))
    return [people.make(YOUNGEST, OLDEST) for _ in range(size)]


@pytest.fixture(scope="module")
def many() -> list[Invented]:
    return crowd("a crowd", 3_000)


@pytest.fixture(scope="module")
def standard() -> frozenset[str]:
    """Every six-digit code of GB/T 2260 as shipped."""
    return frozenset(entry.code for entry in sources.shipped("division").entries)


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.req("Q-14")
@pytest.mark.parametrize("sex", ["1", "2"])
def test_no_name_that_can_be_made_is_a_sample_persons(sex):
    """All of them, not a sample: a surname and a given name are all there is."""
    given_names = list(every_given_name(sex))
    found = [family + own for family in surnames() for own in given_names if mark(family + own) in SAMPLE_NAMES]
    assert found == []
    assert not [name for name in names._FOREIGN[sex] if mark(name) in SAMPLE_NAMES]


def test_no_parent_that_can_be_made_is_a_sample_person():
    """The emergency contact has the resident's surname and a given name of the generation before."""
    found = [
        family[0] + first + second
        for family in surnames()
        for first, second in product(*biography.PARENTS)
        if mark(family[0] + first + second) in SAMPLE_NAMES
    ]
    assert found == []


@pytest.mark.parametrize("sex", ["1", "2"])
def test_a_name_comes_from_the_characters_of_its_sex(sex):
    allowed = set(every_given_name(sex))
    families = sorted(surnames(), key=len, reverse=True)
    for seed in range(1_500):
        name = full_name(Random(seed), sex)
        if "·" in name:
            assert name in names._FOREIGN[sex]
            continue
        family = next(family for family in families if name.startswith(family))
        assert name.removeprefix(family) in allowed, name


@given(st.integers(), st.sampled_from(["1", "2"]))
def test_a_name_is_accepted_as_the_account_import_accepts_it(seed, sex):
    name = full_name(Random(seed), sex)
    assert rules.clean_name(name) == name
    if "·" not in name:
        assert name[-1] != name[-2], "the two characters of a given name differ"


def test_surnames_are_weighted_as_in_life():
    found = Counter(surname(Random(seed)) for seed in range(6_000))
    common = sum(found[family] for family in names._COMMON)
    rare = sum(found[family] for family in names._RARE)
    double = sum(found[family] for family in names._DOUBLE)
    assert 0.40 < common / 6_000 < 0.50
    assert 0.04 < rare / 6_000 < 0.10
    assert 0 < double / 6_000 < 0.02
    assert max(found.values()) < 6_000 * 0.05, "nobody's surname is everybody's"


def test_no_character_stands_in_two_shares_of_the_surnames():
    shares = [set(names._COMMON), set(names._USUAL), set(names._RARE)]
    assert sum(map(len, shares)) == len(set().union(*shares))
    assert len(names._COMMON) == len(shares[0]) and len(names._RARE) == len(shares[2])


def test_people_share_a_name_as_rarely_as_in_life():
    name = Namer(Random(4))
    made = Counter(name("2") for _ in range(2_000))
    twice = [found for found, times in made.items() if times > 1]
    assert 0 < len(twice) < 100
    assert max(made.values()) <= 4


# --- ID numbers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("area", places.ID_AREAS)
def test_the_county_of_the_numbers_does_not_exist(area, standard):
    assert area not in standard
    assert f"{area[:2]}0000" in standard, "of a province that exists, so that the number has the usual form"
    assert f"{area[:4]}00" in standard, "and of a city that exists"
    assert area[2:] == "0199"


@pytest.mark.req("Q-14")
def test_numbers_are_right_and_belong_to_nobody(many, standard):
    for who in many:
        checked = id_numbers.check_for(who.id_type, who.id_number)
        assert checked.value == who.id_number
        assert mark(who.id_number) not in SAMPLE_NUMBERS and mark(who.phone) not in SAMPLE_NUMBERS
        if who.id_type == "01":
            assert checked.area in places.ID_AREAS and checked.area not in standard
            assert id_numbers.check_character(who.id_number) == who.id_number[17]
            assert (checked.birth_date, checked.sex) == (who.born, who.sex)
        else:
            assert (checked.birth_date, checked.sex) == (None, None)


@given(st.integers(0, 10_000), st.dates(date(1960, 1, 1), date(2004, 12, 31)), st.integers(0, 900))
@settings(max_examples=120)
def test_the_number_tells_sex_and_birth_date_of_whoever_is_asked_for(seed, oldest, days):
    youngest = oldest + timedelta(days=days)
    who = People(Random(seed)).make(youngest, oldest)
    assert oldest <= who.born <= youngest
    if who.id_type == "01":
        checked = id_numbers.check(who.id_number)
        assert (checked.sex, checked.birth_date) == (who.sex, who.born)
        assert (int(who.id_number[16]) % 2 == 1) == (who.sex == "1")


def test_a_day_of_birth_may_be_the_only_one():
    people = People(Random(5))
    leap_day = date(2000, 2, 29)
    assert {people.make(leap_day, leap_day).born for _ in range(20)} == {leap_day}


def test_nobody_has_the_number_of_another(many):
    assert len({who.id_number for who in many}) == len(many)


def test_no_number_is_given_twice_even_where_few_are_left():
    """In eight counties there are 4,000 numbers for the men of one day; the same is never made again."""
    people = People(Random(6))
    day = date(1999, 9, 9)
    made = [people.make(day, day) for _ in range(2_500)]
    assert len({who.id_number for who in made}) == 2_500


def test_a_few_have_another_document_and_two_sexes_are_there(many):
    kinds = Counter(who.id_type for who in many)
    assert set(kinds) == {"01", "05", "06"}
    assert 0.98 < kinds["01"] / len(many) < 1
    women = sum(who.sex == "2" for who in many) / len(many)
    assert 0.54 < women < 0.62


@pytest.mark.parametrize(("id_type", "begins", "length"), [("05", "XZ", 9), ("06", "H", 9)])
def test_other_documents_have_their_form(many, id_type, begins, length):
    numbers = [who.id_number for who in many if who.id_type == id_type]
    assert numbers
    for number in numbers:
        assert number.startswith(begins) and len(number) == length and number[len(begins) :].isdigit()


# --- phones -----------------------------------------------------------------------------------------------------------


@given(st.integers())
def test_a_phone_has_a_form_that_exists_and_a_block_that_does_not(seed):
    phone = a_phone(Random(seed))
    assert phones.clean_mobile(phone) == phone and len(phone) == 11
    assert phone[:3] in PHONE_BLOCKS


def test_blocks_of_phones_are_those_nobody_was_given():
    in_use = {
        *range(130, 140), *range(145, 150), *range(150, 154), *range(155, 160), 162, *range(165, 168), *range(170, 179),
        *range(180, 190), *range(190, 194), *range(195, 200),
    }  # fmt: skip
    assert not in_use & {int(block) for block in PHONE_BLOCKS}
    assert len(set(PHONE_BLOCKS)) == len(PHONE_BLOCKS)


def test_what_the_account_import_asks_for_is_handed_on(many):
    who = many[0]
    assert (who.new.name, who.new.id_type, who.new.id_number, who.new.phone) == (
        who.name, who.id_type, who.id_number, who.phone,
    )  # fmt: skip


@pytest.mark.parametrize("seed", ["xinglin-people", "another", ""])
def test_the_same_seed_makes_the_same_people_and_another_does_not(seed):
    assert crowd(seed, 80) == crowd(seed, 80)
    assert {who.id_number for who in crowd(seed, 80)}.isdisjoint(who.id_number for who in crowd(seed + "!", 80))
