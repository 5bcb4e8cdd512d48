"""Cleaning of typed and imported text (P-25, P-16): full-width forms, odd spaces, invisible characters.

Two strengths: `normalise` for anything people read, which leaves Chinese punctuation alone, and
`normalise_code` for numbers and codes, where only half-width characters without spaces make sense.
"""

import re
import unicodedata

# Zero-width and directional marks, soft hyphen, byte order mark, variation selectors: never visible, never meant.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)
_SPACES = re.compile(r"[\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u2800\u3164\uffa0]+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FULL_WIDTH_WORDS = {c: h for c, h in _FULL_WIDTH.items() if chr(h).isalnum()}
_DASHES = {ord(dash): "-" for dash in "‐‑‒–—―−﹣"}
# Radicals that a copy from a PDF puts in the place of the character (⼀ for 一).
_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
# One bracket, comma and middle dot for comparing labels.
_PUNCTUATION = str.maketrans("〔〕【】、・•", "()(),··")
_STRAY = re.compile("[<>\u2600-\u27bf\u2b00-\u2bff\ufffd\U0001f000-\U0001faff]")
_COMBINING = re.compile("[A-Za-z\u00c0-\u024f][\u0300-\u036f]+")


def _visible(value: object) -> str:
    return _INVISIBLE.sub("", _CONTROL.sub("", "" if value is None else str(value)))


def _composed(text: str) -> str:
    """Letters with their accents as one; last, because what was between them or wider than they may be gone by then."""
    return _COMBINING.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)


_PLAIN = re.compile("[0-9A-Za-z\u4e00-\u9fff]+")


def normalise(value: object) -> str:
    """Text for people: invisible characters gone, spaces single and none at the ends, full-width letters and
    digits half-width. None gives "". Han characters of the compatibility block are kept: they are in names.
    """
    if type(value) is str and _PLAIN.fullmatch(value):
        return value  # nothing in it could change; imports read hundreds of thousands of such cells
    text = _visible(value).translate(_RADICALS).translate(_FULL_WIDTH_WORDS)
    return _composed(_SPACES.sub(" ", text).strip())


def one_line(value: object) -> str:
    """Normalised text of a short field: a school, a major, a unit.

    Raises ValueError for emoji, angle brackets and the mark of a wrong encoding; brackets, digits, letters of any
    script, ·, - and & are in real names.
    """
    cleaned = normalise(value)
    if found := _STRAY.search(cleaned):
        raise ValueError("有无法识别的字符（乱码），请重新填写" if found[0] == "\ufffd" else f"不能有“{found[0]}”")
    return cleaned


def normalise_code(value: object) -> str:
    """A number or code: half-width throughout, upper case (x becomes X), no spaces, one kind of hyphen."""
    if isinstance(value, str) and value.isascii() and value.isalnum():  # nearly all, and nothing to clean
        return value.upper()
    return _composed(_SPACES.sub("", _visible(value)).translate(_FULL_WIDTH).translate(_DASHES).upper())


def fold(value: object) -> str:
    """A key for comparing labels: as `normalise_code`, and brackets and commas of both widths alike."""
    return normalise_code(value).translate(_PUNCTUATION)
