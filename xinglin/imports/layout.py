"""Which line is the header and which of its cells is which column (P-16): order does not matter, names do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from xinglin.kernel import text
from xinglin.kernel.errors import Refused

from .cells.options import nearest_label
from .cells.raw import shown
from .columns import Column
from .enums import Mode
from .rows import ParsedRow
from .spec import ImportSpec
from .workbook.places import column_letters
from .workbook.reading import Sheet

REASON_HEADING = "错误原因"
EXAMPLE_HEADING = "填写说明"
OWN_SHEETS = ("说明", "选项")
_OWN_HEADINGS = {REASON_HEADING, EXAMPLE_HEADING}
_SEARCHED_LINES = 10


@dataclass(slots=True)
class Layout:
    """``header``: its line number; ``positions``: column name → index in the line; ``remarks``: on the file."""

    header: int
    positions: dict[str, int]
    remarks: list[str] = field(default_factory=list)


def heading(raw: Any) -> str:
    """A heading without stars, spaces and width differences, for comparing."""
    return text.fold(shown(raw)).strip("*＊")


def layout_of(sheet: Sheet, spec: ImportSpec, mode: str = Mode.BOTH) -> Layout:
    """Find the header. Raises Refused when it is not there, a mandatory column is missing or one is there twice."""
    known = {heading(word): column for column in spec.columns for word in column.headings}
    number, cells = _header(sheet, spec, known)
    found: dict[str, list[int]] = {}
    strange: list[str] = []
    for index, raw in enumerate(cells):
        column = known.get(heading(raw))
        if column is not None:
            found.setdefault(column.name, []).append(index)
        elif heading(raw) and shown(raw).strip() not in _OWN_HEADINGS:
            strange.append(shown(raw).strip()[:30])
    _refuse_twice(spec, found)
    _refuse_missing(spec, found, strange, mode)
    remarks = [f"“{word}”列不认识，已忽略" for word in strange] + _sheet_remarks(sheet)
    return Layout(number, {name: places[0] for name, places in found.items()}, remarks)


def _header(sheet: Sheet, spec: ImportSpec, known: dict[str, Column]) -> tuple[int, list[Any]]:
    def matches(line: tuple[int, list[Any]]) -> int:
        return len({known[heading(raw)].name for raw in line[1] if heading(raw) in known})

    best = max(sheet.lines[:_SEARCHED_LINES], key=matches)
    if matches(best) < min(2, len(spec.columns)):
        wanted = "、".join(column.label for column in spec.columns if column.mandatory)
        raise Refused(f"前 {_SEARCHED_LINES} 行里没有找到表头。表头应有：{wanted}。请用“{spec.title}”的模板填写")
    return best


def _refuse_twice(spec: ImportSpec, found: dict[str, list[int]]) -> None:
    for name, places in found.items():
        if len(places) > 1:
            letters = "、".join(f"{column_letters(place + 1)} 列" for place in places)
            raise Refused(f"“{spec.column(name).label}”列出现了 {len(places)} 次（{letters}），请只留一列")


def _refuse_missing(spec: ImportSpec, found: dict[str, list[int]], strange: list[str], mode: str) -> None:
    missing = []
    for column in spec.columns:
        needed = column.mandatory and (mode != Mode.UPDATE or column.name in spec.key)
        if needed and column.name not in found and column.default is None:
            guess = nearest_label(column.label, strange)
            hint = f"（文件里的“{guess}”如果就是它，请改名）" if guess else ""
            missing.append(f"“{column.label}”{hint}")
    if missing:
        raise Refused(f"缺少必填的列：{'、'.join(missing)}。请补上后再上传")


def _sheet_remarks(sheet: Sheet) -> list[str]:
    remarks = []
    if sheet.only_hidden:
        remarks.append(f"文件里只有隐藏的工作表，读的是“{sheet.sheet}”")
    hidden = [name for name in sheet.hidden_sheets if name not in OWN_SHEETS]
    others = [name for name in sheet.other_sheets if name not in OWN_SHEETS]
    if hidden:
        remarks.append(f"隐藏的工作表没有读：{'、'.join(hidden[:5])}")
    if others:
        remarks.append(f"只读了工作表“{sheet.sheet}”，没有读：{'、'.join(others[:5])}")
    if sheet.hidden_rows:
        remarks.append(f"有 {sheet.hidden_rows} 行被隐藏（筛选），也一起检查")
    if sheet.formulas:
        remarks.append(f"有 {sheet.formulas} 个公式，读的是文件上次保存时的结果，请核对")
    return remarks


def rows_of(sheet: Sheet, layout: Layout, spec: ImportSpec) -> list[ParsedRow]:
    """The data rows below the header; the template's example row is left out and remarked.

    Raises Refused when there is none, or more than the spec takes.
    """
    places = list(layout.positions.items())
    rows = []
    for number, cells in sheet.lines:
        if number <= layout.header:
            continue
        width = len(cells)
        mine = {name: cells[place] if place < width else None for name, place in places}
        if any(raw not in (None, "") for raw in mine.values()):
            rows.append(ParsedRow(number, mine))
    rows = _without_example(rows, layout, spec)
    if not rows:
        raise Refused("表头下面没有数据，请填写后再上传")
    if len(rows) > spec.max_rows:
        raise Refused(f"有 {len(rows):,} 行，每个文件最多 {spec.max_rows:,} 行。请拆成几个文件")
    _mark_merged(rows, sheet, layout)
    return rows


def _without_example(rows: list[ParsedRow], layout: Layout, spec: ImportSpec) -> list[ParsedRow]:
    wanted = {name: text.fold(spec.column(name).example) for name in spec.key if name in layout.positions}
    if not any(wanted.values()):
        return rows
    kept = []
    for row in rows:
        if row.number <= layout.header + 3 and all(
            text.fold(shown(row.cells[name])) == example for name, example in wanted.items()
        ):
            layout.remarks.append(f"第 {row.number} 行是示例，已跳过")
        else:
            kept.append(row)
    return kept


def _mark_merged(rows: list[ParsedRow], sheet: Sheet, layout: Layout) -> None:
    """Merged cells lose all but the first value, so every row of the area is told at its place."""
    by_number = {row.number: row for row in rows}
    for top, left, bottom, right in sheet.merged:
        columns = [name for name, place in layout.positions.items() if left <= place + 1 <= right]
        if bottom <= layout.header or not columns:
            continue
        where = f"第 {top}–{bottom} 行" if bottom > top else f"第 {top} 行"
        for number in range(max(top, layout.header + 1), min(bottom, max(by_number)) + 1):
            if row := by_number.get(number):
                for name in columns:
                    row.cells[name] = ["merged", where, shown(row.cells[name])]
