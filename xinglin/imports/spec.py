"""What an app declares to get an import: columns, key, checks, action. Everything else is the machine's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from xinglin.kernel.viewer import Viewer

from .columns import Column
from .enums import Mode
from .rows import ParsedRow


@dataclass(frozen=True, slots=True)
class Question:
    """Something the uploader must choose beside the file, for example the batch. ``choices``: (value, label)."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    help: str = ""


@dataclass(slots=True)
class Context:
    """What a check or a run knows: who, the answers to the questions, the mode; ``data`` is the spec's own."""

    viewer: Viewer
    params: dict[str, str]
    mode: str = Mode.BOTH
    data: dict[str, Any] = field(default_factory=dict)


class ImportSpec:
    """One kind of import. Subclass, fill in, and ``registry.register(TheSpec())`` in the app's ``import_specs``.

    ``check`` is set-based and called once for all rows of a file, and again for the rows of each step inside the
    step's transaction. It must not write. ``apply`` is called with rows whose verdict is create or update, inside one
    transaction of at most 1,000 rows (one second).

    ``back_url``: name of the address of the list that the import fills. ``crumbs``: (label, address name or "") of the
    pages above. ``subject_word`` counts the records (人, 条). ``return_columns``: labels of what ``apply`` hands
    back in ``row.returns``. ``notes``: further lines of the template's 说明.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    template_title: ClassVar[str] = ""
    permission: ClassVar[str]
    sheet_name: ClassVar[str] = "数据"
    columns: ClassVar[tuple[Column, ...]]
    key: ClassVar[tuple[str, ...]]
    modes: ClassVar[tuple[str, ...]] = (Mode.BOTH, Mode.CREATE, Mode.UPDATE)
    return_columns: ClassVar[tuple[str, ...]] = ()
    max_rows: ClassVar[int] = 20_000
    notes: ClassVar[tuple[str, ...]] = ()
    back_url: ClassVar[str] = ""
    crumbs: ClassVar[tuple[tuple[str, str], ...]] = ()
    nav_key: ClassVar[str] = ""
    subject_word: ClassVar[str] = "条"

    def needs(self, viewer: Viewer) -> None:
        """Raise a DomainError when this viewer cannot import now (window closed, not a base); shown before upload."""

    def subtitle(self, viewer: Viewer) -> str:
        """What stands beside the page's title, for example the window's year and batch."""
        return viewer.organization_name

    def questions(self, viewer: Viewer) -> Sequence[Question]:
        """What must be chosen with the file; an empty sequence when nothing."""
        return ()

    def settled(self, viewer: Viewer, answers: dict[str, str]) -> dict[str, str]:
        """The answers as the import keeps them, with what need not be asked (the only open batch)."""
        return answers

    def place(self, params: Mapping[str, str]) -> str:
        """Where an uploaded file goes (the batch), from the kept answers; "" when there is nothing to tell."""
        return ""

    def afterword(self, viewer: Viewer, params: Mapping[str, str]) -> str:
        """What those who were just created need next, kept with the result as it was then; "" when nothing."""
        return ""

    def prepare(self, viewer: Viewer, params: dict[str, str], mode: str) -> Context:
        """Load what ``check`` and ``apply`` share (the window, the base's specialties)."""
        return Context(viewer, params, mode)

    def read(self, rows: list[ParsedRow]) -> None:
        """Work out what a row means by itself, into ``memo``: no database, no other row. It may run ahead of `check`,
        while the database still takes in the rows before."""

    def foresee(self, rows: list[ParsedRow]) -> None:
        """Prepare what ``apply`` will need of rows that are about to be judged, as far as it asks nobody: the run calls it
        while the database still takes in the rows before. A row may be refused afterwards."""

    def check(self, rows: list[ParsedRow], context: Context) -> None:
        """Add remarks and set ``verdict`` and ``subject_id``; ``row.values`` lacks what could not be read."""
        raise NotImplementedError

    def apply(self, rows: list[ParsedRow], context: Context, *, by: Viewer) -> None:
        """Write the rows through the app's action, history included; set ``subject_id`` of the created ones."""
        raise NotImplementedError

    def column(self, name: str) -> Column:
        """The column of a name. Raises KeyError."""
        return {column.name: column for column in self.columns}[name]
