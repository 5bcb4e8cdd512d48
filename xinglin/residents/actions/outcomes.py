"""What follows from approval and revocation, and the row that keeps a record as it stood (R-09, R-21)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinglin.kernel import clock
from xinglin.kernel.bulk import insert_rows
from xinglin.kernel.viewer import Viewer

from ..enums import TrainingStatus
from ..models import ApprovedRecord, ClosingRecord, Enrollment, RecruitmentReview
from ..selectors.subjects import Subject

FACTS = (
    "person_id", "organization_id", "province_id", "track", "version_id", "intake_year", "batch", "specialty",
    "personnel_type", "funding_plan", "graduate_cohort", "qualification_status", "education", "degree", "degree_type",
    "approved_years", "rural_oriented", "west_china_support",
)  # fmt: skip


def facts_of(subject: Subject, version_id: int | None) -> tuple[Any, ...]:
    """Values of the typed columns, in the order of ``FACTS``."""
    e, person, qualification = subject.enrollment, subject.record.person, subject.record.qualification
    return (
        e.person_id, e.organization_id, e.province_id, e.track, version_id, e.intake_year, e.batch, e.specialty,
        e.personnel_type, e.funding_plan, e.graduate_cohort, qualification.status if qualification else "",
        person.highest_education, person.highest_degree, person.highest_degree_type, e.approved_years,
        e.rural_oriented, e.west_china_support,
    )  # fmt: skip


def on_approved(done: Sequence[Subject], by: Viewer) -> None:
    """First approval: training begins, the typed rows are written beside the sealed version."""
    now = clock.now()
    ids = [subject.id for subject in done]
    states = RecruitmentReview.objects.for_system("states just approved").in_bulk(ids)
    Enrollment.objects.for_system("enrollments just approved").filter(pk__in=ids).update(
        training_status=TrainingStatus.IN_TRAINING, updated_at=now
    )
    facts = {s.id: facts_of(s, states[s.id].version_id) for s in done}
    insert_rows(
        ApprovedRecord,
        ("enrollment_id", *FACTS, "training_status", "approved_at"),
        [(pk, *facts[pk], TrainingStatus.IN_TRAINING.value, now) for pk in ids],
    )
    ClosingRecord.objects.for_system("replaced by the approved one").filter(pk__in=ids).delete()
    insert_closing([(s, facts[s.id], states[s.id]) for s in done])


def on_revoked(done: Sequence[Subject], by: Viewer) -> None:
    """A revoked first approval empties the training status and takes the typed rows away."""
    ids = [subject.id for subject in done]
    Enrollment.objects.for_system("approval revoked").filter(pk__in=ids).update(
        training_status="", updated_at=clock.now()
    )
    ApprovedRecord.objects.for_system("approval revoked").filter(pk__in=ids).delete()
    ClosingRecord.objects.for_system("approval revoked").filter(pk__in=ids).delete()


def insert_closing(rows: Sequence[tuple[Subject, tuple[Any, ...], RecruitmentReview]]) -> None:
    """Keep records as they stand now: (subject, ``facts_of`` it, its review state)."""
    now = clock.now()
    insert_rows(
        ClosingRecord,
        ("enrollment_id", *FACTS, "report_status", "review_status", "reported_at", "closed_at"),
        [(s.id, *facts, state.report_status, state.review_status, state.reported_at, now) for s, facts, state in rows],
    )
