"""Scan of one sheet's XML before it is loaded: far-away cells, errors, formulas, merged areas.

The loader allocates the whole rectangle between the first and the last cell, so a 5 KB file with A1 and XFD1048576
would ask for 549 GB. The regular expressions run at C speed over the bytes; only suspects are looked at in Python.
"""

from __future__ import annotations

import html
import posixpath
import re
from xml.etree import ElementTree

from .archive import Archive
from .limits import Limits
from .marks import Marks
from .places import area, column_letters, column_number, place
from .problems import Unreadable

_FAR = re.compile(rb"<(?:\w+:)?c\b[^>]*?\sr\s*=\s*[\"']([A-Z]{2,}\d+|[A-Z]\d{5,})[\"'][^>]*>")
_BARE = re.compile(rb"<(?:\w+:)?c(?:\s+(?!r\s*=)\w+\s*=\s*[\"'][^\"']*[\"'])*\s*>")
_FAR_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\sr\s*=\s*[\"'](\d{5,})[\"'][^>]*(?<!/)>")
_ERROR = re.compile(
    rb"<(?:\w+:)?c\b(?=[^>]*\st\s*=\s*[\"']e[\"'])[^>]*?\sr\s*=\s*[\"']([A-Z]+\d+)[\"'][^>]*>"
    rb"(?:(?!</?(?:\w+:)?c[\s>]).)*?<(?:\w+:)?v>([^<]*)<",
    re.DOTALL,
)
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b[^>]*?\sr\s*=\s*[\"']([A-Z]+\d+)[\"'][^>]*>\s*<(?:\w+:)?f\b[^>]*?"
    rb"(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v>([^<]*))?"
)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\sref\s*=\s*[\"']([A-Z0-9:]+)[\"']")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\shidden\s*=\s*[\"'](?:1|true)[\"'][^>]*(?<!/)>")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def sheet_parts(archive: Archive) -> dict[str, str]:
    """Sheet name → part name, in the order of the workbook. Raises Unreadable for a broken workbook."""
    try:
        targets = {
            node.get("Id", ""): node.get("Target", "")
            for node in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        }
        sheets = [
            node
            for node in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter()
            if node.tag.rpartition("}")[2] == "sheet"
        ]
    except ElementTree.ParseError as error:
        raise Unreadable("文件已损坏，打不开。请用 Excel 或 WPS 打开，另存为 xlsx 后再上传") from error
    parts = {}
    for node in sheets:
        target = targets.get(node.get(_RELATION) or node.get(_STRICT_RELATION) or "", "")
        parts[node.get("name", "")] = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
    return parts


def scan(content: bytes, limits: Limits) -> Marks:
    """Raises Unreadable when a cell with content lies beyond the caps."""
    refuse_far_cells(content, limits)
    marks = Marks()
    if b"hidden" in content:  # a word is looked for at once, a pattern tag by tag
        marks.hidden_rows = len(_HIDDEN_ROW.findall(content))
    if b't="e"' in content or b"t='e'" in content:
        for match in _ERROR.finditer(content):
            _put(marks.errors, match[1], html.unescape(match[2].decode("utf-8", "replace")))
    if b"<f" in content or b":f" in content:
        for match in _FORMULA.finditer(content):
            marks.formulas += 1
            if not match[2] and (where := place(match[1].decode())):
                marks.uncomputed.add(where)
    if b"mergeCell" in content:
        for match in _MERGED.finditer(content):
            if rectangle := area(match[1].decode()):
                marks.merged.append(rectangle)
    return marks


def refuse_far_cells(content: bytes, limits: Limits) -> None:
    """Cells without content do not count: a formatted empty row at the bottom is nobody's fault."""
    beyond = 0
    for match in _FAR.finditer(content):
        where = place(match[1].decode())
        if match[0].endswith(b"/>") or (where and where[0] <= limits.last_row and where[1] <= limits.columns):
            continue
        if where is None or where[1] > limits.columns:
            letters = match[1].decode().rstrip("0123456789")
            raise Unreadable(
                f"{letters} 列（第 {column_number(letters):,} 列）还有内容，最多读 {limits.columns} 列"
                f"（到 {column_letters(limits.columns)} 列）。请删掉多余的列后再上传"
            )
        beyond = max(beyond, where[0])
    if not beyond and _BARE.search(content):
        beyond = max((int(m[1]) for m in _FAR_ROW.finditer(content)), default=0)
    if beyond > limits.last_row:
        raise Unreadable(
            f"第 {beyond:,} 行还有内容，每个文件最多 {limits.rows:,} 行。请拆成几个文件；"
            "没有那么多行的，请删掉下面多余的内容后再上传"
        )


def _put(marks: dict[tuple[int, int], str], address: bytes, text: str) -> None:
    if where := place(address.decode()):
        marks[where] = text
