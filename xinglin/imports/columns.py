"""One column of an import: what the template shows and how the parser reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import models

from xinglin.kernel.declarations import Declaration, declarations_of
from xinglin.kernel.viewer import Viewer

Choices = Callable[[Viewer], Sequence[tuple[str, str]]]

_TEXT_KINDS = {"id_number", "uscc", "mobile"}
_NUMBER_WORDS = ("编号", "编码", "号码", "USCC", "信用代码")
_WIDTHS = {"id_number": 24, "uscc": 24, "mobile": 16, "date": 14, "bool": 12, "int": 12, "name": 14}


@dataclass(frozen=True, slots=True)
class Column:
    """Declaration of one column.

    kind: text, name, code, choice, id_number, mobile, date, bool, int, uscc or email. ``code_table`` names the
    dictionary of a code column; ``choices(viewer)`` gives ``(value, label)`` pairs of a choice column. ``type_column``:
    the column that tells which document an id_number is of. ``text_format``: numbers of which a digit must not be
    lost; the template formats the cells as text and a numeric cell is refused. ``units``: words taken off the end of
    an int. ``not_ours``: what is said of an entry of the code table that is not among the choices. ``default`` is used for an empty cell. ``mask``: "id_number", "phone", "email" or "" on screens. ``cleaner``:
    what the declaration says of its form.
    """

    name: str
    label: str
    kind: str = "text"
    mandatory: bool = False
    code_table: str | None = None
    choices: Choices | None = None
    type_column: str | None = None
    text_format: bool = False
    example: str = ""
    note: str = ""
    width: int = 0
    max_length: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    units: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    not_ours: str = ""
    default: Any = None
    mask: str = ""
    cleaner: Callable[[object], str] | None = None

    def __post_init__(self) -> None:
        if self.kind in _TEXT_KINDS:
            object.__setattr__(self, "text_format", True)
        if not self.mask and self.kind in {"id_number", "mobile", "email"}:
            object.__setattr__(self, "mask", {"mobile": "phone"}.get(self.kind, self.kind))
        if not self.width:
            object.__setattr__(self, "width", _WIDTHS.get(self.kind, max(14, 2 * len(self.label) + 4)))

    @classmethod
    def of(cls, model: type[models.Model], field: str, **over: Any) -> Column:
        """The column of a declared field; ``over`` adds what only the import knows (mandatory, choices …).

        Raises KeyError for a field that is not declared.
        """
        return replace(cls.from_declaration(declarations_of(model)[field]), **over)

    @classmethod
    def from_declaration(cls, declaration: Declaration) -> Column:
        """Label, kind, code table, help and example as the model declares them."""
        return cls(
            name=declaration.name,
            label=declaration.label,
            kind=declaration.kind,
            code_table=declaration.code_table,
            note=declaration.help,
            example=declaration.example,
            max_length=declaration.max_length,
            mask=declaration.mask or "",
            cleaner=declaration.cleaner,
            text_format=declaration.kind == "text" and declaration.label.endswith(_NUMBER_WORDS),
        )

    @property
    def has_options(self) -> bool:
        return bool(self.code_table or self.choices or self.kind == "bool")

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading by which a file may call this column."""
        return (self.label, *self.aliases)
