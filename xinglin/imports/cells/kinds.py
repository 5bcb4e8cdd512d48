"""One reader per kind of column: raw cell in, clean value out, CellProblem with the reason otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from xinglin.kernel import names, phones, text, uscc
from xinglin.kernel.declarations import SHORT

from ..columns import Column
from ..rows import Raw
from .problem import CellProblem
from .raw import as_text, exact_text, phone_text

Read = Callable[[Raw], Any]

_PLAIN = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]+")
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fff]{2,20}")
_PLAIN_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0{1,2}:00(?::00)?)?")
_DATE_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TRUE = {"是", "TRUE"}
_FALSE = {"否", "FALSE"}
_MEANT = {"Y": "是", "YES": "是", "1": "是", "有": "是", "√": "是", "对": "是"} | {
    "N": "否", "NO": "否", "0": "否", "无": "否", "×": "否", "X": "否", "不是": "否", "没有": "否",
}  # fmt: skip

_HAN_DIGITS = {word: number for number, word in enumerate("〇一二三四五六七八九十")} | {"零": 0, "两": 2}


def text_reader(column: Column) -> Read:
    """Text for people, or a number in text form where ``text_format`` says so."""
    limit = column.max_length
    clean = text.one_line if limit and limit <= SHORT else text.normalise

    def read(raw: Raw) -> str:
        if column.text_format:
            value = text.normalise_code(exact_text(raw))
        elif type(raw) is str and _PLAIN.fullmatch(raw):
            value = raw
        else:
            value = clean(as_text(raw))
        if limit and len(value) > limit:
            raise CellProblem(f"有 {len(value)} 个字，最多 {limit} 个字")
        return column.cleaner(value) if column.cleaner and value else value

    return read


def read_name(raw: Raw) -> str:
    return names.clean_name(as_text(raw))


def read_mobile(raw: Raw) -> str:
    return phones.clean_mobile(phone_text(raw))


def read_uscc(raw: Raw) -> str:
    return uscc.check(exact_text(raw))


def read_email(raw: Raw) -> str:
    value = text.normalise_code(as_text(raw)).lower()
    if not _EMAIL.fullmatch(value) or len(value) > 100:
        raise CellProblem("邮箱格式不对，应像 name@example.com")
    return value


def date_reader(column: Column) -> Read:
    """A day; date cells and the ways in which people write a day."""

    def read(raw: Raw) -> date:
        if isinstance(raw, list) and raw[0] == "date":
            return datetime.fromisoformat(raw[1]).date()
        if isinstance(raw, int) and not isinstance(raw, bool) and not _DATE_DIGITS.fullmatch(str(raw)):
            raise CellProblem(f"{raw} 不是日期，请填成 {column.example or '2026-10-13'} 的样子")
        written = text.normalise(as_text(raw))
        match = _DATE.fullmatch(written) or _DATE_DIGITS.fullmatch(written)
        if not match:
            raise CellProblem(f"日期认不出，请填成 {column.example or '2026-10-13'} 的样子")
        try:
            day = date(*(int(part) for part in match.groups()))
        except ValueError:
            raise CellProblem("这一天不存在，请核对") from None
        if not 1900 <= day.year <= 2200:
            raise CellProblem(f"年份 {day.year} 不对，请核对")
        return day

    return read


def int_reader(column: Column) -> Read:
    """A whole number within the column's bounds; a unit after it is taken off."""

    def read(raw: Raw) -> int:
        written = text.normalise_code(as_text(raw))
        for unit in column.units:
            written = written.removesuffix(unit)
        if written.endswith(".0"):
            written = written[:-2]
        if not re.fullmatch(r"[+-]?\d{1,12}", written):
            raise CellProblem("应填整数", _in_digits(column, written))
        number = int(written)
        if column.minimum is not None and number < column.minimum:
            raise CellProblem(f"不能小于 {column.minimum}")
        if column.maximum is not None and number > column.maximum:
            raise CellProblem(f"不能大于 {column.maximum}")
        return number

    return read


def _in_digits(column: Column, written: str) -> str | None:
    """三 as 3, where the column may hold it."""
    number = _HAN_DIGITS.get(written)
    if number is None or number < (column.minimum or 0) or (column.maximum is not None and number > column.maximum):
        return None
    return str(number)


def read_bool(raw: Raw) -> bool:
    written = text.normalise_code(as_text(raw))
    if written in _TRUE:
        return True
    if written in _FALSE:
        return False
    raise CellProblem("应填“是”或“否”", _MEANT.get(written))


CLEAN_KINDS = {"name": _PLAIN_NAME.fullmatch, "mobile": _PLAIN_MOBILE.fullmatch}
"""Texts that are clean as they stand: nearly all, and nothing would change them."""
PLAIN_KINDS: dict[str, Callable[[Column], Read]] = {
    "text": text_reader,
    "name": lambda column: read_name,
    "mobile": lambda column: read_mobile,
    "uscc": lambda column: read_uscc,
    "email": lambda column: read_email,
    "date": date_reader,
    "int": int_reader,
    "bool": lambda column: read_bool,
}
