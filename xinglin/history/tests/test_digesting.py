"""What is hashed: every stored column but the lookup, the same bytes for the same row; ids as ranges."""

import datetime as dt
import hashlib
import json
import uuid
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.history import digesting as d
from xinglin.history.models import HistoryEntry

pytestmark = pytest.mark.req("Q-12")
MOMENT = dt.datetime(2026, 11, 30, 23, 59, 59, 999_999, tzinfo=dt.UTC)
KEY = uuid.UUID("6d0e8a4e-0000-4000-8000-000000000001")
ROW = (
    815, MOMENT, "r1", 5, "何嘉树", "base_admin", 7, "澜江医院", "web", "person.save", "changed", "person", "41",
    "enrollment", "77", 41, "/1/3/7/", "澜江医院", 3, "澜江省", "western", {"batch": 1, "a": None},
    {"民族": ["--", "汉族"]}, b"\x01\x02", KEY,
)  # fmt: skip
ids = st.sets(st.integers(1, 3_000), max_size=80).map(sorted)
ranges = st.lists(st.tuples(st.integers(1, 300), st.integers(0, 12)).map(lambda p: [p[0], p[0] + p[1]]), max_size=25)


def test_a_later_column_cannot_slip_past_the_digest():
    stored = {field.attname for field in HistoryEntry._meta.concrete_fields}
    assert set(d.COLUMNS) | {"lookup"} == stored and len(d.COLUMNS) == len(set(d.COLUMNS)) == len(ROW)


def test_the_bytes_are_those_of_the_document():
    text = (
        '[1,815,"2026-11-30T23:59:59.999999+00:00","r1",5,"何嘉树","base_admin",7,"澜江医院","web","person.save",'
        '"changed","person","41","enrollment","77",41,"/1/3/7/","澜江医院",3,"澜江省","western",{"a":null,"batch":1},'
        '{"民族":["--","汉族"]},"0102","6d0e8a4e-0000-4000-8000-000000000001"]'
    )
    assert d.row_digest(ROW) == hashlib.sha256(text.encode()).digest()


def test_the_digest_of_a_seal_is_that_of_the_document():
    digests = bytes(range(32)) * 2
    head = ["2026-11", 3, "ab" * 32, "2026-11-30T23:59:59.999999+00:00", [[1, 1], [4, 4]]]
    expected = hashlib.sha256(json.dumps([1, *head], separators=(",", ":")).encode() + b"\n" + digests).hexdigest()
    found = d.seal_digest(
        partition="2026-11", sequence=3, previous="ab" * 32, sealed_at=MOMENT, row_ids=[[1, 1], [4, 4]],
        row_digests=digests,
    )  # fmt: skip
    assert found == expected


@pytest.mark.parametrize("place", range(len(ROW)), ids=d.COLUMNS)
def test_each_column_counts(place):
    other = {
        int: 99, str: "anders", dict: {"x": 1}, bytes: b"\x09", uuid.UUID: uuid.uuid4(),
        dt.datetime: MOMENT - dt.timedelta(microseconds=1),
    }[type(ROW[place])]  # fmt: skip
    assert d.row_digest([*ROW[:place], other, *ROW[place + 1 :]]) != d.row_digest(ROW)


@pytest.mark.parametrize("place", [3, 6, 15, 18, 24])
def test_nothing_and_empty_differ(place):
    without = [*ROW[:place], None, *ROW[place + 1 :]]
    zero = [*ROW[:place], "" if place == 24 else 0, *ROW[place + 1 :]]
    assert d.row_digest(without) != d.row_digest(ROW)
    assert place == 24 or d.row_digest(zero) != d.row_digest(without)


def test_text_does_not_flow_from_column_to_column():
    moved = list(ROW)
    moved[11], moved[12] = "person4", "1"
    assert d.row_digest(moved) != d.row_digest(ROW)


def test_the_zone_of_the_instant_and_the_order_of_keys_do_not_count():
    same = list(ROW)
    same[1] = MOMENT.astimezone(dt.timezone(dt.timedelta(hours=8)))
    same[21] = {"a": None, "batch": 1}
    same[23] = memoryview(b"\x01\x02")
    assert d.row_digest(same) == d.row_digest(ROW)


@pytest.mark.parametrize(
    ("moment", "month"),
    [("2026-11-30T15:59:59+00:00", "2026-11"), ("2026-11-30T16:00:00+00:00", "2026-12"),
     ("2026-12-31T16:00:00+00:00", "2027-01")],
)  # fmt: skip
def test_the_month_is_that_of_shanghai(moment, month):
    assert d.partition_of(dt.datetime.fromisoformat(moment)) == month


@given(ids)
def test_ids_come_back_from_their_ranges(numbers):
    packed = d.to_ranges(numbers)
    assert d.from_ranges(packed) == numbers
    assert all(later[0] > earlier[1] + 1 for earlier, later in pairwise(packed))


@pytest.mark.parametrize(
    "broken",
    [None, {}, "x", [1], [[1]], [[1, 2, 3]], [["1", "2"]], [[2, 1]], [[1, 3], [3, 4]], [[5, 6], [1, 2]], [[1, True]],
     [[1, 10**12]], [[1.0, 2.0]]],
)  # fmt: skip
def test_broken_ranges_are_refused_before_they_fill_the_memory(broken):
    with pytest.raises(ValueError):
        d.from_ranges(broken)


@given(ranges)
def test_the_union_holds_each_id_once(pairs):
    union = d.merged(pairs)
    assert d.from_ranges(union) == sorted({n for first, last in pairs for n in range(first, last + 1)})


@given(ranges, st.integers(0, 320))
def test_gaps_are_what_the_union_leaves_out_above_a_number(pairs, after):
    union = d.merged(pairs)
    inside = {n for first, last in union for n in range(first, last + 1)}
    left = set()
    for first, last in d.gaps(union, after):
        left |= set(range(first, (400 if last is None else last) + 1))
    assert left == {n for n in range(after + 1, 401) if n not in inside}
    assert d.gaps(union, after)[-1][1] is None


@given(ranges)
def test_overlaps_are_the_ids_met_more_than_once(pairs):
    every = [n for first, last in pairs for n in range(first, last + 1)]
    twice = {n for n in every if every.count(n) > 1}
    assert {n for first, last in d.overlaps(pairs) for n in range(first, last + 1)} == twice
