"""Values in the words of the screen: missing data, 是 and 否, dates and times of P-20, thousands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from xinglin.kernel import clock


def dash(value: Any) -> Any:
    """Missing data is shown as --."""
    return "--" if value is None or value == "" else value


def yes_no(value: bool | None) -> str:
    """是, 否 or --."""
    return "--" if value is None else "是" if value else "否"


def day(value: date | datetime | None) -> str:
    """2026-11-20, -- when missing; an instant counts in Asia/Shanghai (P-20)."""
    if isinstance(value, datetime):
        value = value.astimezone(clock.SHANGHAI)
    return f"{value:%Y-%m-%d}" if value else "--"


def moment(value: datetime | None) -> str:
    """2026-11-20 17:54:04 in Asia/Shanghai, -- when missing (P-20)."""
    return f"{value.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}" if value else "--"


def thousands(value: int | None) -> str:
    """1,765; -- when missing."""
    return "--" if value is None else f"{value:,}"
