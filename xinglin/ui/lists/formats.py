"""Values as text, for the screen and for workbooks (P-20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from xinglin.dictionaries import selectors as dictionaries
from xinglin.kernel import clock, masks

from .parts import Column

MISSING = "--"
Getter = Callable[[Any], Any]


def getter(column: Column) -> Getter:
    """Reads the value of a column from a row; a missing link of a dotted path gives None."""
    if callable(column.value):
        return column.value
    path = column.value or column.name
    read = attrgetter(path)
    if "." not in path:
        return read
    steps = path.split(".")

    def through(row: Any) -> Any:
        try:
            return read(row)
        except AttributeError:
            for step in steps:
                row = getattr(row, step)
                if row is None:
                    return None
            raise

    return through


def plain(value: Any) -> str:
    """A value as text; "" when it is missing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else str(value)


def number(value: Any) -> str:
    """A number with thousands separators; "" when it is missing."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return plain(value)
    return f"{value:,}"


def texts(column: Column, *, short: bool, masked: bool, separated: bool) -> Getter:
    """A function row → text of the column. ``short``: short labels of codes; ``separated``: 1,765."""
    read = getter(column)
    if column.code_table:
        table = column.code_table
        label = dictionaries.short_label if short else dictionaries.label
        known: dict[Any, str] = {}

        def coded(row: Any) -> str:
            code = read(row)
            found = known.get(code)
            if found is None:
                found = known[code] = label(table, code) if code else ""
            return found

        return coded
    if column.mask and masked:
        mask = getattr(masks, column.mask)
        return lambda row: mask(value) if (value := plain(read(row))) else ""
    show = number if column.numeric and separated else plain
    return lambda row: show(read(row))
