"""Names, places and days of the story."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.demo import calendar, fates, places
from xinglin.demo.names import full_name
from xinglin.demo.people import People
from xinglin.dictionaries import selectors as codes
from xinglin.kernel import id_numbers, names, phones


@given(st.integers(), st.sampled_from(["1", "2"]))
def test_names_are_names(seed, sex):
    name = full_name(Random(seed), sex)
    assert names.clean_name(name) == name
    assert 2 <= len(name) <= 8


def test_the_same_seed_tells_the_same():
    first, second = (People(Random("a")) for _ in range(2))
    for _ in range(50):
        one = first.make(date(2002, 1, 1), date(1998, 1, 1))
        assert one == second.make(date(2002, 1, 1), date(1998, 1, 1))
        assert phones.clean_mobile(one.phone) == one.phone
        checked = id_numbers.check_for(one.id_type, one.id_number)
        assert checked.sex in (None, one.sex)


@given(st.dates(date(2024, 1, 1), date(2035, 12, 31)))
def test_seasons_follow_each_other(today):
    seasons = [calendar.past(today, 2), calendar.past(today, 1), calendar.current(today), calendar.future(today)]
    now = seasons[2]
    assert now.first <= today < now.last < now.review_last
    assert [season.year for season in seasons[:3]] == [now.year - 2, now.year - 1, now.year]
    for earlier, following in pairwise(seasons):
        assert earlier.review_last < following.first
    assert now.training_begins < now.first
    assert now.first + timedelta(days=calendar.OPEN_SINCE) == today


@given(st.integers(0, 60), st.integers())
def test_every_fate_occurs_where_it_is_asked_for(count, seed):
    chosen = fates.cast(Random(seed), count, fates.NOW, every=True)
    assert set(chosen) == set(fates.NOW)
    assert len(chosen) == max(count, len(fates.NOW))
    assert len(fates.cast(Random(seed), count, fates.BEFORE, every=False)) == count


@pytest.mark.django_db
def test_invented_places_are_not_in_the_standard():
    entries = places.division_entries()
    known = codes.table("division").entries
    assert not {entry["code"] for entry in entries} & known.keys()
    labels = {entry.label for entry in known.values()}
    assert not {entry["label"] for entry in entries} & labels
    assert len({entry["code"] for entry in entries}) == len(entries)
