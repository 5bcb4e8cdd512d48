"""Q-11: every kind of hostile or messy file gives a clear refusal or a right reading, quickly."""

from __future__ import annotations

import io
import resource
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import msoffcrypto.format.ooxml
import openpyxl
import pytest

from xinglin.imports.testing import csv_file, xls_file, xlsx_file
from xinglin.imports.workbook.limits import Limits
from xinglin.imports.workbook.problems import Unreadable
from xinglin.imports.workbook.reading import Sheet, read

pytestmark = pytest.mark.req("Q-11")
LABELS = ["姓名", "证件号码", "手机号"]
TABLE = [LABELS, ["林知夏", "110199199001010011", "13900000001"]]


def look(data: bytes, limits: Limits | None = None) -> Sheet:
    return read(data, wanted="账号", labels=LABELS, limits=limits)


def refusal(data: bytes, limits: Limits | None = None) -> str:
    """The words of the refusal, which took no more processor time than a file may take, and what starting it takes."""
    before = processor_seconds()
    with pytest.raises(Unreadable) as error:
        look(data, limits)
    assert processor_seconds() - before < (limits or Limits()).seconds + 5
    return str(error.value)


def processor_seconds() -> float:
    """Of the processes that read files so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def spoiled(change: Callable[[Any], None], table: list[list[Any]] = TABLE) -> bytes:
    return xlsx_file(table, "账号", change)


def rezipped(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The same workbook with some parts rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "文件是空的"),
        (b" \r\n\t\n", "文件是空的"),
        (b"\xef\xbb\xbf", "文件是空的"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"\xff\xd8\xff\xe0JFIF", "图片"),
        (b"Rar!\x1a\x07\x00", "压缩包"),
        (b"\x1f\x8b\x08", "压缩包"),
        (b"<html><table><tr><td>1</td></tr></table>", "网页"),
        (b"<?xml version='1.0'?><Workbook/>", "网页或 XML"),
        (b"\x00\x01\x02\x03binary", "认不出"),
        (b"PK\x03\x04 not a zip", "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 not a compound file", "损坏"),
        (b"\x81\x30\xff\xff\xfe\xfd", "编码认不出"),
    ],
)
def test_wrong_content(data: bytes, words: str) -> None:
    """A file is what its content says, whatever its name."""
    assert words in refusal(data)


def zip_of(**parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def test_other_zips_are_named() -> None:
    assert "Word" in refusal(zip_of(word__document="<w/>"))
    assert "ODS" in refusal(zip_of(**{"mimetype": "application/ods", "content.xml": "<o/>"}))
    assert "压缩包" in refusal(zip_of(names="a"))
    assert "xlsb" in refusal(zip_of(**{"xl/workbook.bin": "", "[Content_Types].xml": ""}))


def test_password() -> None:
    plain, locked = io.BytesIO(xlsx_file(TABLE)), io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("secret", locked)
    assert "打开密码" in refusal(locked.getvalue())


def far(cell: str) -> bytes:
    return spoiled(lambda book: book.active.__setitem__(cell, 1))


@pytest.mark.parametrize(("cell", "words"), [("XFD1048576", "XFD 列"), ("A1048576", "1,048,576 行"), ("GS3", "GS 列")])
def test_far_apart_cells_are_refused_cheaply(cell: str, words: str) -> None:
    """The reader would ask for 549 GB; the scan refuses in a fraction of a second."""
    data = far(cell)
    assert len(data) < 20_000
    before = processor_seconds()
    assert words in refusal(data)
    assert processor_seconds() - before < 3


def test_far_cell_without_content_hurts_nobody() -> None:
    def change(book: Any) -> None:
        book.active["XFD1048576"].font = openpyxl.styles.Font(bold=True)

    assert len(look(spoiled(change)).lines) == 2


def test_far_row_without_addresses() -> None:
    """Cells may leave out their address; then the row's number places them."""

    def bare(name: str, content: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return content
        return content.replace(b"</sheetData>", b'<row r="1048576"><c><v>1</v></c></row></sheetData>')

    assert "1,048,576 行" in refusal(rezipped(xlsx_file(TABLE), bare))


def test_one_million_rows() -> None:
    row = b'<row r="%d"><c r="A%d"><v>1</v></c></row>'
    body = b"".join(row % (n, n) for n in range(3, 1_000_001))

    def fill(name: str, content: bytes) -> bytes:
        return content.replace(b"</sheetData>", body + b"</sheetData>") if name.endswith("sheet1.xml") else content

    assert "20,000 行" in refusal(rezipped(xlsx_file(TABLE), fill))


def test_a_few_rows_too_many() -> None:
    small = Limits(rows=100, lead_rows=10)
    table = [LABELS, *(["林知夏", str(n), "1"] for n in range(120))]
    assert "100 行" in refusal(xlsx_file(table), small)
    assert "100 行" in refusal(xls_file(table), small)
    assert "100 行" in refusal(csv_file(table), small)


def test_too_many_columns() -> None:
    wide = [[f"列{n}" for n in range(230)]]
    assert "200 列" in refusal(xls_file(wide))
    assert "200 列" in refusal(csv_file(wide))


def test_zip_bomb() -> None:
    """A part that inflates beyond the cap, honestly declared."""

    def grow(name: str, content: bytes) -> bytes:
        return content + b" " * (97 * 1024 * 1024) if name.endswith("sheet1.xml") else content

    bomb = rezipped(xlsx_file(TABLE), grow)
    assert len(bomb) < 1_000_000
    assert "太大" in refusal(bomb)


def test_zip_that_lies_about_its_size() -> None:
    data = bytearray(rezipped(xlsx_file(TABLE), lambda name, content: content))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    place = data.rindex(b"xl/worksheets/sheet1.xml") - 46 + 24
    assert bytes(data[place : place + 4]) == size
    data[place : place + 4] = (10).to_bytes(4, "little")
    assert "压缩结构不正常" in refusal(bytes(data))


def test_zip_with_too_many_parts() -> None:
    stream = io.BytesIO(xlsx_file(TABLE))
    with zipfile.ZipFile(stream, "a") as archive:
        for number in range(2100):
            archive.writestr(f"xl/x{number}.xml", "")
    assert "部件" in refusal(stream.getvalue())


def test_entities_are_refused() -> None:
    def bomb(name: str, content: bytes) -> bytes:
        head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
        return head + content.split(b"?>", 1)[-1] if name == "xl/workbook.xml" else content

    assert "内部结构不正常" in refusal(rezipped(xlsx_file(TABLE), bomb))


def test_file_over_the_limit() -> None:
    assert "10 MB" in refusal(b"x" * (10 * 1024 * 1024 + 1))


def big() -> bytes:
    """A regular workbook of 90,000 rows × 26 columns."""
    cells = b"".join(b'<c r="%c%%d"><v>1</v></c>' % (65 + n) for n in range(26))
    body = b"".join(b'<row r="%d">' % n + cells % ((n,) * 26) + b"</row>" for n in range(3, 90_000))

    def fill(name: str, content: bytes) -> bytes:
        return content.replace(b"</sheetData>", body + b"</sheetData>") if name.endswith("sheet1.xml") else content

    return rezipped(xlsx_file(TABLE), fill)


def test_time_and_memory_limits() -> None:
    """A file that needs too much ends its own process, not the server."""
    data = big()
    assert "已停止" in refusal(data, Limits(rows=90_000, seconds=1))
    assert "已停止" in refusal(data, Limits(rows=90_000, memory=128 * 1024 * 1024))


def test_empty_workbook() -> None:
    assert "没有内容" in refusal(xlsx_file([]))
    assert "没有内容" in refusal(xlsx_file([["", "  "]]))


def test_dates_numbers_and_booleans() -> None:
    sheet = look(
        xlsx_file([LABELS, [date(2026, 1, 2), datetime(2026, 1, 2, 8, 30), True], [12, 1.5, 1.10199e17]], "账号")
    )
    assert sheet.lines[1][1] == [["date", "2026-01-02"], ["date", "2026-01-02 08:30:00"], True]
    assert sheet.lines[2][1] == [12, 1.5, 1.10199e17]


def test_row_numbers_are_those_of_the_sheet() -> None:
    sheet = look(xlsx_file([[], ["说明"], [], LABELS, [], ["林知夏", "1", "2"]], "账号"))
    assert [number for number, _ in sheet.lines] == [2, 4, 6]


def test_error_values_are_not_blank() -> None:
    sheet = look(xlsx_file([LABELS, ["林知夏", "#DIV/0!", "#REF!"]], "账号"))
    assert sheet.lines[1][1] == ["林知夏", ["error", "#DIV/0!"], ["error", "#REF!"]]


def test_formulas_without_result() -> None:
    sheet = look(xlsx_file([LABELS, ["林知夏", "=1+1", '="a"&"b"']], "账号"))
    assert sheet.lines[1][1] == ["林知夏", ["formula", ""], ["formula", ""]]
    assert sheet.formulas == 2


def test_formula_with_result_is_read_and_counted() -> None:
    def fill(name: str, content: bytes) -> bytes:
        return content.replace(b"<v></v>", b"<v>42</v>").replace(b"<v />", b"<v>42</v>").replace(b"<v/>", b"<v>42</v>")

    sheet = look(rezipped(xlsx_file([LABELS, ["林知夏", "=6*7", "1"]], "账号"), fill))
    assert (sheet.lines[1][1][1], sheet.formulas) == (42, 1)


def test_merged_cells_are_told() -> None:
    sheet = look(spoiled(lambda book: book.active.merge_cells("A2:A4")))
    assert sheet.merged == [[2, 1, 4, 1]]


def test_sheets() -> None:
    """The named sheet first, then the one with our headings; hidden ones are told, not read."""

    def add(book: Any) -> None:
        book.active.title = "别的"
        book.create_sheet("名单").append(LABELS)
        book["名单"].append(TABLE[1])
        hidden = book.create_sheet("藏")
        hidden.append(LABELS)
        hidden.sheet_state = "hidden"

    sheet = look(spoiled(add, [["无关"]]))
    assert (sheet.sheet, sheet.hidden_sheets, sheet.other_sheets) == ("名单", ["藏"], ["别的"])


def test_hidden_rows_are_counted() -> None:
    def hide(book: Any) -> None:
        book.active.row_dimensions[2].hidden = True

    assert look(spoiled(hide)).hidden_rows == 1


def test_old_xls() -> None:
    sheet = look(xls_file([LABELS, ["林知夏", "110199199001010011", 13900000001]], "账号"))
    assert (sheet.format, sheet.lines[1][1]) == ("xls", ["林知夏", "110199199001010011", 13900000001])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv(encoding: str, delimiter: str) -> None:
    sheet = look(csv_file(TABLE, encoding, delimiter))
    assert [cells for _, cells in sheet.lines] == TABLE


def test_csv_guards_and_broken_quotes() -> None:
    sheet = look('姓名,证件号码,手机号\n林知夏,"=""110199""",\t139\n'.encode())
    assert sheet.lines[1][1] == ["林知夏", "110199", "139"]
    assert look('姓名,证件号码\n"林,知夏'.encode()).lines[1][1][0].startswith("林")
    assert "乱码" in refusal("姓名,证件号码\n".encode() + b"x" * 5000 + b"\x00")
