"""What a scan found in one sheet, the same for xlsx and xls. Places are (row, column) from 1."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Marks:
    """Cells that the reader shows wrongly: errors (blank), formulas without a stored value, merged areas."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncomputed: set[tuple[int, int]] = field(default_factory=set)
    formulas: int = 0
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: int = 0
