"""Small makers of contradictions, shared by the rules."""

from __future__ import annotations

from .facts import label
from .finding import Compared, Contradiction


def piece(key: str, value: object, part: str = "") -> Compared:
    """A field and the piece of its value that counts; `part` says which piece (第 7–14 位)."""
    return Compared(key, f"{label(key)}{part}", str(value))


def differ(message: str, *pieces: Compared) -> Contradiction:
    return Contradiction(message, pieces)
