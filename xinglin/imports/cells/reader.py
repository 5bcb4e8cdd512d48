"""Reading whole rows by the columns of a spec."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from re import Match
from typing import Any

from xinglin.kernel import id_numbers, masks, text
from xinglin.kernel.viewer import Viewer

from ..columns import Column
from ..rows import ParsedRow, Raw
from .kinds import CLEAN_KINDS, PLAIN_KINDS, Read
from .options import label_of, option_reader, options_of
from .problem import CellProblem
from .raw import exact_text, is_empty, written

Quick = Callable[[str], Any]
"""A text cell's value, a match where the text is its own value, None or a problem where it has to be read."""
_NOTHING: dict[str, Any] = {}
_REPEATING = {"code", "choice", "date", "int", "bool"}
_TELLING = {"phone": 11, "id_number": 12}
"""From so many digits on a wrong number tells who is meant."""
_MASKS = {"id_number": masks.id_number, "phone": masks.phone, "email": masks.email}


class RowReader:
    """Reads rows of one file for one viewer; lists are fetched and repeated cells read once.

    ``names``: the columns that the file has. A column that it lacks leaves no value; an empty cell leaves None.
    """

    def __init__(self, columns: Iterable[Column], names: Iterable[str], viewer: Viewer) -> None:
        there = set(names)
        self.columns = [column for column in columns if column.name in there]
        self._choices = {c.name: dict(options_of(c, viewer)) for c in self.columns if c.choices is not None}
        self._numbers = [c for c in self.columns if c.kind == "id_number"]
        self._plain = [(c.name, *self._ways(c), c) for c in self.columns if c.kind != "id_number"]

    def _ways(self, column: Column) -> tuple[Quick, Read]:
        """What knows most cells at a glance, and what reads every cell."""
        if column.kind in ("code", "choice"):
            read = option_reader(column, self._choices.get(column.name, {}))
        else:
            read = PLAIN_KINDS[column.kind](column)
        if column.kind not in _REPEATING:
            return CLEAN_KINDS.get(column.kind, _NOTHING.get), read
        known: dict[Any, Any] = {}
        return known.get, _remembering(read, known)

    def read(self, row: ParsedRow) -> None:
        """Fill ``row.values`` and note what cannot be used."""
        cells, values = row.cells, row.values
        for name, quick, reader, column in self._plain:
            raw = cells.get(name)
            if type(raw) is str and (found := quick(raw)) is not None and type(found) is not CellProblem:
                values[name] = raw if type(found) is Match else found
            else:
                self._cell(row, column, reader)
        for column in self._numbers:
            self._cell(row, column, None)

    def _cell(self, row: ParsedRow, column: Column, reader: Read | None) -> None:
        raw = row.cells.get(column.name)
        if is_empty(raw):
            if column.default is not None:
                row.values[column.name] = column.default
            elif column.mandatory:
                row.error(column.name, "没有填写", rule="mandatory")
            else:
                row.values[column.name] = None
            return
        try:
            row.values[column.name] = reader(raw) if reader else _id_number(row, column, raw)
        except CellProblem as problem:
            row.error(column.name, problem.message, suggestion=problem.suggestion)
        except ValueError as refusal:
            row.error(column.name, str(refusal))

    def display(self, column: Column, value: Any) -> str:
        """A clean value as the template would have it, masked where the column asks for it."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, date):
            return value.isoformat()
        if column.kind in ("code", "choice"):
            return label_of(column, self._choices.get(column.name, {}), value)
        return masked(column, str(value))


def masked(column: Column, written: str) -> str:
    """What may stand on a screen (P-19)."""
    mask = _MASKS.get(column.mask)
    return mask(written) if mask and written else written


def masked_raw(column: Column, raw: Raw) -> str:
    """A raw cell for a screen; what has too few digits to tell who is meant (1.51E+10) is shown, so that it can be mended."""
    typed = written(raw)
    digits = sum(character.isdigit() for character in typed)
    if digits < _TELLING.get(column.mask, 0):
        return typed
    return masked(column, typed)


def masked_as_typed(column: Column, raw: Raw, value: str) -> str:
    """The raw cell of a number that was read as ``value``, with the same characters hidden: width, spaces, a small x
    and what stands before the number remain to be seen (P-25)."""
    typed, mask = list(written(raw)), masked(column, value)
    significant = [place for place, character in enumerate(typed) if character.isalnum()]
    if len(mask) != len(value) or len(significant) < len(mask):
        return mask
    for place, character in zip(reversed(significant), reversed(mask), strict=False):
        if character == "*":
            typed[place] = "*"
    return "".join(typed)


def _id_number(row: ParsedRow, column: Column, raw: Raw) -> str:
    typed = exact_text(raw)
    id_type = id_numbers.RESIDENT_ID if column.type_column is None else row.values.get(column.type_column)
    if id_type is None:
        return text.normalise_code(typed)
    document = row.documents[column.name] = id_numbers.check_for(id_type, typed)
    return document.value


def _remembering(read: Read, known: dict[Any, Any]) -> Read:
    """Each distinct cell is read once: thousands of rows share a handful of codes, years and days.

    ``known``: value or problem of each; a text stands for itself, other cells with their type.
    """

    def remembered(raw: Raw) -> Any:
        key: Any = raw
        if type(raw) is not str:
            key = (type(raw), raw[1] if isinstance(raw, list) else raw, raw[0] if isinstance(raw, list) else "")
        if key not in known:
            try:
                known[key] = read(raw)
            except CellProblem as problem:
                known[key] = problem
        value = known[key]
        if isinstance(value, CellProblem):
            raise value
        return value

    return remembered
