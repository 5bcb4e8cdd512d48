"""What a record still lacks, sorted by who can mend it (R-08, R-26)."""

from __future__ import annotations

from dataclasses import dataclass, field

from xinglin.kernel.issues import Issue
from xinglin.kernel.viewer import Viewer

from ..cross_checks import Finding
from ..fields import TRAINING
from ..standing import Standing


@dataclass(slots=True)
class Missing:
    """``personal`` is mended by the resident, ``training`` by the base; contradictions apart."""

    personal: list[Issue] = field(default_factory=list)
    training: list[Issue] = field(default_factory=list)
    hard: list[Finding] = field(default_factory=list)
    soft: list[Finding] = field(default_factory=list)
    may_mend: bool = False

    @property
    def size(self) -> int:
        return len(self.personal) + len(self.training) + len(self.hard) + len(self.soft)


def missing_of(standing: Standing, viewer: Viewer) -> Missing:
    """Everything that stops the report; ``may_mend``: the viewer's base can act on it."""
    found = standing.checked
    lists: dict[bool, list[Issue]] = {True: [], False: []}
    for issue in found.missing:
        lists[issue.field.startswith(f"{TRAINING}.")].append(issue)
    return Missing(lists[False], lists[True], found.hard, found.unconfirmed, viewer.may("residents.report"))
