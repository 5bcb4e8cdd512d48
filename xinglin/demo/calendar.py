"""The windows of the story, relative to the day on which it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from xinglin.kernel.clock import SHANGHAI
from xinglin.windows.enums import PhaseKind

OPEN_SINCE, FILLING_LEFT, REVIEW_LEFT = 11, 7, 12
FUTURE_IN, FUTURE_DAYS = 45, 18


@dataclass(frozen=True, slots=True)
class Season:
    """One intake: year, batch, and days of filling (first, last) and of review."""

    year: int
    batch: int
    first: date
    last: date
    review_last: date

    @property
    def phases(self) -> dict[str, tuple[date, date]]:
        return {
            PhaseKind.FILLING.value: (self.first, self.last),
            PhaseKind.REVIEW.value: (self.first, self.review_last),
        }

    @property
    def training_begins(self) -> date:
        """The first of the month before filling began."""
        return (self.first.replace(day=1) - timedelta(days=1)).replace(day=1)


def current(today: date) -> Season:
    """The window that is open on the day: filling ends in a week, review five days later."""
    first = today - timedelta(days=OPEN_SINCE)
    return Season(first.year, 1, first, today + timedelta(days=FILLING_LEFT), today + timedelta(days=REVIEW_LEFT))


def past(today: date, years: int) -> Season:
    """The window of an earlier year, at about the same time of the year."""
    now = current(today)
    back = timedelta(days=round(365.25 * years))
    year = now.year - years
    days = [day - back for day in (now.first, now.last, now.review_last)]
    return Season(year, 1, *days)


def future(today: date) -> Season:
    """A second batch that has not begun."""
    first = today + timedelta(days=FUTURE_IN)
    last = first + timedelta(days=FUTURE_DAYS)
    return Season(current(today).year, 2, first, last, last + timedelta(days=5))


def at(day: date, hour: float) -> datetime:
    """An instant of a day; 9.5 is half past nine."""
    return datetime.combine(day, time(), SHANGHAI) + timedelta(hours=hour)
