"""Citizen ID numbers (GB 11643) and the numbers of the other identity documents (facts.md, Identifiers; R-03).

Every ValueError carries the Chinese reason that the user sees. An area code that no table knows is no error:
counties are founded and abolished; see `area_warning`.
"""

import re
from collections.abc import Container
from datetime import date
from operator import mul
from typing import NamedTuple

from xinglin.kernel import clock, text

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
_SHAPE = re.compile("[0-9]*[0-9X]")
_ZEROES = ord("0") * sum(WEIGHTS)
MALE, FEMALE = "1", "2"  # GB/T 2261.1
EARLIEST_BIRTH_YEAR = 1900
_SURELY_PAST = 2020  # the clock need not be asked about births up to this year

RESIDENT_ID, OVERSEAS_CHINESE, PASSPORT, HONG_KONG_MACAO_PERMIT = "01", "04", "05", "06"
TAIWAN_PERMIT, TAIWAN_RESIDENCE, PERMANENT_RESIDENCE, HONG_KONG_MACAO_RESIDENCE = "07", "08", "09", "10"


class IdNumber(NamedTuple):
    """A checked number (a tuple: an import makes tens of thousands). birth_date and sex (GB/T 2261.1) are None where the document does not tell them."""

    value: str
    area: str = ""
    birth_date: date | None = None
    sex: str | None = None
    serial: str = ""


def check(value: object) -> IdNumber:
    """Check an 18-digit citizen ID number: form, check digit, birth date that exists and is not in the future."""
    number = text.normalise_code(value)
    if not number:
        raise ValueError("证件号码没有填写")
    if not _SHAPE.fullmatch(number):
        raise ValueError("含有不是数字的字符")
    if len(number) == 15:
        raise ValueError("15 位旧证件号，请填 18 位")
    if len(number) != 18:
        difference = len(number) - 18
        raise ValueError(f"{'多' if difference > 0 else '少'} {abs(difference)} 位，应为 18 位")
    birth_date = _birth_date(number[6:14])
    expected = check_character(number)
    if number[17] != expected:
        raise ValueError(f"校验位不对，应为 {expected}。请核对身份证。")
    sex = MALE if int(number[16]) % 2 else FEMALE
    return IdNumber(number, number[:6], birth_date, sex, number[14:17])


def check_character(number: str) -> str:
    """The 18th character that belongs to the first 17 digits."""
    return CHECK_CHARACTERS[(sum(map(mul, number[:17].encode(), WEIGHTS)) - _ZEROES) % 11]


def _birth_date(digits: str) -> date:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise ValueError(f"出生日期 {digits} 不存在") from None
    if day.year < EARLIEST_BIRTH_YEAR or (day.year > _SURELY_PAST and day > clock.today()):
        raise ValueError(f"出生日期 {digits} 不可能")
    return day


def check_for(id_type: str, value: object) -> IdNumber:
    """Check a number by its document (code table id_type); an unknown type only asks for letters and digits."""
    if id_type == RESIDENT_ID:
        return check(value)
    number = text.normalise_code(value)
    if not number:
        raise ValueError("证件号码没有填写")
    if id_type in _RESIDENCE_AREAS and (id_type != PERMANENT_RESIDENCE or number[:1] == "9"):
        return _check_residence(id_type, number)
    pattern, reason = _FORMATS.get(id_type, _ANY)
    if not pattern.fullmatch(number):
        raise ValueError(reason)
    return IdNumber(number)


def _check_residence(id_type: str, number: str) -> IdNumber:
    prefixes, name = _RESIDENCE_AREAS[id_type]
    checked = check(number)
    if not number.startswith(prefixes):
        raise ValueError(f"{name}号码应以 {' 或 '.join(prefixes)} 开头")
    return checked


_RESIDENCE_AREAS = {
    TAIWAN_RESIDENCE: (("830000",), "台湾居民居住证"),
    HONG_KONG_MACAO_RESIDENCE: (("810000", "820000"), "港澳居民居住证"),
    PERMANENT_RESIDENCE: (("9",), "外国人永久居留证"),
}
_ANY = (re.compile(r"[0-9A-Z()/-]{4,30}"), "证件号码应为 4 至 30 位字母或数字")
_FORMATS = {
    OVERSEAS_CHINESE: (re.compile(r"[0-9A-Z]{6,18}"), "华侨身份证号码应为 6 至 18 位字母或数字"),
    PASSPORT: (re.compile(r"[0-9A-Z]{5,20}"), "护照号码应为 5 至 20 位字母或数字"),
    HONG_KONG_MACAO_PERMIT: (
        re.compile(r"[HM]\d{8}(?:\d{2})?"),
        "来往内地通行证号码应为字母 H 或 M 加 8 位或 10 位数字",
    ),
    TAIWAN_PERMIT: (
        re.compile(r"\d{8}|\d{10}(?:\([0-9A-Z]\)|[0-9A-Z])?"),
        "来往大陆通行证号码应为 8 位数字，旧证为 10 位数字（可带括号内 1 位）",
    ),
    PERMANENT_RESIDENCE: (re.compile(r"[A-Z]{3}\d{12}"), "永久居留证号码应为 18 位数字，旧证为 3 位字母加 12 位数字"),
}


def area_warning(area: str, known: Container[str]) -> str:
    """ "" when the table of divisions knows the code, else the Chinese warning."""
    if area in known:
        return ""
    return f"行政区划代码 {area} 不在现行代码表中（可能已撤并），请核对身份证"


def synthetic(area: str, birth_date: date, serial: int | str) -> str:
    """A number with a right check digit for tests and the demo.

    area: six digits of a county that does not exist (110199, 320199 …), so that no living person can own the
    number. serial: 0–999, odd for men. Raises ValueError for another shape.
    """
    body = f"{area}{birth_date:%Y%m%d}{int(serial):03d}"
    if len(body) != 17 or not body.isdigit():
        raise ValueError(f"not a 6-digit area and a 3-digit serial: {area!r}, {serial!r}")
    return body + check_character(body)
