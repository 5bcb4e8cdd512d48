"""Rows of an import judged without a file: labels and texts in, remarks out."""

from __future__ import annotations

from typing import Any

from xinglin.imports.cells import RowReader
from xinglin.imports.checking import judge, read_cells
from xinglin.imports.rows import ParsedRow
from xinglin.imports.spec import Context, ImportSpec
from xinglin.kernel.viewer import Viewer

Line = dict[str, Any]


def judged(
    spec: ImportSpec, viewer: Viewer, *lines: Line, mode: str = "", **params: str
) -> tuple[list[ParsedRow], Context]:
    """The rows as the machine judges them, line 2 on, with the context that ``apply`` needs."""
    names = {column.label: column.name for column in spec.columns}
    rows = [
        ParsedRow(number, {names[label]: cell for label, cell in line.items()}) for number, line in enumerate(lines, 2)
    ]
    context = spec.prepare(viewer, params, mode or spec.modes[0])
    there = {names[label] for line in lines for label in line}
    judge(read_cells(rows, RowReader(spec.columns, there, viewer), spec), spec, context)
    return rows, context


def applied(spec: ImportSpec, viewer: Viewer, *lines: Line, mode: str = "", **params: str) -> list[ParsedRow]:
    """Judge and write what may be written."""
    rows, context = judged(spec, viewer, *lines, mode=mode, **params)
    spec.apply([row for row in rows if row.verdict in ("create", "update")], context, by=viewer)
    return rows


def errors(row: ParsedRow) -> list[tuple[str, str]]:
    """(column, words) of what refuses the row."""
    return [(issue.field, issue.message) for issue in row.issues if issue.severity == "error"]


def warnings(row: ParsedRow) -> list[tuple[str, str]]:
    """(column, words) of what the user confirms."""
    return [(issue.field, issue.message) for issue in row.issues if issue.severity == "warning"]
