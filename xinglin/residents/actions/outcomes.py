"""What follows from approval, revocation and closing: approved records and closing records (R-01, R-09)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from xinglin.history import actions as history
from xinglin.kernel import clock
from xinglin.kernel.bulk import insert_rows
from xinglin.kernel.viewer import Viewer
from xinglin.reviews.actions.reporting import make_versions
from xinglin.reviews.enums import ReportStatus, ReviewStatus
from xinglin.windows.enums import PhaseKind

from ..enums import TrainingStatus
from ..models import ApprovedRecord, ClosingRecord, Enrollment, RecruitmentReview
from ..selectors.subjects import Subject, history_entry, subjects

FACTS = (
    "person_id", "organization_id", "province_id", "track", "version_id", "intake_year", "batch", "specialty",
    "personnel_type", "funding_plan", "graduate_cohort", "qualification_status", "education", "degree", "degree_type",
    "approved_years", "rural_oriented", "west_china_support",
)  # fmt: skip


def _facts(subject: Subject, version_id: int | None) -> tuple[Any, ...]:
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
    facts = {s.id: _facts(s, states[s.id].version_id) for s in done}
    insert_rows(
        ApprovedRecord,
        ("enrollment_id", *FACTS, "training_status", "approved_at"),
        [(pk, *facts[pk], TrainingStatus.IN_TRAINING.value, now) for pk in ids],
    )
    ClosingRecord.objects.for_system("replaced by the approved one").filter(pk__in=ids).delete()
    _insert_closing([(s, facts[s.id], states[s.id]) for s in done])


def on_revoked(done: Sequence[Subject], by: Viewer) -> None:
    """A revoked first approval empties the training status and takes the typed rows away."""
    ids = [subject.id for subject in done]
    Enrollment.objects.for_system("approval revoked").filter(pk__in=ids).update(
        training_status="", updated_at=clock.now()
    )
    ApprovedRecord.objects.for_system("approval revoked").filter(pk__in=ids).delete()
    ClosingRecord.objects.for_system("approval revoked").filter(pk__in=ids).delete()


def _insert_closing(rows: Sequence[tuple[Subject, tuple[Any, ...], RecruitmentReview]]) -> None:
    now = clock.now()
    insert_rows(
        ClosingRecord,
        ("enrollment_id", *FACTS, "report_status", "review_status", "reported_at", "closed_at"),
        [
            (s.id, *facts, state.report_status, state.review_status, state.reported_at, now)
            for s, facts, state in rows
        ],
    )


@transaction.atomic
def lapse_batch(after: int, *, by: Viewer, size: int = 500) -> tuple[int, int | None]:
    """Stamp undecided records whose phase has ended, among the next ``size`` candidates after an id.

    Never reported or recalled ones lapse at the end of filling, returned and pending ones at the end of review. The
    record keeps its parts, holds nobody, and is kept as it stood for the history query. Returns how many lapsed and
    the id to go on from, None at the end.
    """
    candidates = (
        Enrollment.objects.for_system("lapse at the end of a window")
        .filter(pk__gt=after, holding=True, window__phases__ends_at__lte=clock.now())
        .exclude(recruitment_review__review_status=ReviewStatus.APPROVED)
        .order_by("pk")
        .values_list("pk", flat=True)
        .distinct()
    )
    ids = list(candidates[:size])
    found = subjects(ids)
    states = RecruitmentReview.objects.for_system("states of lapsing records").in_bulk(ids)
    due = [subject for pk, subject in found.items() if _is_over(subject, states[pk])]
    if due:
        _lapse(due, states, by)
    return len(due), ids[-1] if len(ids) == size else None


def lapse_due(*, by: Viewer) -> int:
    """Lapse everything that is due, in short transactions; returns how many."""
    total, position = 0, 0
    while True:
        count, following = lapse_batch(position, by=by)
        total += count
        if following is None:
            return total
        position = following


def _lapse(due: Sequence[Subject], states: dict[int, RecruitmentReview], by: Viewer) -> None:
    versions = make_versions("recruitment", list(due))
    now = clock.now()
    _insert_closing([(s, _facts(s, versions[s.id]), states[s.id]) for s in due])
    Enrollment.objects.for_system("lapsing records").filter(pk__in=[s.id for s in due]).update(
        lapsed_at=now, holding=False, updated_at=now
    )
    history.record([history_entry(s, "enrollment.lapse") for s in due], by=by)


def _is_over(subject: Subject, state: RecruitmentReview) -> bool:
    reviewing = state.report_status == ReportStatus.REPORTED or state.review_status == ReviewStatus.RETURNED
    return subject.has_ended(PhaseKind.REVIEW if reviewing else PhaseKind.FILLING)
