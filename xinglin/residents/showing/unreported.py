"""Records that were not reported, sorted by what has to happen to each (R-08)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from xinglin.kernel.viewer import Viewer

from ..selectors.enrollments import current_intake
from ..standing import Standing, standings
from .missing import Missing, missing_of


@dataclass(frozen=True, slots=True)
class Left:
    """One record with what it lacks."""

    pk: int
    name: str
    standing: Standing
    missing: Missing


@dataclass(slots=True)
class Unreported:
    """``soft`` want a reason, ``lacking`` are to be mended, ``locked`` cannot be reported now, ``ready`` can.

    ``unanswered`` came back from the province and are complete, but neither changed nor answered since.
    """

    soft: list[Left] = field(default_factory=list)
    lacking: list[Left] = field(default_factory=list)
    locked: list[Left] = field(default_factory=list)
    ready: list[Left] = field(default_factory=list)
    unanswered: list[Left] = field(default_factory=list)
    reported: int = 0

    @property
    def returnable(self) -> list[Left]:
        """Those whose resident has filled in something and still owes the rest."""
        return [left for left in self.lacking if left.missing.personal and not left.standing.return_personal]


def unreported(ids: Sequence[int], viewer: Viewer) -> Unreported:
    """How the records of the viewer's scope stand now; those reported meanwhile are only counted."""
    rows = list(current_intake(viewer).filter(pk__in=ids))
    found = Unreported()
    for pk, standing in standings(rows, viewer).items():
        left = Left(pk, standing.subject.record.person.name, standing, missing_of(standing, viewer))
        if standing.is_pending or standing.is_approved:
            found.reported += 1
        elif standing.report:
            found.locked.append(left)
        elif standing.only_soft:
            found.soft.append(left)
        elif left.missing.size:
            found.lacking.append(left)
        elif standing.unanswered:
            found.unanswered.append(left)
        else:
            found.ready.append(left)
    return found
