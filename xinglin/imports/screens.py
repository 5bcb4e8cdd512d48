"""What the wizard's pages show, as plain data for the templates."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from xinglin.kernel.issues import Issue
from xinglin.kernel.viewer import Viewer
from xinglin.ui.parts import Step

from . import selectors
from .cells import RowReader
from .cells.options import short_list
from .cells.raw import written
from .cells.reader import masked_as_typed, masked_raw
from .checking import DUPLICATE
from .columns import Column
from .enums import Verdict
from .models import ImportJob
from .rows import ParsedRow, Raw
from .sealing import open_cells
from .spec import ImportSpec

STEPS = ("下载模板", "上传文件", "检查结果", "确认导入", "完成")
ERRORS, WARNINGS, ALL = "errors", "warnings", "all"
PAGE_ROWS = 50
_COUNTED_ISSUES = 5_000
_FIT = 6
_NEAR = 4
"""Columns that a screen of 1366 px shows without scrolling, all and beside those that lead."""
Same = tuple[str, str, str]
"""Column, suggestion and what the cell holds: such cells are mended together."""
_TAGS = {
    Verdict.CREATE: ("ok", "新增"),
    Verdict.UPDATE: ("run", "更新"),
    Verdict.UNCHANGED: ("idle", "未变化"),
    Verdict.ERROR: ("bad", "有错误"),
    Verdict.DROPPED: ("idle", "已去掉"),
}


def steps(now: int) -> list[Step]:
    """The wizard's steps with the ``now``-th (from 1) as the present one."""
    return [Step(label, "done" if n < now else "now" if n == now else "") for n, label in enumerate(STEPS, start=1)]


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark under a cell. ``fix``: words of the link that mends it; ``same``: how many cells it would mend;
    ``choices``: what may be put into the cell where nothing is suggested."""

    issue_id: int
    message: str
    severity: str
    fix: str = ""
    same: int = 0
    choices: tuple[str, ...] = ()


@dataclass(slots=True)
class Cell:
    """A cell as shown: clean and masked, or as typed where it is wrong. ``was``: what was tidied; ``lead``: it tells
    which row this is."""

    label: str
    text: str
    mono: bool = False
    was: str = ""
    remarks: list[Remark] = field(default_factory=list)
    lead: bool = True

    @property
    def bad(self) -> bool:
        return any(remark.severity == "error" for remark in self.remarks)


@dataclass(slots=True)
class Line:
    """A row of the table. ``aside``: remarks on the row as a whole, and those on columns far to the right."""

    number: int
    verdict: str
    tag: tuple[str, str]
    cells: list[Cell]
    aside: list[Remark]
    applied: bool = False


@dataclass(slots=True)
class Table:
    """One page of rows. ``lead``: so many columns tell which row it is; ``far``: columns whose remarks stand aside."""

    columns: list[Column]
    lead: int
    far: set[str]
    lines: list[Line]
    tab: str
    page: int
    pages: int

    @property
    def has_aside(self) -> bool:
        return any(line.aside for line in self.lines)

    @property
    def aside_head(self) -> str:
        return "其他问题" if self.far else "整行"


@dataclass(frozen=True, slots=True)
class Warning:
    """All warnings that say the same, confirmed together."""

    group: str
    where: str
    message: str
    confirmed: bool


def table(job: ImportJob, spec: ImportSpec, viewer: Viewer, tab: str, page: int) -> Table:
    """The rows of a tab, ``PAGE_ROWS`` a page."""
    found, total = selectors.page_of(job, tab, page, PAGE_ROWS)
    pages = max(1, -(-total // PAGE_ROWS))
    reader = RowReader(spec.columns, job.layout["columns"], viewer)
    issues = selectors.issues_of(job, [row.number for row in found])
    remarked = {words.field for said in issues.values() for _, words in said}
    columns, lead, far = _arranged([c for c in spec.columns if c.name in job.layout["columns"]], spec, remarked)
    shown = {column.name for column in columns}
    same = _alike(job)
    choices = {c.name: labels for c in columns if c.name in remarked and (labels := short_list(c, viewer))}
    lines = []
    for row in found:
        parsed = ParsedRow(row.number, open_cells(job, row.number, row.sealed))
        reader.read(parsed)
        said: dict[str, list[Remark]] = {}
        aside = []
        for issue_id, words in issues.get(row.number, []):
            remark = _remark(issue_id, words, parsed, same)
            if words.is_error and not remark.fix and parsed.values.get(words.field) is None:
                remark = replace(remark, choices=choices.get(words.field, ()))
            said.setdefault(words.field, []).append(remark)
            if words.field not in shown:
                aside.append(remark)
            elif words.field in far:
                aside.append(replace(remark, message=f"{spec.column(words.field).label}：{words.message}"))
        cells = [_cell(column, parsed, reader, said.get(column.name, [])) for column in columns]
        for cell in cells[lead:]:
            cell.lead = False
        lines.append(Line(row.number, row.verdict, _TAGS[Verdict(row.verdict)], cells, aside, bool(row.applied_at)))
    return Table(columns, lead, far, lines, tab, min(page, pages), pages)


def _arranged(columns: list[Column], spec: ImportSpec, remarked: set[str]) -> tuple[list[Column], int, set[str]]:
    """The columns of a page, how many lead, and those far off that have remarks.

    What fits a screen stays as in the file. Of more columns, those that tell which row it is come first and then those
    with remarks, so that nobody has to look for red cells beyond the edge.
    """
    if len(columns) <= _FIT:
        return columns, len(columns), set()
    lead = [column for column in columns if column.name in spec.key or column.kind == "name"]
    marked = [column for column in columns if column.name in remarked and column not in lead]
    rest = [column for column in columns if column not in lead and column not in marked]
    return [*lead, *marked, *rest], len(lead), {column.name for column in marked[_NEAR:]}


def _alike(job: ImportJob) -> Counter[Same]:
    """How many cells each "all of these" would mend: those that hold the same and get the same suggestion."""
    if job.count("cells") > _COUNTED_ISSUES:
        return Counter()
    said, _ = selectors.remarks(job)
    found = {
        (number, words.field, words.suggestion)
        for number, every in said.items()
        for words in every
        if words.suggestion and words.rule != DUPLICATE
    }
    if not found:
        return Counter()
    cells = {row.number: row.cells for row in selectors.rows(job, verdict=Verdict.ERROR)}
    return Counter(
        (field, suggestion, written(cells[number].get(field))) for number, field, suggestion in found if number in cells
    )


def _remark(issue_id: int, words: Issue, row: ParsedRow, same: Counter[Same]) -> Remark:
    fix, alike = "", 0
    if words.suggestion:
        fix = words.suggestion if words.rule == DUPLICATE else f"改为“{words.suggestion}”"
        alike = same[words.field, words.suggestion, written(row.cells.get(words.field))]
    return Remark(issue_id, words.message, words.severity, fix, alike if alike > 1 else 0)


def _cell(column: Column, row: ParsedRow, reader: RowReader, remarks: list[Remark]) -> Cell:
    raw = masked_raw(column, row.cells.get(column.name))
    if column.name not in row.values:
        return Cell(column.label, raw, column.text_format, remarks=remarks)
    value = row.values[column.name]
    clean = reader.display(column, value)
    return Cell(
        column.label, clean, column.text_format, _tidied(column, row.cells.get(column.name), value, clean), remarks
    )


def _tidied(column: Column, raw: Raw, value: Any, clean: str) -> str:
    """What the cell held, where reading changed it (P-25); hidden as its value is."""
    if value is None:
        return ""
    if column.mask:
        return "" if written(raw) in ("", value) else masked_as_typed(column, raw, value)
    return "" if written(raw) == clean else masked_raw(column, raw)


def warnings(job: ImportJob) -> list[Warning]:
    """The warnings of rows that would be imported, grouped by what they say."""
    groups: dict[str, list[Any]] = {}
    for number, words, confirmed in selectors.warnings_of(job):
        entry = groups.setdefault(selectors.group_of(words), [words.message, [], True])
        entry[1].append(number)
        entry[2] = entry[2] and confirmed
    return [Warning(group, _where(numbers), message, done) for group, (message, numbers, done) in groups.items()]


def _where(numbers: list[int]) -> str:
    told = "、".join(str(number) for number in numbers[:8])
    return f"第 {told} {'等 ' + format(len(numbers), ',') + ' ' if len(numbers) > 8 else ''}行"
