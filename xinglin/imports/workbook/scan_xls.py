"""Scan of the old xls format (BIFF8): passwords, errors, merged areas of each sheet, in the order of the workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator

from .marks import Marks
from .problems import Unreadable
from .sniff import password_message

_EOF, _FILEPASS, _BOUNDSHEET = 0x000A, 0x002F, 0x0085
_BOOLERR, _FORMULA, _MERGEDCELLS = 0x0205, 0x0006, 0x00E5
_WORKSHEET = 0
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def scan(data: bytes) -> dict[str, Marks]:
    """Marks by sheet name. Raises Unreadable for an encrypted or broken workbook."""
    import olefile  # only here: the process that reads an xlsx does without

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as compound:
            name = "Workbook" if compound.exists("Workbook") else "Book"
            stream = compound.openstream(name).read()
        return _scan_stream(stream)
    except Unreadable:
        raise
    except Exception as error:  # hostile compound files raise many kinds; all mean the same to the user
        raise Unreadable("文件已损坏，打不开。请用 Excel 或 WPS 打开，另存为 xlsx 后再上传") from error


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    position = start
    while position + 4 <= len(stream):
        kind = int.from_bytes(stream[position : position + 2], "little")
        size = int.from_bytes(stream[position + 2 : position + 4], "little")
        yield kind, stream[position + 4 : position + 4 + size]
        if kind == _EOF:
            return
        position += 4 + size


def _scan_stream(stream: bytes) -> dict[str, Marks]:
    sheets: dict[str, int] = {}
    for kind, body in _records(stream, 0):
        if kind == _FILEPASS:
            raise Unreadable(password_message())
        if kind == _BOUNDSHEET and body[5] == _WORKSHEET:
            encoding = "utf-16-le" if body[7] & 1 else "latin-1"
            sheets[body[8:].decode(encoding)] = int.from_bytes(body[:4], "little")
    return {name: _scan_sheet(stream, offset) for name, offset in sheets.items()}


def _scan_sheet(stream: bytes, offset: int) -> Marks:
    marks = Marks()
    for kind, body in _records(stream, offset):
        if kind == _BOOLERR and body[7] == 1:
            marks.errors[_place(body)] = _ERRORS.get(body[6], "#N/A")
        elif kind == _FORMULA:
            marks.formulas += 1
            if body[12:14] == b"\xff\xff" and body[6] == 2:
                marks.errors[_place(body)] = _ERRORS.get(body[8], "#N/A")
        elif kind == _MERGEDCELLS:
            for start in range(2, len(body) - 7, 8):
                top, bottom, left, right = (
                    int.from_bytes(body[start + i : start + i + 2], "little") for i in (0, 2, 4, 6)
                )
                marks.merged.append((top + 1, left + 1, bottom + 1, right + 1))
    return marks


def _place(body: bytes) -> tuple[int, int]:
    return int.from_bytes(body[:2], "little") + 1, int.from_bytes(body[2:4], "little") + 1
