"""From a row to its cells, four million times: values are fetched together, each column converts what it gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

from xinglin.kernel.spreadsheet_guard import guard
from xinglin.ui.lists.formats import getter, plain, worded
from xinglin.ui.lists.parts import Column

Value = str | int | float | None
_REMEMBERED = 20_000


def cells(columns: Sequence[Column], *, clear: bool) -> Callable[[Any], list[Value]]:
    """A function row → guarded cells of the columns. Sensitive columns are masked unless ``clear``."""
    fetch = _values([column for column in columns if not callable(column.value)])
    computed = [getter(column) for column in columns if callable(column.value)]
    convert = [_converter(column, clear) for column in columns]
    order = _places(columns)
    plan = list(zip(convert, order, strict=True))

    def line(row: Any) -> list[Value]:
        values = fetch(row)
        if computed:
            values = (*values, *[compute(row) for compute in computed])
        return [change(values[place]) for change, place in plan]

    return line


def _places(columns: Sequence[Column]) -> list[int]:
    """Where the value of each column lies: the fetched ones first, then the computed ones."""
    fetched = [column for column in columns if not callable(column.value)]
    behind = [column for column in columns if callable(column.value)]
    place = {column.name: number for number, column in enumerate([*fetched, *behind])}
    return [place[column.name] for column in columns]


def _values(columns: Sequence[Column]) -> Callable[[Any], tuple[Any, ...]]:
    """All values at once; one by one where a link on the way is missing."""
    one_by_one = [getter(column) for column in columns]
    if len(columns) < 2:  # attrgetter gives a tuple from two on
        return lambda row: tuple(read(row) for read in one_by_one)
    together = attrgetter(*(str(column.value or column.name) for column in columns))

    def fetch(row: Any) -> tuple[Any, ...]:
        try:
            return together(row)
        except AttributeError:
            return tuple(read(row) for read in one_by_one)

    return fetch


def _converter(column: Column, clear: bool) -> Callable[[Any], Value]:
    if column.numeric and not column.code_table:
        return _figure
    if column.code_table or (column.mask and not clear):
        words = worded(column, short=False, masked=not clear, separated=False)
        return lambda value: guard(words(value))
    return _plain()


def _plain() -> Callable[[Any], Value]:
    days: dict[Any, str] = {}

    def convert(value: Any) -> Value:
        if type(value) is str:
            return guard(value)
        if value is None:
            return ""
        if type(value) is date:
            shown = days.get(value)
            if shown is None:
                shown = value.isoformat()
                if len(days) < _REMEMBERED:
                    days[value] = shown
            return shown
        return guard(plain(value))

    return convert


def _figure(value: Any) -> Value:
    if isinstance(value, Decimal):
        return float(value)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return guard(plain(value))
