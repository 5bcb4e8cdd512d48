"""Whole numbers that a browser sent: an id, a page, a version. Anything may come, nothing of it may raise."""

from __future__ import annotations

MOST = 2**63 - 1
"""The largest key that a database column can hold."""


def whole(word: object) -> int | None:
    """The number that ASCII digits spell, None for anything else and for what no key can be.

    ``str.isdigit`` alone is not enough: ``"²".isdigit()`` is true and ``int("²")`` raises, as do 5,000 digits.
    """
    if not isinstance(word, str) or not (word.isascii() and word.isdigit()) or len(word) > len(str(MOST)):
        return None
    number = int(word)
    return number if number <= MOST else None
