"""P-15, P-19, P-20: each kind of filter, from the words of the address to the comparison, without a database."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.dictionaries.models import CodeEntry
from xinglin.ui.lists import filters
from xinglin.ui.lists.parts import Filter
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.tests import factories

pytestmark = pytest.mark.req("P-15")
VIEWER = factories.viewer()
BEIJING = timezone(timedelta(hours=8))
COLOURS = (("r", "红"), ("g", "绿"), ("b", "蓝"))
HASH = "0123456789abcdef" * 4
STILL = settings(max_examples=60, deadline=None)


def conditions(item, words):
    """What the bar of a list with this one filter makes of an address."""

    class One(ListSpec):
        name, filters = "test.one", (item,)

    return filters.read(One(), words if isinstance(words, QueryDict) else QueryDict(words), VIEWER)


def one(item, words):
    """The condition in force; the address must make sense."""
    found = conditions(item, words)
    assert found.notes == []
    return found.items[0] if found.items else None


class Asked:
    """Stands for a queryset: remembers which comparisons it was asked for."""

    model = CodeEntry

    def __init__(self):
        self.comparisons = []

    def filter(self, asked):
        self.comparisons += asked.children
        return self


def comparison(item, words):
    """The comparisons that the address leads to."""
    return sorted(filters.apply(Asked(), [one(item, words)], VIEWER).comparisons, key=str)


@pytest.mark.parametrize(
    ("match", "lookup"), [("contains", "name__contains"), ("prefix", "name__startswith"), ("exact", "name")]
)
def test_a_text_is_found_within_at_the_start_or_as_a_whole(match, lookup):
    assert comparison(Filter("name", "姓名", match=match), "name=林") == [(lookup, "林")]


@pytest.mark.parametrize(
    ("typed", "sought"),
    [
        ("  林 知夏 ", "林 知夏"),
        ("ＡＢ１２", "AB12"),
        ("林\u200b知夏", "林知夏"),
        ("林\u3000\u3000知夏", "林 知夏"),
        ("50%", "50%"),
        ("a_b", "a_b"),
        ("'; DROP TABLE", "'; DROP TABLE"),
    ],
)
def test_a_text_is_sought_as_it_is_stored(typed, sought):
    words = QueryDict(mutable=True)
    words["name"] = typed
    found = one(Filter("name", "姓名"), words)
    assert (found.value, found.shown, found.raw) == (sought, sought, (("name", sought),))


@pytest.mark.parametrize("blank", ["", "   ", "\u3000", "\u200b", "\x00"])
@pytest.mark.parametrize(
    "item",
    [
        Filter("x", "甲"),
        Filter("x", "甲", "choice", choices=COLOURS),
        Filter("x", "甲", "bool"),
        Filter("x", "甲", "year"),
    ],
)
def test_blanks_ask_for_nothing(item, blank):
    words = QueryDict(mutable=True)
    words["x"] = blank
    found = conditions(item, words)
    assert (found.items, found.notes) == ([], [])


@pytest.mark.parametrize(("length", "noted"), [(99, False), (100, False), (101, True)])
def test_the_longest_text_is_a_hundred_characters(length, noted):
    found = conditions(Filter("x", "姓名"), f"x={'长' * length}")
    assert found.notes == (["“姓名”最多 100 个字，已忽略这个条件。"] if noted else [])
    assert len(found.items) == (not noted)


@pytest.mark.parametrize(("value", "label"), COLOURS)
def test_a_choice_is_shown_in_words_and_compared_by_its_code(value, label):
    item = Filter("colour", "颜色", "choice", lookup="paint__colour", choices=COLOURS)
    assert one(item, f"colour={value}").shown == label
    assert comparison(item, f"colour={value}") == [("paint__colour", value)]


@pytest.mark.parametrize("value", ["x", "R", "r,g", "<b>", "红", "r\u00a0g"])
def test_a_choice_takes_nothing_that_is_not_offered(value):
    words = QueryDict(mutable=True)
    words["colour"] = value
    found = conditions(Filter("colour", "颜色", "choice", choices=COLOURS), words)
    assert found.items == []
    assert len(found.notes) == 1
    assert found.notes[0].startswith("“颜色”没有“")
    assert found.notes[0].endswith("”这一项，已忽略这个条件。")


@pytest.mark.parametrize(("value", "sought", "shown"), [("1", True, "是"), ("0", False, "否"), ("none", None, "未填")])
def test_yes_no_and_not_filled_in_are_three_answers(value, sought, shown):
    found = one(Filter("rural", "定向", "bool"), f"rural={value}")
    assert found.value is sought
    assert found.shown == shown
    assert comparison(Filter("rural", "定向", "bool"), f"rural={value}") == [("rural", sought)]


@pytest.mark.parametrize("value", ["true", "True", "yes", "2", "是", "None", "-1"])
def test_other_words_for_yes_are_told_off(value):
    assert conditions(Filter("rural", "定向", "bool"), f"rural={value}").notes == [
        f"“定向”没有“{value}”这一项，已忽略这个条件。"
    ]


def test_several_values_are_kept_in_the_order_asked_and_each_once():
    found = one(Filter("c", "颜色", "multi", choices=COLOURS), "c=b&c=r&c=b&c=&c=r")
    assert found.value == ["b", "r"]
    assert found.raw == (("c", "b"), ("c", "r"))
    assert found.shown == "蓝、红"
    assert comparison(Filter("c", "颜色", "multi", choices=COLOURS), "c=b&c=r") == [("c__in", ["b", "r"])]


def test_one_strange_value_of_several_takes_the_whole_condition_away():
    found = conditions(Filter("c", "颜色", "multi", choices=COLOURS), "c=r&c=" + "x" * 50)
    assert found.items == []
    assert found.notes == [f"“颜色”没有“{'x' * 20}”这一项，已忽略这个条件。"], "long nonsense is cut in the note"


@pytest.mark.parametrize("year", ["1900", "1999", "2026", "2200"])
def test_years_within_the_calendar(year):
    assert comparison(Filter("y", "年份", "year"), f"y={year}") == [("y", int(year))]


@pytest.mark.parametrize("year", ["1899", "2201", "0000", "26", "20266", "-202", "2O26", "٢٠٢٦", "20.6", "abcd"])
def test_other_years_are_left_out_with_an_example(year):
    found = conditions(Filter("y", "年份", "year"), f"y={year}")
    assert (found.items, found.notes) == ([], ["“年份”应为四位年份，如 2026，已忽略这个条件。"])


def test_full_width_digits_are_a_year():
    found = one(Filter("y", "年份", "year"), "y=２０２６")
    assert (found.value, found.raw) == (2026, (("y", "2026"),))


DAY = Filter("born", "出生日期", "date_range")
INSTANT = Filter("at", "提交时间", "date_range", lookup="sent_at", with_time=True)


@pytest.mark.parametrize(
    ("words", "expected", "shown"),
    [
        ("born_from=2026-01-31", [("born__gte", date(2026, 1, 31))], "2026-01-31 ～ 不限"),
        ("born_to=2026-01-31", [("born__lte", date(2026, 1, 31))], "不限 ～ 2026-01-31"),
        (
            "born_from=2026-02-28&born_to=2026-02-28",
            [("born__gte", date(2026, 2, 28)), ("born__lte", date(2026, 2, 28))],
            "2026-02-28 ～ 2026-02-28",
        ),
    ],
)
def test_days_hold_both_ends(words, expected, shown):
    assert comparison(DAY, words) == expected
    assert one(DAY, words).shown == shown


@pytest.mark.req("P-20")
def test_instants_run_from_midnight_to_the_next_midnight_in_beijing():
    assert comparison(INSTANT, "at_from=2026-10-13&at_to=2026-10-31") == [
        ("sent_at__gte", datetime(2026, 10, 13, tzinfo=BEIJING)),
        ("sent_at__lt", datetime(2026, 11, 1, tzinfo=BEIJING)),
    ]
    assert comparison(INSTANT, "at_to=2026-12-31") == [("sent_at__lt", datetime(2027, 1, 1, tzinfo=BEIJING))]


@pytest.mark.req("P-20")
@STILL
@given(
    start=st.dates(date(1992, 1, 1), date(2100, 1, 1)),
    days=st.integers(0, 400),
    moment=st.datetimes(datetime(1992, 1, 1), datetime(2102, 1, 1)),
)
def test_an_instant_is_found_exactly_where_its_day_lies_in_the_range(start, days, moment):
    """From 1992 on: before, the clocks of China had summer times."""
    end, moment = start + timedelta(days=days), moment.replace(tzinfo=BEIJING)
    found = dict(comparison(INSTANT, f"at_from={start}&at_to={end}"))
    assert (found["sent_at__gte"] <= moment < found["sent_at__lt"]) == (start <= moment.date() <= end)


@pytest.mark.parametrize(
    "word",
    [
        "2026-2-1",
        "20260201",
        "2026/02/01",
        "2026-02-30",
        "2026-13-01",
        "1899-12-31",
        "2201-01-01",
        "2026-02-01T00:00",
        "昨天",
        "2026-W05-7",
        "0001-01-01",
    ],
)
@pytest.mark.parametrize("side", ["from", "to"])
def test_what_is_no_day_is_left_out_with_an_example(word, side):
    found = conditions(DAY, f"born_{side}={word}")
    assert (found.items, found.notes) == ([], ["“出生日期”的日期应如 2026-11-20，已忽略这个条件。"])


def test_one_bad_end_takes_the_whole_range_away():
    assert conditions(DAY, "born_from=2026-01-01&born_to=x").items == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("２０２６－０１－０２", "2026-01-02"), (" 2026-01-02 ", "2026-01-02"), ("2026—01—02", "2026-01-02")],
)
def test_full_width_days_and_long_dashes_are_mended(typed, kept):
    words = QueryDict(mutable=True)
    words["born_from"] = typed
    assert one(DAY, words).raw == (("born_from", kept),)


NUMBER = Filter("n", "证件号码", "id_number", lookup="person__hash", last6="person__tail")


@pytest.mark.req("P-19")
@pytest.mark.parametrize(
    ("words", "expected", "shown"),
    [
        (f"n_hash={HASH}", [("person__hash", HASH)], "已按号码筛选"),
        (f"n_last6={HASH}", [("person__tail", HASH)], "已按后六位筛选"),
        (f"n_hash={HASH}&n_last6={'f' * 64}", [("person__hash", HASH)], "已按号码筛选"),
    ],
)
def test_a_number_is_sought_by_hash_or_by_its_tail_and_never_shown(words, expected, shown):
    assert comparison(NUMBER, words) == expected
    assert one(NUMBER, words).shown == shown


@pytest.mark.req("P-19")
@pytest.mark.parametrize("bad", [HASH[:-1], HASH + "0", HASH.upper(), "g" * 64, "110199199001012747", HASH[:-1] + "\n"])
@pytest.mark.parametrize("way", ["hash", "last6"])
def test_what_is_no_hash_is_no_condition(bad, way):
    words = QueryDict(mutable=True)
    words[f"n_{way}"] = bad
    found = conditions(NUMBER, words)
    assert (found.items, found.notes) == ([], ["“证件号码”的筛选地址不完整，已忽略这个条件。"])


def test_a_filter_without_tails_takes_no_tail():
    assert conditions(Filter("n", "证件号码", "id_number"), f"n_last6={HASH}").items == []


def test_conditions_of_all_kinds_go_into_one_comparison_and_computed_ones_follow():
    seen = []

    class Many(ListSpec):
        name = "test.many"
        filters = (
            Filter("name", "姓名"),
            Filter("due", "逾期", "bool", lookup=lambda rows, value, who: seen.append((value, who)) or rows),
            Filter("year", "年份", "year"),
        )

    asked = Asked()
    found = filters.read(Many(), QueryDict("year=2026&due=0&name=a"), VIEWER)
    assert filters.apply(asked, found.items, VIEWER) is asked
    assert asked.comparisons == [("name__contains", "a"), ("year", 2026)], "in the order of the bar"
    assert seen == [(False, VIEWER)]
    untouched = Asked()
    assert filters.apply(untouched, [], VIEWER) is untouched and not untouched.comparisons


@pytest.mark.parametrize(
    ("default", "in_force"), [("g", "g"), (lambda who: who.organization_kind, None), (lambda who: "b", "b"), ("", None)]
)
def test_a_default_is_in_force_while_nothing_is_asked(default, in_force):
    found = conditions(Filter("c", "颜色", "choice", choices=COLOURS, default=default), "")
    assert [(item.value, item.by_default) for item in found.items] == ([(in_force, True)] if in_force else [])
    assert found.pairs() == []


def test_asking_for_the_default_by_name_is_told_in_the_address():
    item = Filter("c", "颜色", "choice", choices=COLOURS, default="g")
    found = conditions(item, "c=g")
    assert found.pairs() == [("c", "g")]
    assert not found.items[0].by_default
    assert conditions(item, "c=").cleared == ["c"]


def test_nonsense_does_not_bring_the_default_back_silently():
    found = conditions(Filter("c", "颜色", "choice", choices=COLOURS, default="g"), "c=zzz")
    assert found.items == []
    assert len(found.notes) == 1


@STILL
@given(
    asked=st.lists(st.sampled_from([value for value, _ in COLOURS]), max_size=8),
    names=st.text(alphabet="abc中 ", max_size=12),
)
def test_the_words_kept_ask_for_the_same_again(asked, names):
    class Two(ListSpec):
        name = "test.two"
        filters = (Filter("c", "颜色", "multi", choices=COLOURS), Filter("x", "姓名"))

    words = QueryDict(mutable=True)
    words.setlist("c", asked)
    words["x"] = names
    first = filters.read(Two(), words, VIEWER)
    again = QueryDict(mutable=True)
    for key, value in first.pairs():
        again.appendlist(key, value)
    assert filters.read(Two(), again, VIEWER) == first


@pytest.mark.django_db
def test_codes_of_a_table_are_offered_by_their_short_labels():
    item = Filter("kind", "证件类型", "choice", table="id_type")
    assert one(item, "kind=06").shown == "港澳通行证"
    assert one(Filter("kind", "证件类型", "choice", table="id_type", short=False), "kind=06").shown.startswith(
        "港澳居民"
    )
    assert conditions(item, "kind=ZZ").notes == ["“证件类型”没有“ZZ”这一项，已忽略这个条件。"]
