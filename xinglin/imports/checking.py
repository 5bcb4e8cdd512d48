"""The one check, used before the user confirms and again inside the run (P-16)."""

from __future__ import annotations

from collections.abc import Iterable

from xinglin.kernel.issues import Issue

from .cells import RowReader
from .enums import Mode, Verdict
from .rows import ParsedRow
from .spec import Context, ImportSpec

DUPLICATE = "duplicate"
_NOT_NEW = "系统里已有这一条，本次选的是“只新增”。要修改请换成“新增和更新”"
_NOT_THERE = "系统里没有这一条，本次选的是“只更新”。要新增请换成“新增和更新”"


def read_cells(rows: list[ParsedRow], reader: RowReader, spec: ImportSpec) -> list[ParsedRow]:
    """Cells into values and what the spec reads from them, the half of the check that asks nobody; the same rows."""
    for row in rows:
        reader.read(row)
    spec.read(rows)
    return rows


def judge(rows: list[ParsedRow], spec: ImportSpec, context: Context) -> None:
    """The second half, of rows whose cells are read: find duplicates, ask the spec, settle the verdicts.

    Writes nothing anywhere.
    """
    mark_duplicates(rows, spec)
    spec.check(rows, context)
    for row in rows:
        settle(row, spec, context.mode)


def key_column(spec: ImportSpec) -> str:
    """Where remarks on the key stand: at the number, when the key has one."""
    numbers = [name for name in spec.key if spec.column(name).kind == "id_number"]
    return numbers[0] if numbers else spec.key[-1]


def mark_duplicates(rows: Iterable[ParsedRow], spec: ImportSpec) -> None:
    """The second and later rows with one key are refused, with the number of the first."""
    first: dict[tuple[object, ...], int] = {}
    place = key_column(spec)
    for row in rows:
        if not row.read(*spec.key):
            continue
        values = row.values
        key = tuple([values[name] for name in spec.key])
        number = first.setdefault(key, row.number)
        if number != row.number:
            row.error(place, f"与第 {number} 行重复", suggestion=f"只留第 {number} 行", rule=DUPLICATE)


def settle(row: ParsedRow, spec: ImportSpec, mode: str) -> None:
    """The row's verdict under the mode; an unchanged row needs no confirmation of its warnings."""
    if mode == Mode.CREATE and row.verdict == Verdict.UPDATE and not row.failed:
        row.error(key_column(spec), _NOT_NEW, rule="mode")
    if mode == Mode.UPDATE and row.verdict == Verdict.CREATE and not row.failed:
        row.error(key_column(spec), _NOT_THERE, rule="mode")
    if row.failed:
        row.verdict = Verdict.ERROR
    elif row.verdict == Verdict.UNCHANGED:
        row.issues = []
    if not row.issues:
        return
    names = {column.name for column in spec.columns}
    row.issues = [issue if issue.field in names else _on_row(issue) for issue in row.issues]


def _on_row(issue: Issue) -> Issue:
    return Issue("", issue.message, issue.severity, issue.suggestion, issue.rule)
