"""The workbook of rows that were not imported: the user's own cells, the wrong ones red, the reason beside them.

It has the template's layout, so it is mended and uploaded as it is (P-16).
"""

from __future__ import annotations

from xinglin.kernel.issues import Issue
from xinglin.kernel.viewer import Viewer

from .. import selectors
from ..cells.raw import shown
from ..layout import REASON_HEADING
from ..models import ImportJob, ImportRow
from ..sealing import open_cells
from ..spec import ImportSpec
from .book import Book

_HELD = "提醒没有确认，未导入"


def failed_workbook(job: ImportJob, spec: ImportSpec, viewer: Viewer) -> bytes:
    """Rows with errors and, once the run is over, every other row that is not in."""
    book = Book()
    sheet = book.sheet(spec.sheet_name)
    columns = [column for column in spec.columns if column.name in job.layout["columns"]]
    book.table(sheet, columns, viewer)
    last = len(columns)
    sheet.set_column(last, last, 60)
    sheet.write_string(0, last, REASON_HEADING, book.formats["must"])
    issues, _ = selectors.remarks(job)
    rows = ImportRow.objects.filter(job=job).order_by("number").values_list("number", "sealed", "verdict", "applied_at")
    line = 0
    for number, sealed, verdict, applied_at in rows:
        if not is_left(job, verdict, applied_at):
            continue
        line += 1
        remarks = issues.get(number, [])
        wrong = {issue.field for issue in remarks if issue.severity == "error"}
        cells = open_cells(job, number, sealed)
        for place, column in enumerate(columns):
            if text := shown(cells.get(column.name)):
                look = "bad" if column.name in wrong else "text" if column.text_format else "plain"
                book.put(sheet, line, place, text, look)
            elif column.name in wrong:
                sheet.write_blank(line, place, None, book.formats["bad"])
        book.put(sheet, line, last, reason_of(number, remarks, spec), "reason")
    return book.finish()


def is_left(job: ImportJob, verdict: str, applied_at: object) -> bool:
    """True for a row that needs the user: wrong, or not imported though the run is over."""
    return verdict == "error" or (job.confirmed_at is not None and verdict in ("create", "update") and not applied_at)


def reason_of(number: int, remarks: list[Issue], spec: ImportSpec) -> str:
    """All reasons of a row in one cell, each with its column."""
    labels = {column.name: f"{column.label}：" for column in spec.columns}
    words = []
    for issue in remarks:
        advice = (
            f"（{'建议' if issue.rule == 'duplicate' else '建议改为'}“{issue.suggestion}”）" if issue.suggestion else ""
        )
        mark = "" if issue.severity == "error" else "提醒，"
        words.append(f"{mark}{labels.get(issue.field, '')}{issue.message}{advice}")
    return f"原第 {number} 行。" + "；".join(words or [_HELD])
