"""Guessing which label was meant: exact ways, aliases, likeness, sound; never a label that is not in the table (P-16)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.dictionaries.rules import LIKE_ENOUGH, Spellings
from xinglin.kernel import text

LABELS = ("内科", "外科", "外科（神经外科方向）", "妇产科", "急诊科", "检验医学科", "重症医学科", "中医全科")
ALIASES = (("大内科", "内科"), ("ICU", "重症医学科"), ("神外", "外科（神经外科方向）"), ("化验科", "检验医学科"))


def spellings(*more: tuple[str, str]) -> Spellings:
    return Spellings([*((label, label) for label in LABELS), *ALIASES, *more])


hanzi = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8)


@pytest.mark.parametrize("label", LABELS)
def test_a_label_means_itself(label: str) -> None:
    assert spellings().nearest(label) == label


@pytest.mark.parametrize(("alias", "label"), ALIASES)
def test_an_alias_means_its_label(alias: str, label: str) -> None:
    assert spellings().nearest(alias) == label


@pytest.mark.parametrize(("typed", "label"), [
    ("外科(神经外科方向)", "外科（神经外科方向）"),
    (" 内 科 ", "内科"),
    ("ｉｃｕ", "重症医学科"),
    ("icu", "重症医学科"),
    ("妇产 科", "妇产科"),
])  # fmt: skip
def test_width_case_and_spaces_do_not_matter(typed: str, label: str) -> None:
    assert spellings().nearest(typed) == label


@pytest.mark.parametrize(("typed", "label"), [
    ("急诊", "急诊科"),
    ("妇产", "妇产科"),
    ("重症医学", "重症医学科"),
    ("检验医学", "检验医学科"),
    ("中医全", "中医全科"),
])  # fmt: skip
def test_a_character_too_few(typed: str, label: str) -> None:
    assert spellings().nearest(typed) == label


@pytest.mark.parametrize(("typed", "label"), [("几诊科", "急诊科"), ("富产科", "妇产科"), ("减验医学科", "检验医学科")])
def test_a_character_of_the_same_sound(typed: str, label: str) -> None:
    assert spellings().nearest(typed) == label


@pytest.mark.parametrize("typed", ["", " ", "　", "\u200b", "飞机场", "xyz", "1234"])
def test_nothing_near_is_nothing(typed: str) -> None:
    assert spellings().nearest(typed) is None


def test_a_way_that_two_labels_share_suggests_none() -> None:
    shared = spellings(("老科", "内科"), ("老科", "外科"))
    assert shared.nearest("老科") is None


def test_a_way_told_twice_for_one_label_still_means_it() -> None:
    assert spellings(("老科", "内科"), ("老科", "内科")).nearest("老科") == "内科"


def test_ties_go_to_the_earlier_entry() -> None:
    two = Spellings([("甲乙科", "甲乙科"), ("甲丙科", "甲丙科")])
    other = Spellings([("甲丙科", "甲丙科"), ("甲乙科", "甲乙科")])
    assert two.nearest("甲丁科") == "甲乙科"
    assert other.nearest("甲丁科") == "甲丙科"


def test_an_empty_table_knows_nothing() -> None:
    assert Spellings([]).nearest("内科") is None
    assert Spellings([("", "内科"), (" ", "内科")]).nearest("内科") is None


@given(hanzi)
def test_whatever_is_typed_gives_a_known_label_or_nothing(typed: str) -> None:
    assert spellings().nearest(typed) in {*LABELS, None}


@given(st.lists(hanzi, min_size=1, max_size=12, unique=True))
def test_each_of_any_labels_means_itself(labels: list[str]) -> None:
    known = Spellings([(label, label) for label in labels])
    for label in labels:
        if sum(text.fold(other) == text.fold(label) for other in labels) == 1:
            assert known.nearest(label) == label


@given(hanzi, hanzi)
def test_asking_twice_gives_the_same_answer(first: str, second: str) -> None:
    known = spellings()
    before = known.nearest(first)
    known.nearest(second)
    assert known.nearest(first) == before


@given(st.sampled_from(LABELS), st.integers(0, 20))
def test_one_missing_character_of_a_long_label_is_forgiven(label: str, place: int) -> None:
    if len(label) < 5:
        return
    place %= len(label)
    shorter = label[:place] + label[place + 1 :]
    assert spellings().nearest(shorter) == label


def test_the_threshold_is_a_share() -> None:
    assert 0 < LIKE_ENOUGH < 1
