"""The result of a run, row by row, with what it hands back (one-time passwords; P-05)."""

from __future__ import annotations

from xinglin.kernel.viewer import Viewer

from .. import selectors
from ..cells.raw import shown
from ..models import ImportJob, ImportRow
from ..sealing import open_cells, open_returns
from ..spec import ImportSpec
from .book import Book
from .failed import reason_of

_DONE = {"create": "已新增", "update": "已更新", "unchanged": "未变化", "dropped": "已去掉"}


def result_workbook(job: ImportJob, spec: ImportSpec, viewer: Viewer) -> bytes:
    """Every row of the file with its result."""
    book = Book()
    sheet = book.sheet("导入结果")
    columns = [column for column in spec.columns if column.name in job.layout["columns"]]
    heads = ["行号", *(column.label for column in columns), "结果", *spec.return_columns, "原因"]
    sheet.freeze_panes(1, 0)
    for place, head in enumerate(heads):
        sheet.set_column(place, place, 20)
        sheet.write_string(0, place, head, book.formats["head"])
    issues, _ = selectors.remarks(job)
    fields = ("number", "sealed", "returned", "verdict", "applied_at")
    for line, row in enumerate(ImportRow.objects.filter(job=job).order_by("number").values_list(*fields), start=1):
        number, sealed, returned, verdict, applied_at = row
        cells = open_cells(job, number, sealed)
        back = open_returns(job, number, returned)
        done = applied_at is not None or verdict in ("unchanged", "dropped")
        texts = [
            *(shown(cells.get(column.name)) for column in columns),
            _DONE[verdict] if done else "未导入",
            *(back.get(label, "") for label in spec.return_columns),
            "" if done else reason_of(number, issues.get(number, []), spec),
        ]
        sheet.write_number(line, 0, number)
        for place, text in enumerate(texts, start=1):
            book.put(sheet, line, place, text, "text")
    return book.finish()
