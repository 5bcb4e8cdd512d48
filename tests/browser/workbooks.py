"""The secretary's workbook: 300 accounts with the mess of real life, and what mends it."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from xinglin.kernel import id_numbers

YEAR = 2026
SIZE = 300
AREA = "510199"
FIXTURE = Path(__file__).parent / "fixtures" / "accounts-libreoffice.xlsx"
SURNAMES, GIVEN = "林陈苏何梁沈方叶程江顾许宋韩白", "知夏望舒景行思远若溪清和嘉树明澈安之"
WRONG_DIGIT, DUPLICATE, TYPED_AS_NUMBER, SHORT_PHONE = 20, 30, 40, 60
ID_CARD_ALIAS = range(50, 55)
WRONG = (WRONG_DIGIT, DUPLICATE, TYPED_AS_NUMBER, SHORT_PHONE)


def person(number: int) -> tuple[str, str, str]:
    """Name, ID number and phone of the number-th invented resident (from 1)."""
    name = SURNAMES[number % 15] + GIVEN[number % 17] + GIVEN[number // 17 % 17]
    return name, id_numbers.synthetic(AREA, date(1997, 1, 1) + timedelta(days=number), number), f"1930000{number:04d}"


def _cells(number: int) -> list[object]:
    name, id_number, phone = person(number)
    cells: list[object] = [str(YEAR), name, "居民身份证", id_number, phone]
    if number == 10:
        cells[1], cells[4] = f" {name}　", "１９３００００００１０"
    if number == 11:
        cells[3] = f" {id_number.lower()} "
    if number == WRONG_DIGIT:
        cells[3] = id_number[:-1] + ("1" if id_number[-1] != "1" else "2")
    if number == DUPLICATE:
        cells[3] = person(DUPLICATE - 1)[1]
    if number == TYPED_AS_NUMBER:
        cells[3] = int(id_number[:17] + "0")
    if number == SHORT_PHONE:
        cells[4] = phone[:-1]
    if number in ID_CARD_ALIAS:
        cells[2] = "身份证"
    return cells


def _header(page: object) -> int:
    """Row number of the headings."""
    for row in page.iter_rows(max_row=12):  # type: ignore[attr-defined]
        if any("证件号码" in str(cell.value) for cell in row):
            return int(row[0].row)
    raise AssertionError("the template has no headings")


def messy(template: bytes) -> bytes:
    """The template, filled in by hand."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    page = book["账号"]
    first = _header(page) + 2
    for number in range(1, SIZE + 1):
        for column, value in enumerate(_cells(number), start=1):
            page.cell(first + number - 1, column, value)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def mended(failed: bytes) -> bytes:
    """The returned workbook of the failed rows with every fault put right, otherwise as it came."""
    book = openpyxl.load_workbook(io.BytesIO(failed))
    page = book["账号"]
    header = _header(page)
    heads = {str(cell.value).rstrip("*"): cell.column for cell in page[header] if cell.value}
    by_name = {person(number)[0]: person(number) for number in WRONG}
    for row in range(header + 1, page.max_row + 1):
        name = str(page.cell(row, heads["姓名"]).value or "").strip()
        if name in by_name:
            page.cell(row, heads["证件号码"], by_name[name][1])
            page.cell(row, heads["手机号"], by_name[name][2])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def saved_by_libreoffice(data: bytes) -> bytes:
    """The workbook as LibreOffice saves it; without LibreOffice the one that it saved once (same rows)."""
    program = shutil.which("soffice")
    if program is None:
        return FIXTURE.read_bytes()
    with TemporaryDirectory() as folder:
        source = Path(folder) / "accounts.xlsx"
        source.write_bytes(data)
        target = Path(folder) / "out"
        command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx",
                   "--outdir", str(target), str(source)]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return (target / "accounts.xlsx").read_bytes()


def rows_of(data: bytes) -> list[list[str]]:
    """All cells of the first sheet as text."""
    page = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [["" if value is None else str(value) for value in row] for row in page.iter_rows(values_only=True)]


def opened_by_libreoffice(data: bytes) -> list[list[str]]:
    """The rows of the first sheet as LibreOffice reads them; without LibreOffice as openpyxl does."""
    program = shutil.which("soffice")
    if program is None:
        return rows_of(data)
    with TemporaryDirectory() as folder:
        source = Path(folder) / "export.xlsx"
        source.write_bytes(data)
        command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
                   "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", folder, str(source)]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return list(csv.reader(io.StringIO((Path(folder) / "export.csv").read_text(encoding="utf-8"))))
