"""The rows of a list as a workbook or CSV file: streamed, guarded against formulas, masked unless told otherwise."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

import rustpy_xlsxwriter
from django.db.models import QuerySet

from xinglin.kernel.spreadsheet_guard import guard
from xinglin.kernel.viewer import Viewer
from xinglin.ui.lists.formats import getter
from xinglin.ui.lists.parts import Column
from xinglin.ui.lists.spec import ListSpec

from .cells import Value, converter
from .light import Reader

CHUNK = 2_000
_SHEET_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
Progress = Callable[[int], None]
Line = tuple[Value, ...]
Chunks = Iterator[tuple[int, list[Sequence[Any]]]]


def rows(
    spec: ListSpec, queryset: QuerySet[Any], columns: Sequence[Column], viewer: Viewer, *, clear: bool, tell: Progress
) -> Iterator[Line]:
    """The cells of every row. Rows are read, completed by the list and told of chunk by chunk."""
    change = [converter(column, clear=clear) for column in columns]
    done = 0
    for size, values in _light(spec, queryset, columns, viewer) or _whole(spec, queryset, columns, viewer):
        yield from zip(*(convert(found) for convert, found in zip(change, values, strict=True)), strict=True)
        done += size
        tell(done)


def _light(spec: ListSpec, queryset: QuerySet[Any], columns: Sequence[Column], viewer: Viewer) -> Chunks | None:
    """Chunks of values by column without model instances; None where the list does not say what it reads."""
    if spec.reads is None:
        return None
    reader = Reader(spec, columns)
    return ((len(chunk), reader.values(chunk, viewer)) for chunk in _chunks(reader.read(queryset, CHUNK)))


def _whole(spec: ListSpec, queryset: QuerySet[Any], columns: Sequence[Column], viewer: Viewer) -> Chunks:
    """The same from rows that are read whole."""
    read = [getter(column) for column in columns]
    for chunk in _chunks(queryset.iterator(chunk_size=CHUNK)):
        spec.prepare(chunk, viewer)
        yield len(chunk), [[one(row) for row in chunk] for one in read]


def write_xlsx(target: BinaryIO, title: str, columns: Sequence[Column], lines: Iterable[Line]) -> None:
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


def write_csv(target: BinaryIO, columns: Sequence[Column], lines: Iterable[Line]) -> None:
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


def _chunks(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _at_least_one(lines: Iterable[Line], width: int) -> Iterator[Line]:
    """The writer takes the heads from the first record: without any row there is one of empty cells."""
    empty = True
    for line in lines:
        empty = False
        yield line
    if empty:
        yield (None,) * width
