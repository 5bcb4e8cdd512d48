"""The rows of a list as a workbook or CSV file: streamed, guarded against formulas, masked unless told otherwise."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

import rustpy_xlsxwriter
from django.db.models import QuerySet

from xinglin.kernel.spreadsheet_guard import guard
from xinglin.kernel.viewer import Viewer
from xinglin.ui.lists.parts import Column
from xinglin.ui.lists.spec import ListSpec

from .cells import Value, cells

CHUNK = 2_000
_SHEET_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
Progress = Callable[[int], None]


def rows(
    spec: ListSpec, queryset: QuerySet[Any], columns: Sequence[Column], viewer: Viewer, *, clear: bool, tell: Progress
) -> Iterator[list[Value]]:
    """The cells of every row. Rows are read, completed by the list and told of chunk by chunk."""
    line = cells(columns, clear=clear)
    done = 0
    for chunk in _chunks(queryset):
        spec.prepare(chunk, viewer)
        yield from map(line, chunk)
        done += len(chunk)
        tell(done)


def write_xlsx(target: BinaryIO, title: str, columns: Sequence[Column], lines: Iterable[list[Value]]) -> None:
    """A workbook of one sheet: bold frozen head, text columns as text, numbers as numbers."""
    heads = distinct_heads(columns)
    records = (dict(zip(heads, line, strict=True)) for line in _at_least_one(lines, len(heads)))
    rustpy_xlsxwriter.write_worksheet(
        records,
        target,
        sheet_name=title.translate(_FORBIDDEN)[:_SHEET_NAME].strip() or "数据",
        freeze_row=1,
        bold_headers=True,
        autofilter=True,
        column_widths=[float(column.width) for column in columns],
    )


def write_csv(target: BinaryIO, columns: Sequence[Column], lines: Iterable[list[Value]]) -> None:
    """Commas, CRLF, UTF-8 with the mark by which Excel knows it."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow(distinct_heads(columns))
    writer.writerows(lines)
    text.flush()
    text.detach()


def distinct_heads(columns: Sequence[Column]) -> list[str]:
    """Heads of the columns; of two with the same words the later gets a number."""
    heads: list[str] = []
    for column in columns:
        head, number = guard(column.head), 2
        while head in heads:
            head, number = f"{guard(column.head)}（{number}）", number + 1
        heads.append(head)
    return heads


def _chunks(queryset: QuerySet[Any]) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for row in queryset.iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _at_least_one(lines: Iterable[list[Value]], width: int) -> Iterator[list[Value]]:
    """The writer takes the heads from the first record: without any row there is one of empty cells."""
    empty = True
    for line in lines:
        empty = False
        yield line
    if empty:
        yield [None] * width
