"""Pure rules of windows: states at an instant, effective ends, and the words in which they are told (P-09, P-20).

Instants are half-open [start, end). A day given as an end means its 24:00, which is shown as that day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from xinglin.kernel.clock import SHANGHAI

from .enums import PhaseKind, PhaseState

NAMES = {PhaseKind.FILLING: "填报", PhaseKind.REVIEW: "省级审核"}
OPERATIONS = {PhaseKind.FILLING: "导入、编辑、删除、上报", PhaseKind.REVIEW: "审核通过、退回"}
TAGS = {PhaseState.UPCOMING: "idle", PhaseState.OPEN: "run", PhaseState.CLOSED: "idle"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A later end given to one organisation's subtree, with its reason."""

    organization_id: int
    organization_name: str
    ends_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """One phase as it counts for one organisation.

    ``planned_end`` is the end without extensions; ``of_province``: the province's own times are in force.
    """

    kind: PhaseKind
    starts_at: datetime
    ends_at: datetime
    planned_end: datetime
    of_province: bool = False
    stretches: tuple[Stretch, ...] = field(default=())

    @property
    def extended(self) -> bool:
        return self.ends_at > self.planned_end

    def state(self, at: datetime) -> PhaseState:
        """未开始, 进行中 or 已结束 at an instant."""
        return state_between(self.starts_at, self.ends_at, at)

    def is_open(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at

    @property
    def dates(self) -> str:
        return range_text(self.starts_at, self.ends_at)

    @property
    def short_dates(self) -> str:
        """11-20 ～ 12-08 where the year stands beside it; in full where the phase crosses a year or has hours."""
        first, last = self.starts_at.astimezone(SHANGHAI), last_day(self.ends_at)
        if first.year != last.year or not (_midnight(first) and _midnight(self.ends_at.astimezone(SHANGHAI))):
            return self.dates
        return f"{first:%m-%d} ～ {last:%m-%d}"

    def left(self, at: datetime) -> str:
        """还剩 7 天, 今天截止, 3 天后开始, 已结束."""
        return left_text(self.starts_at, self.ends_at, at)


def state_between(starts_at: datetime, ends_at: datetime, at: datetime) -> PhaseState:
    """State of [starts_at, ends_at) at an instant."""
    if at < starts_at:
        return PhaseState.UPCOMING
    return PhaseState.OPEN if at < ends_at else PhaseState.CLOSED


def extension_state(
    planned_end: datetime, ends_at: datetime, ended_at: datetime | None, at: datetime
) -> tuple[str, str]:
    """Tag of an extension at an instant: (tone, word). It works from the planned end until its own."""
    if ended_at is not None:
        return "bad", "已撤销"
    if at >= ends_at:
        return "idle", "已到期"
    return ("run", "正在延长") if at >= planned_end else ("wait", "还没有用到")


def as_start(value: date | datetime) -> datetime:
    """A day given as a start means its 00:00 in Shanghai; instants lose their fractions of a second."""
    return _instant(value) or datetime.combine(value, time(), SHANGHAI)


def as_end(value: date | datetime) -> datetime:
    """A day given as an end means its 24:00, the 00:00 of the next day."""
    return _instant(value) or datetime.combine(value + timedelta(days=1), time(), SHANGHAI)


def _instant(value: date | datetime) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    aware = value if value.tzinfo else value.replace(tzinfo=SHANGHAI)
    return aware.astimezone(SHANGHAI).replace(microsecond=0)


def last_day(ends_at: datetime) -> date:
    """The last calendar day that still has an instant before the end."""
    return (ends_at.astimezone(SHANGHAI) - timedelta(microseconds=1)).date()


def days_left(ends_at: datetime, at: datetime) -> int:
    """Whole days from the day of ``at`` to the last day: 7 on the 24th for an end on the 31st at 24:00."""
    return (last_day(ends_at) - at.astimezone(SHANGHAI).date()).days


def start_text(instant: datetime) -> str:
    """2026-10-13, or 2026-10-13 08:30 (:15) where it is not midnight."""
    local = instant.astimezone(SHANGHAI)
    return f"{local:%Y-%m-%d}" if _midnight(local) else f"{local:%Y-%m-%d} {_clock_text(local)}"


def end_text(instant: datetime, *, with_hour: bool = True) -> str:
    """2026-10-31 24:00 for the 00:00 of the next day (2026-10-31 without the hour), else 2026-10-31 17:00."""
    local = instant.astimezone(SHANGHAI)
    if _midnight(local):
        return f"{last_day(local)}" + (" 24:00" if with_hour else "")
    return f"{local:%Y-%m-%d} {_clock_text(local)}"


def range_text(starts_at: datetime, ends_at: datetime) -> str:
    """2026-10-13 ～ 2026-10-31."""
    return f"{start_text(starts_at)} ～ {end_text(ends_at, with_hour=False)}"


def left_text(starts_at: datetime, ends_at: datetime, at: datetime) -> str:
    """How long still, in words."""
    state = state_between(starts_at, ends_at, at)
    if state is PhaseState.CLOSED:
        return "已结束"
    if state is PhaseState.UPCOMING:
        days = (starts_at.astimezone(SHANGHAI).date() - at.astimezone(SHANGHAI).date()).days
        return f"{days} 天后开始" if days else "今天开始"
    days = days_left(ends_at, at)
    return f"还剩 {days} 天" if days else "今天截止"


def closed_message(kind: str, span: Span | None, at: datetime, batch: str, contact: str) -> str | None:
    """Why the phase does not admit its operations at ``at``, with the dates and who can help; None when it does.

    ``batch``: 2026 年第 1 批. ``contact``: the name of the level above, which extends or arranges.
    """
    phase = PhaseKind(kind)
    name, operations = NAMES[phase], OPERATIONS[phase]
    if span is None:
        return f"{batch}没有安排{name}时间，不能{operations}。需要安排请联系{contact}。"
    state = span.state(at)
    if state is PhaseState.OPEN:
        return None
    if state is PhaseState.UPCOMING:
        return f"{name}于 {start_text(span.starts_at)} 开始，{end_text(span.ends_at)} 结束，现在还不能{operations}。"
    return f"{name}已于 {end_text(span.ends_at)} 结束，不能{operations}。需要延长请联系{contact}。"


def _midnight(local: datetime) -> bool:
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)


def _clock_text(local: datetime) -> str:
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
