"""Comma, semicolon or tab separated text in UTF-8, GB 18030 or UTF-16."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from .limits import Limits
from .problems import Unreadable


def decode(data: bytes) -> tuple[str, str]:
    """Text and the name of its encoding. Raises Unreadable when no encoding fits."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = [("utf-16", "UTF-16")]
    elif data.startswith(b"\xef\xbb\xbf"):
        candidates = [("utf-8-sig", "UTF-8")]
    else:
        candidates = [("utf-8", "UTF-8"), ("gb18030", "GBK")]
    for codec, name in candidates:
        try:
            return data.decode(codec), name
        except UnicodeDecodeError:
            continue
    raise Unreadable("文件的文字编码认不出（不是 UTF-8 或 GBK）。请用 Excel 或 WPS 打开，另存为 xlsx 后再上传")


def delimiter_of(text: str, labels: Iterable[str]) -> str:
    """The delimiter by which most of the known headings appear in the first lines."""
    head = "\n".join(text.splitlines()[:12])
    known = set(labels)

    def matches(delimiter: str) -> tuple[int, int]:
        rows = list(csv.reader(io.StringIO(head), delimiter=delimiter))
        found = max((sum(plain(cell).rstrip("*＊ ") in known for cell in row) for row in rows), default=0)
        return found, max((len(row) for row in rows), default=0)

    return max((",", ";", "\t", "，"), key=matches)


def plain(cell: str) -> str:
    """A csv field without the tricks by which people keep Excel from mangling it: ="123", a leading apostrophe."""
    text = cell.strip()
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        return text[2:-1]
    return text


def rows_of(data: bytes, labels: Iterable[str], limits: Limits) -> tuple[list[tuple[int, list[str]]], str]:
    """``(line number, fields)`` of every line that is not empty, and the encoding's name.

    The number is that of the record's line as a spreadsheet would show it. Raises Unreadable beyond the caps.
    """
    text, encoding = decode(data)
    if "\x00" in text:
        raise Unreadable("文件里有乱码，读不出来。请用 Excel 或 WPS 打开，另存为 xlsx 后再上传")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text, labels))
    rows = []
    try:
        for number, record in enumerate(reader, start=1):
            if len(record) > limits.columns:
                raise Unreadable(f"第 {number} 行有 {len(record):,} 列，最多 {limits.columns} 列")
            fields = [plain(field) for field in record]
            if any(fields):
                rows.append((number, fields))
            if number > limits.last_row and any(fields):
                raise Unreadable(f"超过 {limits.rows:,} 行，请拆成几个文件后再上传")
    except csv.Error as error:
        raise Unreadable("文件的分隔或引号不完整，读不出来。请用 Excel 或 WPS 打开，另存为 xlsx 后再上传") from error
    return rows, encoding
