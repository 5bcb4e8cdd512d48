"""Whole records as the review mechanism needs them, many at once in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from xinglin.history.actions import Entry
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.people.selectors import PersonalRecord, plain, records
from xinglin.vault.models import DataKey
from xinglin.windows import selectors as windows
from xinglin.windows.rules import closed_message
from xinglin.windows.timetable import Timetable

from ..fields import TRAINING, training_declarations
from ..models import Enrollment


@dataclass
class Subject:
    """An enrollment with the person's record. ``content`` is what a report seals."""

    enrollment: Enrollment
    record: PersonalRecord
    timetable: Timetable = field(repr=False)

    @property
    def id(self) -> int:
        return self.enrollment.pk

    @property
    def organization_path(self) -> str:
        return self.enrollment.organization.path

    @property
    def province_id(self) -> int | None:
        return self.enrollment.province_id

    @property
    def key(self) -> DataKey:
        return self.record.person.key

    @cached_property
    def content(self) -> dict[str, Any]:
        return {**self.record.content, **training_content(self.enrollment)}

    def forget_content(self) -> None:
        """Read the content anew after a change of the rows."""
        self.__dict__.pop("content", None)

    def is_open(self, phase: str) -> bool:
        """Whether the clock admits the operations of a phase for this base now."""
        place = self.enrollment.organization
        return self.timetable.is_open(self.enrollment.window_id, phase, place, clock.now())

    def has_ended(self, phase: str) -> bool:
        """Whether a phase is over for this base, extensions included."""
        span = self.timetable.span(self.enrollment.window_id, phase, self.enrollment.organization)
        return span is not None and span.ends_at <= clock.now()

    def closed_reason(self, phase: str) -> str | None:
        """Why not, with dates and who can extend; None while it is open."""
        if self.is_open(phase):
            return None
        window, place = self.timetable.windows[self.enrollment.window_id], self.enrollment.organization
        span, contact = self.timetable.span(window.pk, phase, place), windows.who_extends(place)
        return closed_message(phase, span, clock.now(), windows.batch_text(window), contact)


def training_content(enrollment: Enrollment) -> dict[str, Any]:
    """培训信息 as flat content."""
    return {f"{TRAINING}.{name}": plain(getattr(enrollment, name)) for name in training_declarations()}


def subjects(ids: Iterable[int]) -> dict[int, Subject]:
    """Subjects by enrollment id; the caller has established the scope. About six queries, whatever the number."""
    rows = list(
        Enrollment.objects.for_system("subjects of ids that were selected in scope")
        .select_related("organization__province", "province", "window")
        .filter(pk__in=list(ids))
        .order_by("pk")
    )
    if not rows:
        return {}
    people = records({row.person_id for row in rows})
    timetable = windows.load_timetable({row.window_id for row in rows})
    found = {}
    for row in rows:
        row.person = people[row.person_id].person
        found[row.pk] = Subject(row, people[row.person_id], timetable)
    return found


def visible_subject(viewer: Viewer, enrollment_id: int) -> Subject | None:
    """One subject within the viewer's scope, or None."""
    rows = Enrollment.objects.visible_to(viewer).filter(pk=enrollment_id)
    return subjects([enrollment_id]).get(enrollment_id) if rows.exists() else None


def history_entry(subject: Subject, verb: str = "", update_type: str = "") -> Entry:
    """A history entry about a resident, with the columns of 住院医师信息更新记录 (R-16)."""
    enrollment, person = subject.enrollment, subject.record.person
    return Entry(
        verb=verb,
        update_type=update_type,
        subject_type="enrollment",
        subject_id=enrollment.pk,
        organization_path=enrollment.organization.path,
        organization_name=enrollment.organization.name,
        province_id=enrollment.province_id,
        province_name=enrollment.province.name,
        track=enrollment.track,
        person_id=person.pk,
        key=person.key,
        lookup=person.id_number_hash,
        who={"name": person.name, "id_number": person.id_number},
        facts=enrollment_facts(enrollment),
    )


def enrollment_facts(enrollment: Enrollment) -> dict[str, Any]:
    """What the history shows beside the change: specialty, year, training status as of then."""
    return {
        "specialty": enrollment.specialty,
        "intake_year": enrollment.intake_year,
        "training_status": enrollment.training_status,
    }
