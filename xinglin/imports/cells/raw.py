"""What every kind has in common: how a raw cell becomes text, and which raw cells are refused at once."""

from __future__ import annotations

import re

from xinglin.kernel import text
from xinglin.kernel.spreadsheet_guard import unguard

from ..rows import Raw
from .problem import CellProblem

LOST_DIGITS = "是数字格式，Excel 只保留 15 位，末几位已丢失。请把这一列设为“文本”后补全"
NOT_COMPLETED = "末几位（?）还没有补上，请补全"
AS_NUMBER = "是数字格式，可能丢了开头的 0。请把这一列设为“文本”后重新填写"
SCIENTIFIC = "科学计数，末位已丢失。请设为文本后重填"
_SCIENTIFIC = re.compile(r"\s*[+-]?\d+(?:\.\d+)?[eE]\+?\d+\s*")
_LOST = re.compile(r"\s*\d{15}[?？]+\s*")
_APOSTROPHE = re.compile(r"^'(?=\d)")
_EXACT = 10**15
_WIDEST = 10**30


def shown(raw: Raw) -> str:
    """The cell as the person sees it in Excel, more or less; for screens and the workbook of failed rows."""
    if raw is None:
        return ""
    if isinstance(raw, list):
        return {"formula": "（公式没有结果）", "merged": raw[-1]}.get(raw[0], raw[1])
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, float):
        return _held(raw) if abs(raw) >= _EXACT else repr(raw)
    return str(raw)


def _held(number: float) -> str:
    """All digits that the file holds; a ? for each lost one, because zeros could pass for a whole number when the
    returned workbook comes back unmended."""
    digits, power = f"{number:.14E}".split("E")
    if not 0 < number < _WIDEST:
        return f"{digits}E{power}"
    return digits.replace(".", "") + "?" * (int(power) - 14)


def written(raw: Raw) -> str:
    """What the cell holds for the eye: cells with the same of it are mended together."""
    return shown(raw).strip()


def as_text(raw: Raw) -> str:
    """The cell's text without the apostrophe that keeps a spreadsheet from reading a formula or a number.

    Raises CellProblem for an error value, a formula without a result, or a number that lost digits.
    """
    if type(raw) is str:
        return _APOSTROPHE.sub("", unguard(raw)) if raw[:1] == "'" else raw
    if isinstance(raw, list):
        if raw[0] == "error":
            raise CellProblem(f"这一格是错误值 {raw[1]}，请改成正确的内容")
        if raw[0] == "formula":
            raise CellProblem("公式没有计算结果，请把公式换成数值（复制后“选择性粘贴”为数值）")
        if raw[0] == "merged":
            raise CellProblem(f"{raw[1]}有合并单元格，请取消合并，每行分别填写")
        return raw[1]
    if isinstance(raw, float) and abs(raw) >= _EXACT:
        raise CellProblem(SCIENTIFIC)
    return shown(raw)


def exact_text(raw: Raw) -> str:
    """The text of a number or code of which no digit may be lost.

    Raises CellProblem for a cell that Excel keeps as a number: it holds 15 digits only (P-16).
    """
    if type(raw) is str and raw.isdecimal():
        return raw  # nearly all
    if isinstance(raw, float) or (isinstance(raw, int) and not isinstance(raw, bool)):
        raise CellProblem(LOST_DIGITS if abs(raw) >= _EXACT else AS_NUMBER)
    words = as_text(raw)
    if _SCIENTIFIC.fullmatch(words):
        raise CellProblem(SCIENTIFIC)
    if _LOST.fullmatch(words):
        raise CellProblem(NOT_COMPLETED)
    return words


def phone_text(raw: Raw) -> str:
    """As `exact_text`, but whole numbers of up to 15 digits are read: no digit was lost."""
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < _EXACT:
        return str(raw)
    if isinstance(raw, float):
        raise CellProblem(SCIENTIFIC if abs(raw) >= _EXACT else "是小数，不是号码。请设为文本后重填")
    return exact_text(raw)


def is_empty(raw: Raw) -> bool:
    """Nothing, or nothing but spaces."""
    if type(raw) is not str:
        return raw is None
    return not raw[:1].isalnum() and (not raw or raw == "'" or not text.normalise(raw))
