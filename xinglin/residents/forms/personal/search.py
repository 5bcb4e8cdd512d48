"""A long list with a search of the browser's own: type part of a name, choose from what is offered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinglin.dictionaries import selectors as dictionaries

from ..offered import OfferedInput


class SearchInput(OfferedInput):
    """A code of a table, shown and typed as its label."""

    def __init__(self, table: str) -> None:
        super().__init__(placeholder="输入名称查找")
        self.table = table

    def format_value(self, value: Any) -> str:
        """A code in words; what was typed stays as it is."""
        return dictionaries.label(self.table, str(value)) if value else ""

    def offered(self) -> Sequence[str]:
        """The labels of the table that can be chosen now."""
        return [label for _, label in dictionaries.choices(self.table)]
