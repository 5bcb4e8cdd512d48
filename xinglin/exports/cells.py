"""From rows to cells, four million times: a column at a time, so that what repeats is put into words once (Q-03)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from xinglin.kernel.spreadsheet_guard import guard
from xinglin.ui.lists.formats import getter, plain, worded
from xinglin.ui.lists.parts import Column

Value = str | int | float | None
Convert = Callable[[Iterable[Any]], list[Value]]
_REMEMBERED = 20_000
_REPEATING = frozenset({str, bool, date, datetime, type(None)})
"""Types whose equal values have equal words; 1 and 1.0 have not."""


def cells(columns: Sequence[Column], *, clear: bool) -> Callable[[Any], list[Value]]:
    """A function row → guarded cells of the columns. Sensitive columns are masked unless ``clear``."""
    plan = [(getter(column), converter(column, clear=clear)) for column in columns]
    return lambda row: [change((read(row),))[0] for read, change in plan]


def converter(column: Column, *, clear: bool) -> Convert:
    """A function values → guarded cells of one column."""
    if column.numeric and not column.code_table:
        return lambda values: [value if type(value) is int or value is None else _figure(value) for value in values]
    if column.code_table:
        known = _Known(worded(column, short=False, masked=False, separated=False))
        return lambda values: list(map(known.__getitem__, values))
    if column.mask and not clear:
        words = worded(column, short=False, masked=True, separated=False)
        return lambda values: [guard(words(value)) for value in values]
    said = _Known(plain)
    return lambda values: [said[value] if type(value) in _REPEATING else guard(plain(value)) for value in values]


class _Known(dict[Any, str]):
    """Guarded words of values, worked out once; bounded, since an export may hold a million different ones."""

    def __init__(self, words: Callable[[Any], str]) -> None:
        super().__init__()
        self.words = words

    def __missing__(self, value: Any) -> str:
        said = guard(self.words(value))
        if len(self) < _REMEMBERED:
            self[value] = said
        return said


def _figure(value: Any) -> Value:
    if isinstance(value, Decimal):
        return float(value)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return guard(plain(value))
