"""What the three workbooks have in common: formats, headers with comments, drop-down lists, text columns."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from xinglin.kernel.spreadsheet_guard import guard
from xinglin.kernel.viewer import Viewer

from ..cells.options import options_of
from ..columns import Column

LIST_ROWS = 20_000
"""How far down lists and text formats reach."""
OPTIONS_SHEET = "选项"
_FONT = {"font_name": "微软雅黑", "font_size": 11}
_FORMATS: dict[str, dict[str, Any]] = {
    "text": {"num_format": "@"},
    "plain": {},
    "head": {"bold": True, "bg_color": "#DCEBE8", "border": 1, "border_color": "#B9C9C6", "valign": "vcenter", "text_wrap": True},
    "must": {"bold": True, "bg_color": "#0E625D", "font_color": "#FFFFFF", "border": 1, "border_color": "#B9C9C6",
             "valign": "vcenter", "text_wrap": True},
    "example": {"italic": True, "font_color": "#6B6B6B", "num_format": "@", "bg_color": "#F4F2EC"},
    "bad": {"num_format": "@", "bg_color": "#FBE3E0", "border": 1, "border_color": "#B0281F"},
    "reason": {"font_color": "#B0281F", "text_wrap": True, "valign": "top"},
    "title": {"bold": True, "font_size": 14},
    "wrap": {"text_wrap": True, "valign": "top"},
}  # fmt: skip


class Book:
    """A workbook in memory. Nothing that is written can become a formula or a link (P-17)."""

    def __init__(self) -> None:
        self._stream = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = xlsxwriter.Workbook(self._stream, options)
        self.formats = {name: self.book.add_format({**_FONT, **look}) for name, look in _FORMATS.items()}
        self._lists: dict[str, list[str]] = {}

    def sheet(self, name: str) -> Worksheet:
        return self.book.add_worksheet(name[:31])

    def put(self, sheet: Worksheet, line: int, place: int, text: str, look: str = "plain") -> None:
        """Write somebody's text, guarded; the importer takes the guard off again."""
        sheet.write_string(line, place, guard(text), self.formats[look])

    def table(self, sheet: Worksheet, columns: Sequence[Column], viewer: Viewer) -> None:
        """Header line, widths, text formats and drop-down lists of the columns; data begin in line 2."""
        sheet.freeze_panes(1, 0)
        sheet.set_row(0, 28)
        for place, column in enumerate(columns):
            look = self.formats["text" if column.text_format or column.kind == "date" else "plain"]
            sheet.set_column(place, place, column.width, look)
            star = "*" if column.mandatory else ""
            sheet.write_string(0, place, column.label + star, self.formats["must" if star else "head"])
            labels = [label for _, label in options_of(column, viewer)]
            sheet.write_comment(0, place, comment_of(column, labels), {"x_scale": 2, "y_scale": 1.4})
            if labels:
                self._choice(sheet, place, column, labels)

    def _choice(self, sheet: Worksheet, place: int, column: Column, labels: list[str]) -> None:
        self._lists.setdefault(column.label, labels)
        number = list(self._lists).index(column.label)
        letter = xlsxwriter.utility.xl_col_to_name(number)
        sheet.data_validation(
            1, place, LIST_ROWS, place,
            {
                "validate": "list",
                "source": f"={OPTIONS_SHEET}!${letter}$2:${letter}${len(labels) + 1}",
                "error_type": "warning",
                "error_title": "没有这一项",
                "error_message": "请从下拉列表中选择",
            },
        )  # fmt: skip

    def finish(self) -> bytes:
        """The bytes of the workbook, with the hidden sheet of the lists."""
        if self._lists:
            options = self.sheet(OPTIONS_SHEET)
            for place, (label, labels) in enumerate(self._lists.items()):
                options.write_string(0, place, label, self.formats["head"])
                for line, text in enumerate(labels, start=1):
                    options.write_string(line, place, text)
            options.hide()
        self.book.close()
        return self._stream.getvalue()


def comment_of(column: Column, labels: Sequence[str]) -> str:
    """The note on a header: mandatory or not, what to write, an example."""
    parts = ["必填。" if column.mandatory else "选填。"]
    if column.note:
        parts.append(column.note.rstrip("。") + "。")
    if labels:
        parts.append("请从下拉列表中选择。" if len(labels) > 6 else "可填：" + "、".join(labels) + "。")
    elif column.kind == "date":
        parts.append("日期，写成 2026-10-13 的样子。")
    elif column.text_format:
        parts.append("这一列是文本格式，请不要改成数字。")
    if column.example:
        parts.append(f"例：{column.example}")
    return "".join(parts)
