"""Columns whose value is one of a list: code tables, and choices that depend on the viewer."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from xinglin.dictionaries import selectors as dictionaries
from xinglin.kernel import text
from xinglin.kernel.viewer import Viewer

from ..columns import Column
from ..rows import Raw
from .kinds import Read
from .problem import CellProblem
from .raw import as_text

_TOLD = 6
_CHOSEN = 60


def options_of(column: Column, viewer: Viewer) -> list[tuple[str, str]]:
    """``(value, label)`` of everything that may be chosen; empty for a column without a list."""
    if column.kind == "bool":
        return [("1", "是"), ("0", "否")]
    if column.choices is not None:
        return [(str(value), str(label)) for value, label in column.choices(viewer)]
    if column.code_table:
        return [(str(code), str(label)) for code, label in dictionaries.choices(column.code_table)]
    return []


def short_list(column: Column, viewer: Viewer) -> tuple[str, ...]:
    """The labels of a list that one can choose from on a screen; () for a longer one and for a column without."""
    labels = tuple(label for _, label in options_of(column, viewer))
    return labels if len(labels) <= _CHOSEN else ()


def label_of(column: Column, choices: dict[str, str], value: object) -> str:
    """The label of a value; a retired code keeps its label."""
    if column.choices is None and column.code_table:
        return dictionaries.label(column.code_table, str(value))
    return choices.get(str(value), str(value))


def option_reader(column: Column, choices: dict[str, str]) -> Read:
    """Reads a label (or the code itself) whatever its width, spaces and brackets; else offers the nearest."""
    if column.choices is None and column.code_table:
        return _table_reader(column.code_table)
    labels = list(choices.values())
    known = {text.fold(value): value for value in choices} | {text.fold(lab): value for value, lab in choices.items()}

    def read(raw: Raw) -> str:
        written = text.normalise(as_text(raw))
        found = known.get(text.fold(written))
        if found is None:
            if column.not_ours and column.code_table and dictionaries.code_for(column.code_table, written):
                raise CellProblem(column.not_ours)
            raise CellProblem(_missing(labels), _nearest_choice(column, labels, written))
        return found

    return read


def _table_reader(table: str) -> Read:
    def read(raw: Raw) -> str:
        written = text.normalise(as_text(raw))
        found = dictionaries.code_for(table, written)
        if found is None:
            labels = [label for _, label in dictionaries.choices(table)]
            raise CellProblem(_missing(labels), dictionaries.nearest(table, written))
        return found

    return read


def _missing(labels: Sequence[str]) -> str:
    if not labels:
        return "现在没有可以选的项"
    return "没有这一项" if len(labels) > _TOLD else "没有这一项，可填：" + "、".join(labels)


def _nearest_choice(column: Column, labels: Sequence[str], written: str) -> str | None:
    if column.code_table:
        nearest = dictionaries.nearest(column.code_table, written)
        if nearest in labels:
            return nearest
    return nearest_label(written, labels)


def nearest_label(written: str, labels: Sequence[str]) -> str | None:
    """The label that was probably meant: one that contains the text or lies in it, else the most similar."""
    if not written:
        return None
    inside = [label for label in labels if label and (label in written or written in label)]
    if inside:
        return min(inside, key=lambda label: abs(len(label) - len(written)))
    close = get_close_matches(written, labels, n=1, cutoff=0.5)
    return close[0] if close else None
