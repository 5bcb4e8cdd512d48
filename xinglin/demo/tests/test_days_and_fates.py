"""The days of the story lie rightly around any day on which it is told; fates, faults and answers fit each other."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xinglin.demo import calendar, fates, mending, words
from xinglin.demo.calendar import Season
from xinglin.demo.fates import Fate
from xinglin.demo.filling import PENDING_SCAN
from xinglin.demo.people import PHONE_BLOCKS
from xinglin.demo.timing import EARLIER, OWN_DELAY
from xinglin.kernel.clock import SHANGHAI
from xinglin.people.fields import personal_labels
from xinglin.residents.fields import record_labels
from xinglin.windows.enums import PhaseKind

DAYS = st.dates(date(2024, 1, 1), date(2060, 12, 31))
TURNS = [
    date(2027, 1, 1), date(2026, 12, 31), date(2028, 2, 29), date(2028, 3, 1), date(2028, 3, 11), date(2027, 1, 11),
    date(2027, 1, 12), date(2026, 10, 12), date(2027, 3, 1),
]  # fmt: skip
LAST_DAY_OF_THE_STORY = 10  # of Telling: the second approval


def seasons(today: date) -> list[Season]:
    return [calendar.past(today, 2), calendar.past(today, 1), calendar.current(today), calendar.future(today)]


def on_turns(test):
    """Also at new year and around 29 February."""
    for day in TURNS:
        test = example(day)(test)
    return test


# --- calendar ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("P-09")
@on_turns
@given(DAYS)
def test_one_window_is_open_today_two_are_past_and_one_is_to_come(today):
    two_ago, last, now, coming = seasons(today)
    for phase in PhaseKind:
        first, until = now.phases[phase.value]
        assert first <= today < until, phase
        assert two_ago.phases[phase.value][1] < last.phases[phase.value][0] < today
        assert last.phases[phase.value][1] < now.first
        assert coming.phases[phase.value][0] > now.review_last


@on_turns
@given(DAYS)
def test_a_window_has_days_in_order_and_review_outlasts_filling(today):
    for season in seasons(today):
        assert season.first < season.last < season.review_last
        filling, review = season.phases[PhaseKind.FILLING.value], season.phases[PhaseKind.REVIEW.value]
        assert filling[0] == review[0] and filling[1] < review[1]


@on_turns
@given(DAYS)
def test_year_and_batch_name_each_window_once(today):
    named = [(season.year, season.batch) for season in seasons(today)]
    assert len(set(named)) == 4
    assert [batch for _, batch in named] == [1, 1, 1, 2]
    assert named[3][0] == named[2][0], "the second batch is of the same year"
    assert [later - earlier for earlier, later in pairwise(year for year, _ in named[:3])] == [1, 1]


@on_turns
@given(DAYS)
def test_earlier_windows_lay_at_the_same_time_of_the_year(today):
    now = calendar.current(today)
    for years in (1, 2):
        past = calendar.past(today, years)
        assert abs((now.first - past.first).days - 365.25 * years) <= 1
        assert (past.last - past.first, past.review_last - past.last) == (
            now.last - now.first,
            now.review_last - now.last,
        )


@on_turns
@given(DAYS)
def test_training_begins_on_the_first_of_the_month_before(today):
    for season in seasons(today):
        begins = season.training_begins
        assert begins.day == 1 and begins < season.first
        assert (season.first.year * 12 + season.first.month) - (begins.year * 12 + begins.month) == 1


@on_turns
@given(DAYS)
def test_everything_told_of_the_open_window_has_happened(today):
    """The last thing of the story is told on its tenth day, at 14:54 at the latest; the reader may come at midnight."""
    now = calendar.current(today)
    told = calendar.at(now.first + timedelta(days=LAST_DAY_OF_THE_STORY), 14 + 0.9)
    assert told < calendar.at(today, 0)
    assert now.first + timedelta(days=LAST_DAY_OF_THE_STORY) < now.last, "while filling is still open"


@on_turns
@given(DAYS)
def test_the_windows_were_announced_before_they_began_and_before_today(today):
    for season in seasons(today):
        announced = calendar.at(min(season.first - EARLIER, today - timedelta(days=1)), 10)
        assert announced < calendar.at(season.first, 0)
        assert announced < calendar.at(today, 0)


@on_turns
@given(DAYS)
def test_a_provinces_own_days_lie_within_the_countrys(today):
    now = calendar.current(today)
    first, last = now.first + timedelta(days=OWN_DELAY), now.last - timedelta(days=OWN_DELAY)
    assert now.first < first < today < last < now.last


@given(DAYS, st.floats(0, 24.5))
def test_an_instant_of_a_day_is_of_that_day_in_shanghai(day, hour):
    moment = calendar.at(day, hour)
    assert moment.tzinfo is not None and moment.utcoffset() == timedelta(hours=8)
    passed = moment - calendar.at(day, 0)
    assert abs(passed - timedelta(hours=hour)) < timedelta(milliseconds=1)
    if hour < 24:
        assert moment.astimezone(SHANGHAI).date() == day


def test_half_past_nine():
    assert calendar.at(date(2026, 2, 28), 9.5).isoformat() == "2026-02-28T09:30:00+08:00"
    assert calendar.at(date(2026, 12, 31), 24.1).isoformat() == "2027-01-01T00:06:00+08:00"


# --- fates ------------------------------------------------------------------------------------------------------------


@pytest.mark.req("Q-14")
def test_every_way_through_the_flow_is_in_the_open_intake():
    assert set(fates.NOW) == set(Fate)
    assert set(fates.BEFORE) < set(Fate)
    for shares in (fates.NOW, fates.BEFORE):
        assert all(share > 0 for share in shares.values())
        assert 98 <= sum(shares.values()) <= 102, "of a hundred"


def test_what_is_reported_was_filled_in_and_has_training_information():
    for fate in fates.REPORTED_ONCE:
        assert fate not in fates.NOTHING_FILLED | fates.NO_TRAINING, fate
    assert fates.PROVINCE_RETURNED < fates.REPORTED_ONCE
    assert fates.REPORTED_TWICE < fates.PROVINCE_RETURNED
    assert not fates.RETURNED_ONCE & (fates.REPORTED_ONCE | fates.NOTHING_FILLED)
    assert fates.NO_ACCOUNT_YET < fates.NOTHING_FILLED


def test_a_past_intake_has_no_state_that_only_an_open_window_knows():
    assert not set(fates.BEFORE) & {Fate.CORRECTED, Fate.RECALLED, Fate.CHANGED, Fate.REVOKED, Fate.TRAINING_ONLY}


@given(st.integers(), st.integers(0, 300))
def test_a_cast_has_the_size_asked_for_and_only_known_fates(seed, count):
    chosen = fates.cast(Random(seed), count, fates.BEFORE, every=False)
    assert len(chosen) == count and set(chosen) <= set(fates.BEFORE)
    assert chosen == fates.cast(Random(seed), count, fates.BEFORE, every=False)


def test_a_cast_follows_the_shares():
    chosen = Counter(fates.cast(Random(1), 20_000, fates.NOW, every=False))
    whole = sum(fates.NOW.values())
    for fate, share in fates.NOW.items():
        assert abs(chosen[fate] / 20_000 - share / whole) < 0.01, fate


def test_a_cast_is_not_in_the_order_of_the_shares():
    assert fates.cast(Random(2), 0, fates.NOW, every=True) != list(fates.NOW)


# --- what is wrong, and how it is answered ------------------------------------------------------------------------------

EVERY_RETURN = [*words.TO_RESIDENT, *words.TO_BASE]


@pytest.mark.req("R-07")
@pytest.mark.parametrize("given_return", EVERY_RETURN, ids=lambda given: given[0][:8])
def test_a_return_says_what_is_wrong_with_which_field(given_return):
    comment, fields = given_return
    assert comment.endswith("。") and len(comment) <= 200
    labels = record_labels()
    for key, said in fields.items():
        assert labels[key] and said and not said.endswith("。")


@pytest.mark.parametrize("given_return", words.TO_RESIDENT, ids=lambda given: given[0][:8])
def test_a_base_returns_to_the_resident_only_what_is_the_residents(given_return):
    assert set(given_return[1]) <= set(personal_labels())
    assert not mending.concerns_training(given_return)


def test_the_province_returns_both_kinds():
    assert {mending.concerns_training(given) for given in words.TO_BASE} == {True, False}


@given(st.integers(), st.sampled_from(["05", "06", "07"]))
def test_only_an_id_card_has_a_reverse(seed, id_type):
    found = mending.a_return(Random(seed), words.TO_RESIDENT, id_type)
    assert "basic_info.id_back" not in found[1]


def test_somebody_with_an_id_card_can_be_told_anything():
    assert {mending.a_return(Random(seed), words.TO_RESIDENT, "01")[0] for seed in range(200)} == {
        given[0] for given in words.TO_RESIDENT
    }


@pytest.mark.parametrize("given_return", [*words.TO_RESIDENT, *words.TO_BASE], ids=lambda given: given[0][:8])
def test_every_field_that_was_named_is_changed_or_answered(given_return):
    values, replies = mending.changes(Random(3), given_return, "云汀市")
    changed = {key for part in values.values() for key in part}
    assert changed | set(replies) == set(given_return[1] or {mending.ADDRESS: ""})
    assert not changed & set(replies)
    assert set(replies.values()) <= {words.FIELD_REPLY}
    for section, part in values.items():
        assert all(key.startswith(f"{section}.") for key in part)


@pytest.mark.parametrize(
    ("key", "right"),
    [
        ("basic_info.photo", lambda value: value == PENDING_SCAN),
        ("education.bachelor.diploma_scan", lambda value: value == PENDING_SCAN),
        ("basic_info.email", lambda value: value.endswith("@example.cn")),
        ("basic_info.emergency_phone", lambda value: value[:3] in PHONE_BLOCKS and len(value) == 11),
        ("basic_info.address", lambda value: value.startswith("云汀市") and value.endswith("室")),
    ],
)
def test_a_new_value_is_of_the_kind_of_its_field(key, right):
    values, replies = mending.changes(Random(9), ("", {key: "不对"}), "云汀市")
    assert right(values[key.split(".")[0]][key])
    assert not replies


def test_a_return_without_fields_mends_the_address():
    values, replies = mending.changes(Random(1), ("通讯地址请写到门牌号。", {}), "云汀市")
    assert list(values) == ["basic_info"] and list(values["basic_info"]) == [mending.ADDRESS] and not replies
