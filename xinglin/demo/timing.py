"""The windows of the story: two past, one open today, one to come; a province's own times; extensions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Track
from xinglin.windows import actions
from xinglin.windows.enums import PhaseKind, Purpose
from xinglin.windows.models import CollectionWindow

from . import calendar
from .calendar import Season
from .country import Country
from .staff import Staff

EARLIER = timedelta(days=40)
OWN_DELAY = 2  # days by which the last province begins later and ends earlier


@dataclass(frozen=True, slots=True)
class Times:
    """Windows by season and track, and the seasons themselves."""

    windows: dict[tuple[int, int, str], CollectionWindow]
    past: tuple[Season, Season]
    current: Season

    def window(self, season: Season, track: str) -> CollectionWindow:
        return self.windows[season.year, season.batch, track]


def arrange(country: Country, staff: Staff, today: date) -> Times:
    """Open all windows some weeks before they begin, the association's first."""
    past = calendar.past(today, 2), calendar.past(today, 1)
    now, coming = calendar.current(today), calendar.future(today)
    windows = {}
    for season in (*past, now, coming):
        announced = calendar.at(min(season.first - EARLIER, today - timedelta(days=1)), 10)
        with clock.telling(announced):
            for track in Track:
                windows[season.year, season.batch, track.value] = actions.open_window(
                    Purpose.RECRUITMENT, season.year, season.batch, track, season.phases, by=staff.association
                )
    times = Times(windows, past, now)
    _own_times(country, staff, times)
    _extensions(country, times, staff.association)
    return times


def _own_times(country: Country, staff: Staff, times: Times) -> None:
    """The last province fills two days later and ends two days earlier than the country."""
    node = list(country.provinces.values())[-1]
    season = times.current
    days = {
        PhaseKind.FILLING.value: (season.first + timedelta(days=OWN_DELAY), season.last - timedelta(days=OWN_DELAY))
    }
    with clock.telling(calendar.at(season.first - timedelta(days=20), 15)):
        actions.open_window(
            Purpose.RECRUITMENT, season.year, season.batch, Track.WESTERN, days,
            province=node, by=staff.province_admins[node.pk],
        )  # fmt: skip


def _extensions(country: Country, times: Times, by: Viewer) -> None:
    """One base was given two more days last year, another has been given three this year."""
    western = Track.WESTERN.value
    for season, base, days, reason, told in (
        (times.past[1], country.bases[3], 2, "医院信息系统升级，停机两天", times.past[1].last),
        (times.current, country.bases[5], 3, "教学办公室搬迁，补录往届生资料", times.current.first + timedelta(days=8)),
    ):
        window = times.window(season, western)
        phase = actions.set_phase(window, PhaseKind.FILLING, season.first, season.last, by=by)
        with clock.telling(calendar.at(told, 16)):
            actions.extend(phase, base.node, season.last + timedelta(days=days), reason, by=by)
