"""The result of a batch of initial passwords as a workbook; nothing in it can become a formula (P-05, P-17)."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Protocol

import xlsxwriter

from xinglin.kernel.spreadsheet_guard import guard

HEADS = (("姓名或单位", 24), ("登录账号", 24), ("初始密码", 16), ("状态", 40))


class Told(Protocol):
    """One line of the result."""

    @property
    def name(self) -> str: ...
    @property
    def signs_in_with(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def state(self) -> str: ...


def result_workbook(lines: Iterable[Told]) -> bytes:
    """The bytes of an xlsx with one line an account."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, options)
    sheet = book.add_worksheet("初始密码")
    bold, text = book.add_format({"bold": True, "bg_color": "#DCEBE8"}), book.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 0)
    for place, (head, width) in enumerate(HEADS):
        sheet.set_column(place, place, width, text)
        sheet.write_string(0, place, head, bold)
    for number, line in enumerate(lines, start=1):
        for place, value in enumerate((line.name, line.signs_in_with, line.password, line.state)):
            sheet.write_string(number, place, guard(value), text)
    book.close()
    return stream.getvalue()
