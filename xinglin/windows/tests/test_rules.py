"""States of half-open phases and the words for them (P-09, P-20)."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.kernel.clock import SHANGHAI
from xinglin.windows import rules
from xinglin.windows.enums import PhaseKind, PhaseState

instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(
    lambda value: value.replace(microsecond=0, tzinfo=SHANGHAI)
)
seconds = st.integers(1, 400 * 24 * 3600)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.req("P-09")
@given(instants, seconds)
def test_phases_are_half_open(start, length):
    end = start + timedelta(seconds=length)
    second = timedelta(seconds=1)
    state = rules.state_between
    assert state(start, end, start - second) is PhaseState.UPCOMING
    assert state(start, end, start) is PhaseState.OPEN
    assert state(start, end, end - second) is PhaseState.OPEN
    assert state(start, end, end) is PhaseState.CLOSED


@given(instants, seconds, seconds)
def test_neighbours_never_overlap_nor_leave_a_gap(start, first, second):
    middle = start + timedelta(seconds=first)
    end = middle + timedelta(seconds=second)
    for moment in (start, middle - timedelta(seconds=1), middle, end - timedelta(seconds=1)):
        open_now = [rules.state_between(a, b, moment) is PhaseState.OPEN for a, b in ((start, middle), (middle, end))]
        assert open_now.count(True) == 1


@pytest.mark.req("P-09")
@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_a_day_as_end_means_its_24_hours(day):
    end = rules.as_end(day)
    assert rules.end_text(end) == f"{day} 24:00"
    assert rules.last_day(end) == day
    assert rules.range_text(rules.as_start(day), end) == f"{day} ～ {day}"
    assert end - rules.as_start(day) == timedelta(days=1)


@pytest.mark.parametrize(("moment", "words"), [
    ("2026-10-10T09:00", "3 天后开始"),
    ("2026-10-12T23:59:59", "1 天后开始"),
    ("2026-10-24T09:30:12", "还剩 7 天"),
    ("2026-10-31T00:00", "今天截止"),
    ("2026-10-31T23:59:59", "今天截止"),
    ("2026-11-01T00:00", "已结束"),
])  # fmt: skip
def test_how_long_still(moment, words):
    start, end = rules.as_start(date(2026, 10, 13)), rules.as_end(date(2026, 10, 31))
    assert rules.left_text(start, end, at(moment)) == words


def test_times_within_a_day_are_told():
    assert rules.end_text(at("2026-10-31T17:00")) == "2026-10-31 17:00"
    assert rules.end_text(at("2026-10-31T17:00:05")) == "2026-10-31 17:00:05"
    assert rules.range_text(at("2026-10-13T08:30"), at("2026-10-31T17:00")) == "2026-10-13 08:30 ～ 2026-10-31 17:00"


@pytest.mark.req("P-21")
def test_the_refusal_has_dates_and_who_can_help():
    start, end = rules.as_start(date(2026, 10, 13)), rules.as_end(date(2026, 10, 31))
    span = rules.Span(PhaseKind.FILLING, start, end, end)
    told = lambda moment, some=span: rules.closed_message(  # noqa: E731
        "filling", some, at(moment), "2026 年第 1 批", "澜江省卫生健康委科教处"
    )
    assert told("2026-10-31T23:59:59") is None
    assert told("2026-11-01T00:00") == (
        "填报已于 2026-10-31 24:00 结束，不能导入、编辑、删除、上报。需要延长请联系澜江省卫生健康委科教处。"
    )
    assert told("2026-10-12T00:00").startswith("填报于 2026-10-13 开始，2026-10-31 24:00 结束，")
    assert "没有安排填报时间" in told("2026-10-20T00:00", None)
