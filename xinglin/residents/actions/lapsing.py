"""Records that nobody decided lapse when their phase ends, and revive when it is extended (R-01)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from xinglin.history import actions as history
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.reviews.actions.reporting import make_versions
from xinglin.reviews.enums import ReportStatus, ReviewStatus
from xinglin.windows.enums import PhaseKind
from xinglin.windows.models import Extension, WindowPhase

from ..models import ClosingRecord, Enrollment, RecruitmentReview
from ..selectors.subjects import Subject, history_entry, subjects
from .outcomes import facts_of, insert_closing


@transaction.atomic
def lapse_batch(after: int, *, by: Viewer, size: int = 500) -> tuple[int, int | None]:
    """Stamp undecided records whose phase has ended, among the next ``size`` candidates after an id.

    Never reported or recalled ones lapse at the end of filling, returned and pending ones at the end of review. The
    record keeps its parts, holds nobody, and is kept as it stood for the history query. Returns how many lapsed and
    the id to go on from, None at the end.
    """
    candidates = (
        Enrollment.objects.for_system("lapse at the end of a window")
        .filter(_some_phase_ended(), pk__gt=after, holding=True)
        .exclude(recruitment_review__review_status=ReviewStatus.APPROVED)
        .order_by("pk")
        .values_list("pk", flat=True)
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


def _some_phase_ended() -> Q:
    """Records of a window of which some phase has ended, for all or, by a province's own times, for the province."""
    ended = WindowPhase.objects.filter(ends_at__lte=clock.now()).select_related("window")
    windows = [phase.window for phase in ended]
    everywhere = {window.pk for window in windows if window.within_id is None}
    found = Q(window__in=everywhere)
    for window in windows:
        if window.within_id is not None and window.within_id not in everywhere:
            found |= Q(window=window.within_id, province=window.province_id)
    return found


def _lapse(due: Sequence[Subject], states: dict[int, RecruitmentReview], by: Viewer) -> None:
    versions = make_versions("recruitment", list(due))
    now = clock.now()
    insert_closing([(s, facts_of(s, versions[s.id]), states[s.id]) for s in due])
    Enrollment.objects.for_system("lapsing records").filter(pk__in=[s.id for s in due]).update(
        lapsed_at=now, holding=False, updated_at=now
    )
    history.record([history_entry(s, "enrollment.lapse") for s in due], by=by)


def _is_over(subject: Subject, state: RecruitmentReview) -> bool:
    reviewing = state.report_status == ReportStatus.REPORTED or state.review_status == ReviewStatus.RETURNED
    return subject.has_ended(PhaseKind.REVIEW if reviewing else PhaseKind.FILLING)


def revive_due(*, by: Viewer, size: int = 500) -> int:
    """Take lapsed records back whose phase was extended, unless somebody else holds the person, in short
    transactions; returns how many."""
    total, position = 0, 0
    while True:
        count, following = revive_batch(position, by=by, size=size)
        total += count
        if following is None:
            return total
        position = following


@transaction.atomic
def revive_batch(after: int, *, by: Viewer, size: int = 500) -> tuple[int, int | None]:
    """Revive among the next ``size`` lapsed records after an id; returns as ``lapse_batch``."""
    alive = Q(window__phases__ends_at__gt=clock.now()) | Q(
        window__in=Extension.objects.for_system("extended phases")
        .filter(ends_at__gt=clock.now())
        .values("phase__window")
    )
    rows = Enrollment.objects.for_system("revive after an extension")
    held = rows.filter(holding=True).values("person_id")
    candidates = rows.filter(alive, pk__gt=after, lapsed_at__isnull=False, person__erased_at__isnull=True)
    free = candidates.exclude(person_id__in=held).order_by("pk").values_list("pk", flat=True)
    looked = list(free.distinct()[:size])
    found = subjects(looked)
    states = RecruitmentReview.objects.for_system("states of lapsed records").in_bulk(list(found))
    back = {s.enrollment.person_id: s for pk, s in found.items() if not _is_over(s, states[pk])}
    ids = [subject.id for subject in back.values()]
    if ids:
        rows.filter(pk__in=ids).update(lapsed_at=None, holding=True, updated_at=clock.now())
        ClosingRecord.objects.for_system("open again").filter(pk__in=ids).delete()
        history.record([history_entry(s, "enrollment.revive") for s in back.values()], by=by)
    return len(ids), looked[-1] if len(looked) == size else None
