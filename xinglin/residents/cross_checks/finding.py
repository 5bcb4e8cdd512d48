"""What a rule is, and what it says when two facts of a record contradict each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from xinglin.kernel.issues import Issue

from ..enums import CheckLevel
from .facts import Facts


@dataclass(frozen=True, slots=True)
class Compared:
    """One of the two pieces shown side by side: the field's key ("" for none) and label, and the piece of its value."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What a rule returns: the pieces, and in Chinese what does not fit."""

    message: str
    pieces: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One cross-check. `level` is the level it is shipped with; `edition` counts changes of its meaning.

    `find` compares and yields every contradiction it sees; it says nothing about facts that are missing.
    """

    code: str
    title: str
    source: str
    level: CheckLevel
    find: Callable[[Facts], Iterable[Contradiction]]
    edition: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """A contradiction under a rule that is in force. `severity` is hard (stops the report) or soft (wants a reason)."""

    rule: Rule
    severity: CheckLevel
    message: str
    fields: tuple[Compared, ...]
    compared: tuple[str, ...] = field(repr=False)
    """Keys and whole values that were compared; see `registry.compared_by_rule`. Never shown."""

    @property
    def is_hard(self) -> bool:
        return self.severity == CheckLevel.HARD

    @property
    def issue(self) -> Issue:
        """The same for a form or a report check, at the first field compared."""
        key = next((piece.key for piece in self.fields if piece.key), "")
        return Issue(key, self.message, "error" if self.is_hard else "warning", rule=self.rule.code)
