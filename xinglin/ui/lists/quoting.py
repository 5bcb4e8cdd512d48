"""Escaping that is quick where there is nothing to escape, which is nearly always."""

from __future__ import annotations

import re
from html import escape

_special = re.compile("[&<>\"']").search


def quoted(text: str) -> str:
    """The text for element content and attributes."""
    return escape(text) if _special(text) else text
