"""Workbooks for tests, built in memory from plain lists."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import xlwt

Lines = Sequence[Sequence[Any]]


def xlsx_file(lines: Lines, sheet: str = "数据", change: Callable[[Any], None] | None = None) -> bytes:
    """An xlsx of one sheet; ``change(workbook)`` may spoil it before it is saved. ``=…`` becomes a formula."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for line in lines:
        page.append(list(line))
    if change:
        change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xls_file(lines: Lines, sheet: str = "数据") -> bytes:
    """The old format."""
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(sheet)
    for row, line in enumerate(lines):
        for column, cell in enumerate(line):
            page.write(row, column, cell)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv_file(lines: Lines, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Separated text; utf-8-sig has a byte order mark, gb18030 is what Chinese Excel writes."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(lines)
    return stream.getvalue().encode(encoding)


def lines_of(data: bytes, sheet: str | None = None) -> list[list[Any]]:
    """The cells of a workbook that the product made."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book[sheet] if sheet else book.worksheets[0]
    return [list(line) for line in page.iter_rows(values_only=True)]
