"""Mobile numbers of mainland China."""

import re

from xinglin.kernel import text

_PREFIX = re.compile(r"^(?:\+86|0086|86(?=1\d{10}$))")


def clean_mobile(value: object) -> str:
    """Eleven digits; +86, 0086 and 86 before the number, hyphens, brackets and spaces are taken off.

    Raises ValueError with a Chinese reason.
    """
    number = re.sub(r"[-().·]", "", text.normalise_code(value))
    number = _PREFIX.sub("", number)
    if not number:
        raise ValueError("手机号没有填写")
    if not (number.isascii() and number.isdigit()):
        raise ValueError("手机号含有不是数字的字符")
    if len(number) != 11:
        raise ValueError(f"现在是 {len(number)} 位，手机号应为 11 位")
    if not re.match(r"1[3-9]", number):
        raise ValueError(f"手机号应以 13 至 19 开头，现在是 {number[:2]}")
    return number
