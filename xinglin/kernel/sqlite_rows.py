"""Many rows in one statement for SQLite (Q-02).

A statement a row took twice as long: most of it went into starting it. While a statement runs, Python's other threads
go on, so that what is written behind (`kernel.behind`) is written beside the caller's own work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count, islice, repeat
from typing import Any

from .copy_text import Same

ROWS, PARAMETERS = 500, 32_000
"""Rows and values of a statement; SQLite takes 32,766 values unless it was built otherwise."""


def sources(rows: Iterable[Sequence[Any]], width: int) -> Iterator[tuple[str, list[Any]]]:
    """The rows in pieces, each as a table for FROM, with columns ``column1``, ``column2`` …, and its values.

    ``width``: values of a row, at least one; the placeholder is SQLite's own, ``?``.
    """
    line = f"({', '.join('?' * width)})"
    rest = iter(rows)
    while piece := list(islice(rest, min(ROWS, PARAMETERS // width))):
        yield f"(VALUES {', '.join([line] * len(piece))})", list(chain.from_iterable(piece))


def insert_statements(
    table: str, names: str, values: Sequence[Sequence[Any] | Same], rows: int
) -> Iterator[tuple[str, list[Any]]]:
    """Statements with their values that insert columns of prepared values; what all rows share stands once, as a literal.

    ``table``, ``names``: quoted. A refused row leaves those before it until the transaction of the caller is rolled back
    (OR FAIL): SQLite else keeps a copy of every page that a statement touches.
    """
    numbers = count(1)
    parts: list[str] = []
    varying: list[Iterable[Any]] = []
    for column in values:
        literal = literal_of(column.value) if isinstance(column, Same) else None
        if literal is None:
            varying.append(repeat(column.value, rows) if isinstance(column, Same) else column)
        parts.append(f"v.column{next(numbers)}" if literal is None else literal)
    insert = f"INSERT OR FAIL INTO {table} ({names})"
    if not varying:
        yield from repeat((f"{insert} VALUES ({', '.join(parts)})", []), rows)
        return
    for source, bound in sources(zip(*varying, strict=True), len(varying)):
        yield f"{insert} SELECT {', '.join(parts)} FROM {source} AS v", bound


def literal_of(value: Any) -> str | None:
    """SQLite's literal of a value; None where only binding is exact (floats, a NUL within a text)."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, bytes | memoryview):
        return f"X'{value.hex()}'"
    if isinstance(value, str) and "\0" not in value:
        return "'{}'".format(str(value).replace("'", "''"))
    return None
