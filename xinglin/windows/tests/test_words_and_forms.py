"""The words of times and the forms they are typed into: days mean 00:00 and 24:00, nothing is lost on the way back
(P-09, P-20, P-21). No database: rules and forms are pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.kernel.clock import SHANGHAI
from xinglin.windows import rules
from xinglin.windows.enums import PhaseKind, PhaseState
from xinglin.windows.forms import BatchForm, ExtensionForm, TakeBackForm, TimesForm
from xinglin.windows.models import CollectionWindow

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
clock_times = st.times().map(lambda value: value.replace(microsecond=0))
instants = st.builds(lambda day, hour: datetime.combine(day, hour, SHANGHAI), days, clock_times)


def on(month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=SHANGHAI)


def span_of(starts: datetime, ends: datetime, planned: datetime | None = None) -> rules.Span:
    return rules.Span(PhaseKind.FILLING, starts, ends, planned or ends)


@pytest.mark.req("P-09")
@given(instants, st.integers(-12, 14))
def test_an_instant_is_the_same_in_every_zone(instant, offset):
    elsewhere = instant.astimezone(timezone(timedelta(hours=offset)))
    assert rules.as_start(elsewhere) == rules.as_end(elsewhere) == instant
    assert rules.as_start(elsewhere).utcoffset() == timedelta(hours=8)
    assert rules.end_text(elsewhere) == rules.end_text(instant)
    assert rules.start_text(elsewhere) == rules.start_text(instant)
    assert rules.last_day(elsewhere) == rules.last_day(instant)


@given(instants, st.integers(0, 999_999))
def test_fractions_of_a_second_are_dropped_never_rounded_up(instant, micro):
    assert rules.as_end(instant.replace(microsecond=micro)) == instant


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)))
def test_without_a_zone_shanghai_is_meant(naive):
    assert rules.as_start(naive) == naive.replace(tzinfo=SHANGHAI, microsecond=0)


@pytest.mark.req("P-09")
@given(instants)
def test_the_last_day_still_has_an_instant_before_the_end(end):
    last = rules.last_day(end)
    assert rules.as_start(last) < end <= rules.as_end(last)


@given(instants, instants)
def test_what_is_left_agrees_with_the_state(start, at):
    end = start + timedelta(days=10)
    words, state = rules.left_text(start, end, at), rules.state_between(start, end, at)
    assert words.endswith("开始") == (state is PhaseState.UPCOMING)
    assert (words == "已结束") == (state is PhaseState.CLOSED)
    assert (words.startswith("还剩") or words == "今天截止") == (state is PhaseState.OPEN)
    assert "-" not in words and " 0 天" not in words


@given(days, st.integers(0, 60), clock_times)
def test_days_left_counts_midnights(last, ahead, hour):
    at = datetime.combine(last - timedelta(days=ahead), hour, SHANGHAI)
    assert rules.days_left(rules.as_end(last), at) == ahead


@pytest.mark.parametrize(
    ("instant", "start", "end", "short"),
    [
        (on(10, 13), "2026-10-13", "2026-10-12 24:00", "2026-10-12"),
        (on(10, 13, 8, 30), "2026-10-13 08:30", "2026-10-13 08:30", "2026-10-13 08:30"),
        (on(10, 13, 0, 0, 1), "2026-10-13 00:00:01", "2026-10-13 00:00:01", "2026-10-13 00:00:01"),
        (on(1, 1), "2026-01-01", "2025-12-31 24:00", "2025-12-31"),
        (on(3, 1), "2026-03-01", "2026-02-28 24:00", "2026-02-28"),
        (datetime(2028, 3, 1, tzinfo=SHANGHAI), "2028-03-01", "2028-02-29 24:00", "2028-02-29"),
        (datetime(2026, 10, 31, 16, tzinfo=UTC), "2026-11-01", "2026-10-31 24:00", "2026-10-31"),
    ],
)
def test_an_instant_as_start_and_as_end(instant, start, end, short):
    assert rules.start_text(instant) == start
    assert rules.end_text(instant) == end
    assert rules.end_text(instant, with_hour=False) == short


@pytest.mark.req("P-21")
@pytest.mark.parametrize(
    ("kind", "at", "said"),
    [
        ("filling", on(10, 12, 23, 59, 59),
         "填报于 2026-10-13 开始，2026-10-31 24:00 结束，现在还不能导入、编辑、删除、上报。"),
        ("filling", on(10, 13), None),
        ("filling", on(10, 31, 23, 59, 59), None),
        ("filling", on(11, 1), "填报已于 2026-10-31 24:00 结束，不能导入、编辑、删除、上报。需要延长请联系协会。"),
        ("review", on(10, 1), "省级审核于 2026-10-13 开始，2026-10-31 24:00 结束，现在还不能审核通过、退回。"),
        ("review", on(12, 1), "省级审核已于 2026-10-31 24:00 结束，不能审核通过、退回。需要延长请联系协会。"),
    ],
)  # fmt: skip
def test_the_whole_sentence_of_a_refusal(kind, at, said):
    span = rules.Span(PhaseKind(kind), on(10, 13), on(11, 1), on(11, 1))
    assert rules.closed_message(kind, span, at, "2026 年第 1 批", "协会") == said


@pytest.mark.req("P-21")
@pytest.mark.parametrize(("kind", "name"), [("filling", "填报"), ("review", "省级审核")])
def test_what_was_never_arranged_says_so_and_whom_to_ask(kind, name):
    said = rules.closed_message(kind, None, on(10, 20), "2026 年第 2 批", "澜江省")
    assert said is not None
    assert said.startswith(f"2026 年第 2 批没有安排{name}时间") and said.endswith("需要安排请联系澜江省。")


def test_after_an_extension_the_refusal_names_the_later_end():
    span = span_of(on(10, 13), on(11, 4), planned=on(11, 1))
    assert span.extended and span.dates == "2026-10-13 ～ 2026-11-03"
    said = rules.closed_message("filling", span, on(11, 4), "批", "协会")
    assert said is not None and "2026-11-03 24:00" in said and "10-31" not in said


def test_every_phase_and_state_has_its_words():
    assert set(rules.NAMES) == set(rules.OPERATIONS) == set(PhaseKind)
    assert set(rules.TAGS) == set(PhaseState)
    assert [state.label for state in PhaseState] == ["未开始", "进行中", "已结束"]


@pytest.mark.parametrize(
    ("ends", "ended", "at", "word"),
    [
        (on(11, 5), None, on(10, 31, 23), "还没有用到"), (on(11, 5), None, on(11, 1), "正在延长"),
        (on(11, 5), None, on(11, 4, 23, 59, 59), "正在延长"), (on(11, 5), None, on(11, 5), "已到期"),
        (on(11, 5), on(10, 20), on(10, 20), "已撤销"), (on(11, 5), on(11, 2), on(12, 1), "已撤销"),
    ],
)  # fmt: skip
def test_the_state_of_an_extension(ends, ended, at, word):
    assert rules.extension_state(on(11, 1), ends, ended, at)[1] == word


# ---- forms


def typed(span: rules.Span) -> dict[str, str]:
    """What a browser sends back when nothing is touched."""
    initial = TimesForm.initial_of(span)
    return {name: "" if value is None else str(value) for name, value in initial.items()}


@pytest.mark.req("P-09")
@given(instants, st.integers(1, 10_000_000))
def test_the_form_gives_back_exactly_what_it_showed(start, seconds):
    span = span_of(start, start + timedelta(seconds=seconds))
    form = TimesForm(typed(span))
    assert form.is_valid(), form.errors
    starts, ends = form.times
    assert (rules.as_start(starts), rules.as_end(ends)) == (span.starts_at, span.ends_at)


def test_the_form_shows_the_plan_not_the_extension():
    shown = TimesForm.initial_of(span_of(on(10, 13), on(11, 20), planned=on(11, 1)))
    assert shown == {"starts_on": date(2026, 10, 13), "starts_at": None, "ends_on": date(2026, 10, 31), "ends_at": None}
    assert TimesForm.initial_of(None) == {}


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "expected"),
    [
        ("", "", (on(10, 13), on(11, 1))),
        ("08:00", "", (on(10, 13, 8), on(11, 1))),
        ("", "17:30", (on(10, 13), on(10, 31, 17, 30))),
        ("00:00", "00:00:00", (on(10, 13), on(10, 31))),  # 00:00 typed is the instant, not the whole day
        ("08:00:05", "23:59:59", (on(10, 13, 8, 0, 5), on(10, 31, 23, 59, 59))),
    ],
)
def test_days_and_hours_together(starts_at, ends_at, expected):
    form = TimesForm({"starts_on": "2026-10-13", "ends_on": "2026-10-31", "starts_at": starts_at, "ends_at": ends_at})
    assert form.is_valid(), form.errors
    starts, ends = form.times
    assert (rules.as_start(starts), rules.as_end(ends)) == expected


@pytest.mark.parametrize("broken", [
    {"starts_on": ""}, {"ends_on": ""}, {"starts_on": "2026-02-30"}, {"ends_on": "十月"}, {"ends_at": "24:01"},
    {"starts_at": "abc"},
])  # fmt: skip
def test_what_is_no_time_stands_at_its_field(broken):
    form = TimesForm({"starts_on": "2026-10-13", "ends_on": "2026-10-31"} | broken)
    assert not form.is_valid() and list(form.errors) == list(broken)


def batch(**changed: str) -> BatchForm:
    typed_in = {
        "year": "2026", "batch": "1", "track": "western", "filling_first": "2026-10-13", "filling_last": "2026-10-31",
        "review_first": "2026-10-13", "review_last": "2026-11-05",
    }  # fmt: skip
    return BatchForm(typed_in | changed)


def test_a_batch_is_arranged_by_days_and_its_phases_may_overlap():
    form = batch()
    assert form.is_valid(), form.errors
    assert form.phases == {
        "filling": (date(2026, 10, 13), date(2026, 10, 31)), "review": (date(2026, 10, 13), date(2026, 11, 5)),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [("year", "2013"), ("year", "2101"), ("year", "二〇二六"), ("batch", "0"), ("batch", "21"), ("batch", ""),
     ("track", "dental"), ("filling_first", ""), ("filling_last", "2026-13-01"), ("review_first", "x"), ("review_last", "")],
)  # fmt: skip
def test_a_batch_with_one_wrong_field(name, value):
    form = batch(**{name: value})
    assert not form.is_valid() and list(form.errors) == [name]


def extension(**changed: str) -> ExtensionForm:
    typed_in = {"organization": "7", "ends_on": "2026-11-03", "reason": "停机两天"}
    return ExtensionForm(typed_in | changed, organizations=[(7, "第七医院")])


@pytest.mark.req("P-09")
def test_an_extension_by_day_means_its_24_00_and_by_hour_the_hour():
    form = extension()
    assert form.is_valid(), form.errors
    assert rules.as_end(form.end) == on(11, 4) and form.cleaned_data["organization"] == 7
    form = extension(ends_at="12:00")
    assert form.is_valid() and rules.as_end(form.end) == on(11, 3, 12)


@pytest.mark.parametrize(
    ("name", "value"),
    [("organization", ""), ("organization", "8"), ("organization", "七"), ("ends_on", ""), ("reason", ""),
     ("reason", "   "), ("reason", "长" * 201), ("ends_at", "25:00")],
)  # fmt: skip
def test_an_extension_with_one_wrong_field(name, value):
    form = extension(**{name: value})
    assert not form.is_valid() and list(form.errors) == [name]


@pytest.mark.parametrize(
    ("reason", "fine"), [("x", True), ("长" * 200, True), ("", False), (" \n ", False), ("长" * 201, False)]
)
def test_a_reason_to_take_back(reason, fine):
    assert TakeBackForm({"reason": reason}).is_valid() is fine


def test_a_batch_is_called_by_year_and_number():
    assert str(CollectionWindow(year=2026, batch=2)) == "2026 年第 2 批"


@given(days, clock_times)
def test_midnight_is_typed_as_a_day_only(day, hour):
    start = datetime.combine(day, hour, SHANGHAI)
    shown = TimesForm.initial_of(span_of(start, start + timedelta(days=3)))
    assert (shown["starts_at"] is None) == (hour == time())
    assert (shown["ends_at"] is None) == (hour == time())
    assert shown["ends_on"] == day + timedelta(days=2 if hour == time() else 3)


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        (on(10, 13), on(11, 1), "10-13 ～ 10-31"),
        (on(10, 13), on(10, 14), "10-13 ～ 10-13"),
        (on(10, 13), datetime(2026, 11, 1, 17, tzinfo=SHANGHAI), "2026-10-13 ～ 2026-11-01 17:00"),
        (on(12, 20), datetime(2027, 1, 6, tzinfo=SHANGHAI), "2026-12-20 ～ 2027-01-05"),
        (on(12, 20), datetime(2027, 1, 1, tzinfo=SHANGHAI), "12-20 ～ 12-31"),
    ],
)
def test_short_dates_leave_the_year_out_only_where_it_is_one(starts, ends, words):
    assert span_of(starts, ends).short_dates == words
