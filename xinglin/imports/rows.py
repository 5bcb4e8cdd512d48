"""One row while it is checked: raw cells, cleaned values, remarks, verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from xinglin.kernel.id_numbers import IdNumber
from xinglin.kernel.issues import Issue

from .enums import Verdict

Raw = str | int | float | bool | list[str] | None
"""A cell as the file had it; a list is ``["date", iso]``, ``["error", "#DIV/0!"]``, ``["formula", ""]`` or
``["merged", place, text]``."""


@dataclass(slots=True)
class ParsedRow:
    """A row of the file. ``number`` is its line in the sheet, as the secretary sees it.

    ``values`` holds what could be read, by column name; a mandatory or wrong cell is absent; ``documents`` what a
    checked identity number tells, by column name. ``subject_id`` is the
    record that the row will change or has made; ``returns`` are values for the result workbook (column label → text),
    set by ``apply``; ``memo`` is the spec's own, from ``check`` to ``apply``.
    """

    number: int
    cells: dict[str, Raw]
    values: dict[str, Any] = field(default_factory=dict)
    documents: dict[str, IdNumber] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    verdict: str = Verdict.CREATE
    subject_id: int | None = None
    returns: dict[str, str] = field(default_factory=dict)
    memo: Any = None

    def error(self, column: str, message: str, *, suggestion: str | None = None, rule: str = "") -> None:
        """Refuse the row for a reason at a column ("" for the whole row)."""
        self.issues.append(Issue(column, message, "error", suggestion, rule))

    def warn(self, column: str, message: str, *, rule: str = "") -> None:
        """A remark that the user confirms before the row is imported."""
        self.issues.append(Issue(column, message, "warning", None, rule))

    @property
    def failed(self) -> bool:
        return bool(self.issues) and any(issue.severity == "error" for issue in self.issues)

    @property
    def warned(self) -> bool:
        return bool(self.issues) and any(issue.severity == "warning" for issue in self.issues)

    def read(self, *names: str) -> bool:
        """True when each named column has a usable value."""
        return self.values.keys() >= set(names)
