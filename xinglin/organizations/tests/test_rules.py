"""Paths are prefixes of exactly their subtree; dated things count half-open (P-01)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.kernel import uscc
from xinglin.organizations import rules
from xinglin.organizations.enums import Kind

# A tree as the parent's position of every node but the root: node n hangs under one of the nodes before it.
trees = st.lists(st.integers(0, 10_000), min_size=1, max_size=40).map(
    lambda draws: [draw % (position + 1) for position, draw in enumerate(draws)]
)


def build(parents):
    """Paths with ids that share digits (1, 11, 111 …), where a careless prefix would match."""
    ids = [int("1" * (position % 6 + 1) + str(position)) for position in range(len(parents) + 1)]
    paths = [rules.path_under("", ids[0])]
    for position, parent in enumerate(parents, 1):
        paths.append(rules.path_under(paths[parent], ids[position]))
    return ids, paths


def ancestors(parents, node):
    found = {node}
    while node:
        node = parents[node - 1]
        found.add(node)
    return found


@given(trees)
def test_a_subtree_is_exactly_a_prefix(parents):
    ids, paths = build(parents)
    for node, path in enumerate(paths):
        above = ancestors(parents, node)
        assert {other for other, of in enumerate(paths) if rules.within(path, of)} == above
        assert set(rules.ids_in(path)) == {ids[other] for other in above}
        assert rules.ids_in(path)[-1] == ids[node]


days = st.dates(date(2000, 1, 1), date(2030, 1, 1))


@given(days, days, days)
def test_capabilities_count_half_open(start, end, day):
    assert rules.in_force(start, None, day) == (day >= start)
    if start < end:
        assert rules.in_force(start, end, day) == (start <= day < end)


@pytest.mark.parametrize(("kind", "parent", "fits"), [
    (Kind.HOSPITAL, Kind.PROVINCE, True),
    (Kind.HOSPITAL, Kind.COUNTY, True),
    (Kind.HOSPITAL, Kind.HOSPITAL, False),
    (Kind.PROVINCE, Kind.ASSOCIATION, True),
    (Kind.PROVINCE, None, False),
    (Kind.MINISTRY, None, True),
])  # fmt: skip
def test_what_hangs_under_what(kind, parent, fits):
    assert rules.may_hang(kind, parent) is fits


def test_every_kind_has_its_place():
    assert set(rules.PARENTS) == set(Kind)
    for kind in Kind:
        assert not rules.may_hang(kind, Kind.HOSPITAL), "nothing hangs under a hospital"
        assert rules.may_hang(kind, kind) is False


@given(days, days)
def test_the_last_day_counts_and_the_next_does_not(start, last):
    end = rules.end_after(last)
    assert end is not None and rules.last_day(end) == last
    if start <= last:
        assert rules.in_force(start, end, last)
        assert not rules.in_force(start, end, end)
        assert rules.span_text(start, end) == f"{start} ～ {last}"


def test_an_open_end_stays_open():
    assert rules.end_after(None) is None
    assert rules.span_text(date(2014, 9, 1), None) == "2014-09-01 起"


@given(days, st.none() | days, days)
def test_a_span_is_coming_counting_or_over(start, end, day):
    if end is not None and end <= start:
        return
    state = rules.span_state(start, end, day)
    assert (state == "upcoming") == (day < start)
    assert (state == "current") == rules.in_force(start, end, day)
    assert (state == "ended") == (end is not None and day >= end)


@given(days, st.none() | days, days)
def test_exactly_what_is_over_cannot_be_ended_and_what_began_not_cancelled(start, end, day):
    if end is not None and end <= start:
        return
    over = rules.span_state(start, end, day) == "ended"
    assert bool(rules.why_not_ended(start, end, day)) == over
    assert bool(rules.why_not_cancelled(start, day)) == (day >= start)
    if over and end is not None:
        assert str(end - timedelta(days=1)) in rules.why_not_ended(start, end, day)


serials = st.integers(0, 99_999_999)


@given(serials, st.sampled_from(["110199", "320199", "510199"]))
def test_a_right_uscc_is_kept_in_any_width_and_case(serial, area):
    code = uscc.synthetic(area, serial)
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code)
    assert (
        rules.clean_uscc(code) == rules.clean_uscc(code.lower()) == rules.clean_uscc(f" {code[:9]} {code[9:]} ") == code
    )
    assert rules.clean_uscc(wide) == code


@given(serials, st.integers(0, 17), st.integers(1, 30))
def test_any_single_wrong_character_of_a_uscc_is_noticed(serial, place, shift):
    """GB 32100: the check character notices every change of one character."""
    code = uscc.synthetic("320199", serial)
    wrong = uscc.ALPHABET[(uscc.ALPHABET.index(code[place]) + shift) % 31]
    broken = code[:place] + wrong + code[place + 1 :]
    with pytest.raises(ValueError, match="校验位不对"):
        rules.clean_uscc(broken)


@given(serials, st.integers(0, 16))
def test_two_neighbours_of_a_uscc_in_the_wrong_order_are_noticed(serial, place):
    code = uscc.synthetic("320199", serial)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(ValueError, match="校验位不对"):
            rules.clean_uscc(swapped)


def read_uscc(typed):
    """The clean code, or the words of the refusal."""
    try:
        return rules.clean_uscc(typed), ""
    except ValueError as error:
        return None, str(error)


@given(st.text(max_size=30))
def test_whatever_is_typed_as_uscc_is_right_or_refused_in_words(typed):
    cleaned, words = read_uscc(typed)
    if cleaned:
        assert len(cleaned) == 18 and uscc.check_character(cleaned) == cleaned[17]
    else:
        assert cleaned == "" or "统一社会信用代码" in words


@pytest.mark.parametrize(("typed", "kept"), [
    ("lj001", "LJ001"),
    ("ＬＪ００１", "LJ001"),
    (" LJ 001 ", "LJ001"),
    ("lj—001", "LJ-001"),
    ("", ""),
    ("　", ""),
])  # fmt: skip
def test_codes_are_tidied(typed, kept):
    assert rules.clean_code(typed) == kept


@pytest.mark.parametrize("typed", ["基地1", "LJ.001", "-LJ1", "L" * 21, "LJ/1", "LJ_1", "<b>"])
def test_codes_that_are_none(typed):
    with pytest.raises(ValueError, match="代码只能有字母、数字和短横线，最多 20 位"):
        rules.clean_code(typed)


@given(st.text(max_size=40))
def test_a_code_once_tidied_is_tidy(typed):
    try:
        kept = rules.clean_code(typed)
    except ValueError:
        return
    assert rules.clean_code(kept) == kept
    assert len(kept) <= 20


@pytest.mark.parametrize(("typed", "most", "kept"), [
    (" 心血管 内科 ", 50, "心血管 内科"),
    ("心血管　内科", 50, "心血管 内科"),
    ("ＩＣＵ", 50, "ICU"),
    ("长" * 50, 50, "长" * 50),
])  # fmt: skip
def test_titles_are_tidied(typed, most, kept):
    assert rules.clean_title(typed, "科室名称", most) == kept


@pytest.mark.parametrize(
    ("typed", "words"), [("", "请填写科室名称"), ("\u200b \u3000", "请填写"), ("长" * 51, "有 51 个字，最多 50 个字")]
)
def test_titles_that_are_none(typed, words):
    with pytest.raises(ValueError, match=words):
        rules.clean_title(typed, "科室名称", 50)


WESTERN = rules.Specialty("内科", "western", True)


@pytest.mark.parametrize(("specialty", "track", "words"), [
    (None, "western", "没有这个培训专业"),
    (rules.Specialty("预防医学科", "western", False), "western", "“预防医学科”已经停用"),
    (WESTERN, "tcm", "“内科”是西医专业，不能设在中医体系"),
    (rules.Specialty("中医", "tcm", True), "western", "“中医”是中医专业，不能设在西医体系"),
    (WESTERN, "western", ""),
    (rules.Specialty("全科", "", True), "tcm", ""),
])  # fmt: skip
def test_which_specialty_fits_a_track(specialty, track, words):
    said = rules.why_no_specialty(specialty, track)
    assert words in said if words else said == ""
