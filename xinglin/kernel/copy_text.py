"""Columns of values as the text that PostgreSQL's COPY reads.

psycopg writes row by row and looks up a way for every single value; over whole columns that is a handful of C calls,
and what is the same in all rows is written into the pattern of the line once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.adapt import PyFormat, Transformer

_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
NOTHING = r"\N"


@dataclass(frozen=True, slots=True)
class Same:
    """A column whose value is the same in every row."""

    value: Any


def escaped(value: str) -> str:
    """The text with what would end a column or a line written out."""
    return value.translate(_ESCAPES) if _SPECIAL.search(value) else value


def _bytes(value: bytes | bytearray | memoryview) -> str:
    return rf"\\x{value.hex()}"


_WAYS: dict[type, Callable[[Any], str]] = {
    str: escaped,
    int: str,
    bool: lambda value: "t" if value else "f",
    bytes: _bytes,
    memoryview: _bytes,
    datetime: str,
    date: str,
    UUID: str,
    type(None): lambda value: NOTHING,
}
"""How values of these types are written; all others go through psycopg's own adapters (JSON, numerics)."""


def lines_of(columns: Sequence[Sequence[Any] | Same], count: int, connection: Connection[Any]) -> bytes:
    """``count`` lines of COPY text. Raises psycopg's DataError for a NUL character, which the database cannot hold."""
    foreign = _foreign_way(connection)
    pattern, varying = [], []
    for column in columns:
        if isinstance(column, Same):
            pattern.append(_WAYS.get(type(column.value), foreign)(column.value).replace("%", "%%"))
        else:
            pattern.append("%s")
            varying.append(_written(column, foreign))
    line = "\t".join(pattern)
    if not varying:
        return f"{line % ()}\n".encode() * count
    return ("\n".join(map(line.__mod__, zip(*varying, strict=True))) + "\n").encode()


def _written(column: Sequence[Any], foreign: Callable[[Any], str]) -> Sequence[Any]:
    kinds = set(map(type, column))
    if kinds == {int}:
        return column  # the pattern writes them
    if kinds == {str} and not _SPECIAL.search("\0".join(column)):
        return column
    if len(kinds) == 1:
        return list(map(_WAYS.get(kinds.pop(), foreign), column))
    return [_WAYS.get(type(value), foreign)(value) for value in column]


def _foreign_way(connection: Connection[Any]) -> Callable[[Any], str]:
    adapters = Transformer(connection)

    def write(value: Any) -> str:
        dumped = adapters.get_dumper(value, PyFormat.TEXT).dump(value)
        return NOTHING if dumped is None else escaped(bytes(dumped).decode())

    return write
