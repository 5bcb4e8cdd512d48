"""Values as text, for the screen and for workbooks (P-20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from xinglin.dictionaries import selectors as dictionaries
from xinglin.kernel import clock, masks

from .parts import Column

MISSING = "--"
_TO_SECONDS = len("2026-11-20 17:54:04")
Getter = Callable[[Any], Any]
Convert = Callable[[Any], str]


def getter(column: Column) -> Getter:
    """Reads the value of a column from a row; a missing link of a dotted path gives None."""
    if callable(column.value):
        return column.value
    path = column.value or column.name
    read = attrgetter(path)
    if "." not in path:
        return read

    def through(row: Any) -> Any:
        try:
            return read(row)
        except AttributeError:  # also what Django raises for a missing one-to-one row
            return _step_by_step(row, path.split("."))

    return through


def _step_by_step(row: Any, steps: list[str]) -> Any:
    """The value at the end of the path, None where a link is missing. Raises AttributeError for a wrong name."""
    for step in steps:
        try:
            row = getattr(row, step)
        except ObjectDoesNotExist:
            return None
        if row is None:
            return None
    return row


def plain(value: Any) -> str:
    """A value as text; "" when it is missing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.astimezone(clock.SHANGHAI).isoformat(" ", "seconds")[:_TO_SECONDS]
    return value.isoformat() if isinstance(value, date) else str(value)


def number(value: Any) -> str:
    """A number with thousands separators; "" when it is missing."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return plain(value)
    return f"{value:,}"


def worded(column: Column, *, short: bool, masked: bool, separated: bool) -> Convert:
    """A function value → text for a column. ``short``: short labels of codes; ``separated``: 1,765."""
    if column.code_table:
        return _labels(column.code_table, short)
    if column.mask and masked:
        mask = getattr(masks, column.mask)
        return lambda value: mask(text) if (text := plain(value)) else ""
    return number if column.numeric and separated else plain


def texts(column: Column, *, short: bool, masked: bool, separated: bool) -> Convert:
    """A function row → text of the column; see `worded`."""
    read, words = getter(column), worded(column, short=short, masked=masked, separated=separated)
    return lambda row: words(read(row))


def _labels(table: str, short: bool) -> Convert:
    label = dictionaries.short_label if short else dictionaries.label
    known: dict[Any, str] = {}

    def coded(code: Any) -> str:
        found = known.get(code)
        if found is None:
            found = known[code] = label(table, plain(code))
        return found

    return coded
