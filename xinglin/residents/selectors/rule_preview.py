"""Which records another level of a cross-check would move, before it is set (R-26)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet

from xinglin.kernel.viewer import Viewer
from xinglin.reviews.enums import ReviewStatus

from ..checking import Checked, checked, levels_in_force, others_of
from ..cross_checks import RULES, check
from ..enums import CheckLevel
from ..models import Enrollment
from .enrollments import PENDING
from .subjects import Subject, subjects

SHOWN = 200
STEP = 250


class Outcome(StrEnum):
    """What a report of the record would come to."""

    STOPPED = "stopped"
    REASON = "reason"
    FREE = "free"


@dataclass(slots=True)
class Moves:
    """What was found among ``looked`` records.

    ``counts``: (before, after) → records whose report would come out differently. ``ids``: these records, the first
    200. ``lacking``: hit by the change, but held up by something else before and after. ``reported``: reported
    already; the change reaches them only if they are recalled or returned.
    """

    looked: int = 0
    counts: Counter[tuple[Outcome, Outcome]] = field(default_factory=Counter)
    ids: list[tuple[int, Outcome, Outcome]] = field(default_factory=list)
    lacking: int = 0
    reported: int = 0

    @property
    def total(self) -> int:
        return self.counts.total()

    def as_json(self) -> dict[str, Any]:
        counts = [[*pair, size] for pair, size in self.counts.items()]
        return {"looked": self.looked, "counts": counts, "ids": self.ids, "lacking": self.lacking,
                "reported": self.reported}  # fmt: skip

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Moves:
        """What ``as_json`` gave; {} is nothing looked at yet."""
        counts = Counter({(Outcome(old), Outcome(new)): size for old, new, size in kept.get("counts", [])})
        ids = [(pk, Outcome(old), Outcome(new)) for pk, old, new in kept.get("ids", [])]
        return cls(kept.get("looked", 0), counts, ids, kept.get("lacking", 0), kept.get("reported", 0))

    def look(self, ids: Sequence[int], code: str, level: str) -> None:
        """Look at some records (not more than ``STEP``) and add what is found."""
        self.looked += len(ids)
        hit = list(_contradicting(code, ids))
        now = levels_in_force()
        before, after = checked(hit, now), checked(hit, {**now, code: level})
        pending = set(_undecided(ids).filter(PENDING).values_list("pk", flat=True)) if hit else set()
        for subject in hit:
            self._add(subject.id, before[subject.id], after[subject.id], code, subject.id in pending)

    def _add(self, pk: int, before: Checked, after: Checked, code: str, is_pending: bool) -> None:
        if _obstacle(before, code) == _obstacle(after, code):
            return
        pair = (_outcome(before), _outcome(after))
        if is_pending:
            self.reported += 1
        elif pair[0] == pair[1]:
            self.lacking += 1
        else:
            self.counts[pair] += 1
            if len(self.ids) < SHOWN:
                self.ids.append((pk, *pair))


def open_records(viewer: Viewer) -> QuerySet[Enrollment]:
    """Records in scope that are neither decided nor lapsed: those of the present windows, by id."""
    rows = Enrollment.objects.visible_to(viewer).filter(lapsed_at__isnull=True)
    return rows.exclude(recruitment_review__review_status=ReviewStatus.APPROVED).order_by("pk")


def would_move(code: str, level: str, viewer: Viewer) -> Moves:
    """All open records in the viewer's scope, in steps; about 2 ms a record. More than a thousand: `job_specs`."""
    found = Moves()
    ids = list(open_records(viewer).values_list("pk", flat=True))
    for start in range(0, len(ids), STEP):
        found.look(ids[start : start + STEP], code, level)
    return found


@dataclass(frozen=True, slots=True)
class Moved:
    """One record of the list, with what it would come to."""

    enrollment: Enrollment
    before: Outcome
    after: Outcome


def moved_records(moves: Moves, viewer: Viewer) -> list[Moved]:
    """The records of a list that are still in the viewer's scope, in its order; one query."""
    rows = open_records(viewer).select_related("person__key", "organization")
    found = rows.in_bulk([pk for pk, _, _ in moves.ids])
    return [Moved(found[pk], before, after) for pk, before, after in moves.ids if pk in found]


def _undecided(ids: Sequence[int]) -> QuerySet[Enrollment]:
    return Enrollment.objects.for_system("records that were selected in scope").filter(pk__in=ids)


def _contradicting(code: str, ids: Sequence[int]) -> Iterator[Subject]:
    """Records in which the rule alone finds something; no other rule is run on the many that agree."""
    alone = dict.fromkeys(RULES, CheckLevel.OFF) | {code: CheckLevel.SOFT}
    found = list(subjects(ids).values())
    others = others_of(found)
    return (subject for subject in found if check(subject.content, alone, others.get(subject.id, [])))


def _outcome(result: Checked) -> Outcome:
    """The whole record."""
    if result.missing or result.hard:
        return Outcome.STOPPED
    return Outcome.REASON if result.unconfirmed else Outcome.FREE


def _obstacle(result: Checked, code: str) -> Outcome:
    """What this one rule does to the record."""
    if any(finding.rule.code == code for finding in result.hard):
        return Outcome.STOPPED
    return Outcome.REASON if any(f.rule.code == code for f in result.unconfirmed) else Outcome.FREE
