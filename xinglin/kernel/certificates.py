"""Numbers of diplomas, degrees, physician qualifications and practising certificates, taken apart (facts.md [2]).

The layouts are of grade 2: a number of another length is accepted with a warning, never refused; only characters
that no number can have are refused (ValueError, Chinese). What the parts say is compared by the cross-checks, R-26.
"""

import re
from dataclasses import dataclass

from xinglin.kernel import text

DIPLOMA_LEVELS = {"01": "doctor", "02": "master", "04": "second_degree", "05": "bachelor", "06": "junior_college"}
DEGREE_LEVELS = {"2": "doctor", "3": "master", "4": "bachelor"}
QUALIFICATION_LEVELS = {"1": "licensed", "2": "assistant"}


@dataclass(frozen=True, slots=True)
class Certificate:
    """A cleaned number and what it tells; every part is "" or None where the layout is not the standard one."""

    value: str
    warning: str = ""
    school: str = ""
    kind: str = ""
    year: int | None = None
    level: str = ""
    category: str = ""
    id_number: str = ""


def parse_diploma(value: object) -> Certificate:
    """学历证书编号: school 5, kind 1, year 4, level 2, serial 6 since 2001; older numbers had no common form."""
    number = _clean(value, "学历证书编号", r"[0-9A-Z\u3400-\u9fff()〔〕\[\]./-]{2,30}")
    if not re.fullmatch(r"\d{18}", number):
        return Certificate(number, f"学历证书编号通常为 18 位数字，现在是 {len(number)} 位，请核对")
    level = DIPLOMA_LEVELS.get(number[10:12], "")
    return Certificate(number, "", number[:5], number[5], int(number[6:10]), level)


def parse_degree(value: object) -> Certificate:
    """学位证书编号: institution 5, level 1, year 4, serial 6; a letter may stand before it (variants C, Z, S, E …)."""
    number = _clean(value, "学位证书编号", r"[0-9A-Z\u3400-\u9fff()〔〕\[\]./-]{2,30}")
    match = re.fullmatch(r"([A-Z]?)(\d{5})(\d)(\d{4})\d{6}", number)
    if not match:
        return Certificate(number, f"学位证书编号通常为 16 位数字，现在是 {len(number)} 位，请核对")
    variant, school, level, year = match.groups()
    return Certificate(number, "", school, variant, int(year), DEGREE_LEVELS.get(level, ""))


def parse_qualification(value: object) -> Certificate:
    """医师资格证书编码: year 4, province 2, level 1, category 2, then the ID number (15 or 18): 24 or 27 in all."""
    number = _clean(value, "医师资格证书编码", r"[0-9A-Z]{6,40}")
    match = re.fullmatch(r"(\d{4})(\d{2})(\d)(\d{2})(\d{15}|\d{17}[0-9X])", number)
    if not match:
        return Certificate(number, f"医师资格证书编码通常为 24 位或 27 位，现在是 {len(number)} 位，请核对")
    year, _province, level, category, id_number = match.groups()
    return Certificate(number, "", "", "", int(year), QUALIFICATION_LEVELS.get(level, ""), category, id_number)


def clean_diploma(value: object) -> str:
    """学历证书编号 as it is stored. Raises ValueError for characters that no number has."""
    return parse_diploma(value).value


def clean_degree(value: object) -> str:
    """学位证书编号 as it is stored. Raises ValueError for characters that no number has."""
    return parse_degree(value).value


def clean_qualification(value: object) -> str:
    """医师资格证书编码 as it is stored. Raises ValueError for characters that no code has."""
    return parse_qualification(value).value


def check_practising(value: object) -> str:
    """医师执业证书编码: 15 digits or capitals; nothing more is known for certain. Raises ValueError."""
    number = _clean(value, "执业证书编码", r"[0-9A-Z]*")
    if len(number) != 15:
        raise ValueError(f"现在是 {len(number)} 位，执业证书编码应为 15 位")
    return number


def _clean(value: object, name: str, pattern: str) -> str:
    number = text.normalise_code(value)
    if not number:
        raise ValueError(f"{name}没有填写")
    if not re.fullmatch(pattern, number):
        raise ValueError(f"{name}含有不合规的字符或长度不对")
    return number
