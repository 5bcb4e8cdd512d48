"""Cells into values: one reader per kind of column, the same for check and real run."""

from .problem import CellProblem
from .reader import RowReader

__all__ = ["CellProblem", "RowReader"]
