"""Unified social credit codes (GB 32100). Our own check: letters among the first eight characters are legal."""

import re

from xinglin.kernel import text

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714, characters 9 to 16
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def check(value: object) -> str:
    """The code in capitals without spaces. Raises ValueError with a Chinese reason."""
    code = re.sub("-", "", text.normalise_code(value))
    if not code:
        raise ValueError("统一社会信用代码没有填写")
    if len(code) != 18:
        difference = len(code) - 18
        raise ValueError(f"{'多' if difference > 0 else '少'} {abs(difference)} 位，统一社会信用代码应为 18 位")
    wrong = sorted({character for character in code if character not in _VALUES})
    if wrong:
        hint = "，代码不使用字母 I、O、S、V、Z" if set(wrong) & set("IOSVZ") else ""
        raise ValueError(f"统一社会信用代码中不能有 {'、'.join(wrong)}{hint}")
    expected = check_character(code)
    if code[17] != expected:
        raise ValueError(f"统一社会信用代码校验位不对，应为 {expected}")
    return code


def check_character(code: str) -> str:
    """The 18th character that belongs to the first 17."""
    total = sum(_VALUES[character] * weight for character, weight in zip(code, WEIGHTS, strict=False))
    return ALPHABET[-total % 31]


def synthetic(area: str, serial: int, registry: str = "12") -> str:
    """A code with right check digits for tests and the demo.

    area: six digits of a county that does not exist; serial: 0 to 99,999,999; registry: 12 public institution.
    """
    body = f"{serial:08d}"
    remainder = 11 - sum(int(digit) * weight for digit, weight in zip(body, _BODY_WEIGHTS, strict=True)) % 11
    code = registry + area + body + {10: "X", 11: "0"}.get(remainder, str(remainder))
    if len(code) != 17:
        raise ValueError(f"not a 2-character registry, 6-digit area and 8-digit serial: {code!r}")
    return code + check_character(code)
