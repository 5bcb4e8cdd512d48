"""A declared value in the words of the screen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xinglin.kernel import masks
from xinglin.kernel.declarations import Declaration

from . import selectors

EMPTY = "--"


def shown(declaration: Declaration, value: Any, *, masked: bool = False, at: datetime | None = None) -> str:
    """Text for people: label of a code, 是/否, masked numbers where asked; ``--`` for nothing.

    ``at``: codes in the words of that instant, for sealed records (P-10).
    """
    if value in (None, ""):
        return EMPTY
    if declaration.code_table:
        return selectors.label(declaration.code_table, str(value), at)
    if declaration.kind == "bool":
        return "是" if value else "否"
    if declaration.kind == "image":
        return "已上传"
    text = str(value)
    if masked and declaration.mask:
        return masks.phone(text) if declaration.mask == "phone" else masks.id_number(text)
    return text
