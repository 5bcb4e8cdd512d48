"""The template that a secretary downloads, made from the spec (P-16)."""

from __future__ import annotations

from xinglin.kernel.viewer import Viewer

from ..cells.options import options_of
from ..layout import EXAMPLE_HEADING, OWN_SHEETS
from ..spec import ImportSpec
from .book import Book, comment_of

EXAMPLE_REMARK = "示例行，导入时自动跳过，可以删除"
_ALWAYS = (
    "请在第一张表中从第 2 行（示例行）下面开始填写，一行一条；列的顺序可以调整，列名不要改。",
    "列名带 * 的必须填写。证件号码、手机号、编号等列已设为文本格式，请不要改成数字。",
    "从别处复制时请“选择性粘贴”为数值，不要带公式，不要合并单元格。",
    "可以上传 xlsx、xls 或 csv（UTF-8 或 GBK）。上传后先检查，确认后才写入。",
)


def template_workbook(spec: ImportSpec, viewer: Viewer) -> bytes:
    """The xlsx: headers with comments and lists, one example row, a sheet that explains every column."""
    book = Book()
    sheet = book.sheet(spec.sheet_name)
    book.table(sheet, spec.columns, viewer)
    for place, column in enumerate(spec.columns):
        sheet.write_string(1, place, example_of(spec, column.name, viewer), book.formats["example"])
    last = len(spec.columns)
    sheet.set_column(last, last, 34)
    sheet.write_string(0, last, EXAMPLE_HEADING, book.formats["head"])
    sheet.write_string(1, last, EXAMPLE_REMARK, book.formats["example"])
    _explain(book, spec, viewer)
    sheet.activate()
    return book.finish()


def example_of(spec: ImportSpec, name: str, viewer: Viewer) -> str:
    """What the example row has in a column: the declared example, else the first option."""
    column = spec.column(name)
    if column.example or not column.has_options:
        return column.example
    options = options_of(column, viewer)
    return options[0][1] if options else ""


def _explain(book: Book, spec: ImportSpec, viewer: Viewer) -> None:
    sheet = book.sheet(OWN_SHEETS[0])
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 8)
    sheet.set_column(2, 2, 80)
    sheet.write_string(0, 0, f"{spec.title} 填写说明", book.formats["title"])
    line = 2
    for note in (*_ALWAYS, f"每个文件最多 {spec.max_rows:,} 行。", *spec.notes):
        sheet.write_string(line, 0, f"{line - 1}. {note}")
        line += 1
    line += 1
    for place, word in enumerate(("列名", "必填", "填写要求")):
        sheet.write_string(line, place, word, book.formats["head"])
    for column in spec.columns:
        line += 1
        labels = [label for _, label in options_of(column, viewer)]
        sheet.write_string(line, 0, column.label, book.formats["wrap"])
        sheet.write_string(line, 1, "是" if column.mandatory else "否", book.formats["wrap"])
        sheet.write_string(line, 2, comment_of(column, labels), book.formats["wrap"])
