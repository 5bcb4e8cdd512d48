"""Loading the right sheet of a workbook into plain cells."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from . import scan_xls, scan_xlsx
from .archive import Archive
from .limits import Limits
from .marks import Marks
from .problems import Unreadable
from .sniff import password_message

_DAMAGED = "文件已损坏，打不开。请用 Excel 或 WPS 打开，另存为 xlsx 后再上传"
_SEARCHED_LINES = 12
_SEARCHED_SHEETS = 10
_EXACT = 10**15


def load(data: bytes, file_format: str, wanted: str, labels: Iterable[str], limits: Limits) -> dict[str, Any]:
    """The sheet named ``wanted``, else the visible one with most known headings, else the first with content."""
    marks_of = _scanner(data, file_format, limits)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        metadata = book.sheets_metadata
    except PasswordError as error:
        raise Unreadable(password_message()) from error
    except CalamineError as error:
        raise Unreadable(_DAMAGED) from error
    tables = [sheet for sheet in metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    visible = [sheet.name for sheet in tables if sheet.visible == SheetVisibleEnum.Visible]
    hidden = [sheet.name for sheet in tables if sheet.name not in visible]
    if not tables:
        raise Unreadable("文件里没有工作表")
    known, best = set(labels), None
    for name in sorted(visible or hidden, key=lambda name: name != wanted)[:_SEARCHED_SHEETS]:
        marks = marks_of(name)
        lines = _lines(book, name, marks, limits)
        score = 2 * _headings(lines, known) + (name == wanted) + bool(lines) / 2
        if best is None or score > best[0]:
            best = (score, name, lines, marks)
        if name == wanted and score > 2:
            break
    assert best is not None
    _, name, lines, marks = best
    if not lines:
        raise Unreadable("表格是空的，里面没有内容")
    return {
        "sheet": name,
        "lines": lines,
        "formulas": marks.formulas,
        "merged": marks.merged[:1000],
        "hidden_rows": marks.hidden_rows,
        "hidden_sheets": hidden if visible else [],
        "only_hidden": not visible,
        "other_sheets": [other for other in visible if other != name],
    }


def _scanner(data: bytes, file_format: str, limits: Limits) -> Callable[[str], Marks]:
    if file_format == "xls":
        found = scan_xls.scan(data)
        return lambda name: found.get(name, Marks())
    archive = Archive(data, limits)
    parts = scan_xlsx.sheet_parts(archive)
    for shared in ("xl/sharedStrings.xml", "xl/styles.xml"):
        archive.read(shared)
    return lambda name: scan_xlsx.scan(archive.read(parts.get(name, "")), limits)


def _lines(book: CalamineWorkbook, name: str, marks: Marks, limits: Limits) -> list[tuple[int, list[Any]]]:
    try:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height > limits.last_row:
            raise Unreadable(f"有 {sheet.total_height:,} 行，每个文件最多 {limits.rows:,} 行。请拆成几个文件后再上传")
        if sheet.total_width > limits.columns:
            raise Unreadable(f"有 {sheet.total_width:,} 列，最多 {limits.columns} 列。请删掉多余的列后再上传")
        grid = sheet.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise Unreadable(_DAMAGED) from error
    marked: dict[int, dict[int, list[str]]] = {}
    for (row, column), text in marks.errors.items():
        marked.setdefault(row, {})[column] = ["error", text]
    for row, column in marks.uncomputed:
        marked.setdefault(row, {})[column] = ["formula", ""]
    lines = []
    for number, record in enumerate(grid, start=1):
        cells = [value if type(value) is str else plain(value) for value in record]
        for column, mark in marked.get(number, {}).items():
            if column <= len(cells):
                cells[column - 1] = mark
        if any(cell not in ("", None) and (type(cell) is not str or cell.strip()) for cell in cells):
            lines.append((number, cells))
    return lines


def plain(value: Any) -> Any:
    """A cell as JSON: whole numbers as int, dates marked, everything odd as text."""
    if type(value) is float:
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime):
        return ["date", value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, time | timedelta):
        return str(value)
    return str(value)


def _headings(lines: list[tuple[int, list[Any]]], known: set[str]) -> int:
    heads = [cells for _, cells in lines[:_SEARCHED_LINES]]
    return max((sum(str(cell).strip().rstrip("*＊ ") in known for cell in cells) for cells in heads), default=0)
