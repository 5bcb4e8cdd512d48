"""Lists of enrollments for a viewer, and the counts of the flow (R-02, P-12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from xinglin.kernel.viewer import Viewer
from xinglin.reviews.enums import ReportStatus, ReviewStatus

from ..enums import CorrectionStatus, TrainingStatus
from ..models import ApprovedRecord, ClosingRecord, Enrollment


def enrollments(viewer: Viewer) -> QuerySet[Enrollment]:
    """All enrollments in scope, with what a list shows, newest first."""
    return (
        Enrollment.objects.visible_to(viewer)
        .select_related("person__key", "recruitment_review", "organization", "province")
        .order_by("-intake_year", "-id")
    )


def current_intake(viewer: Viewer) -> QuerySet[Enrollment]:
    """招收信息管理: enrollments that are not lapsed."""
    return enrollments(viewer).filter(lapsed_at__isnull=True)


def names_of(viewer: Viewer, ids: Iterable[int]) -> dict[int, str]:
    """Names by id, of those that the viewer sees in 招收信息管理."""
    return dict(current_intake(viewer).filter(pk__in=ids).values_list("pk", "person__name"))


def past_intake(viewer: Viewer) -> QuerySet[ClosingRecord]:
    """历史招录信息查询: intakes as they stood when approved or closed (R-09)."""
    return (
        ClosingRecord.objects.visible_to(viewer)
        .select_related("person__key", "organization", "province")
        .order_by("-intake_year", "-enrollment_id")
    )


def holding_enrollment(person_id: int) -> Enrollment | None:
    """The one enrollment that holds the person now."""
    return (
        Enrollment.objects.for_system("holding is one for the whole country")
        .select_related("organization", "province", "window", "recruitment_review")
        .filter(person_id=person_id, holding=True)
        .first()
    )


UNREPORTED = Q(report_status=ReportStatus.UNREPORTED)
PENDING = Q(review_status=ReviewStatus.PENDING)
APPROVED = Q(review_status=ReviewStatus.APPROVED)
RETURNED = Q(review_status=ReviewStatus.RETURNED)
CORRECTING = Q(correction_status=CorrectionStatus.REQUESTED)
FILLING = UNREPORTED & (Q(missing_count__gt=0) | Q(missing_count__isnull=True))
READY = UNREPORTED & Q(missing_count=0) & ~CORRECTING
COMPLETING = UNREPORTED & Q(missing_count__gt=0, missing_personal=0) & ~CORRECTING
"""The resident has filled everything; the base's part is missing or something contradicts."""
UNSEEN = Q(correction_status=CorrectionStatus.CORRECTED, corrections__correction_seen_at__isnull=True)


CHECKING = COMPLETING | UNSEEN & UNREPORTED
"""基地核对: what only the base can go on with before a report."""


def waiting_for_base(viewer: Viewer, year: int) -> int:
    """How many of a year's intake wait for the base: complete records to report, its own part to fill, corrections to
    look at."""
    rows = Enrollment.objects.visible_to(viewer).filter(READY | CHECKING)
    return rows.filter(intake_year=year, lapsed_at__isnull=True).distinct().count()


def flow_counts(viewer: Viewer, year: int) -> dict[str, Any]:
    """Live counts of the flow for one intake year, in one query."""
    rows = Enrollment.objects.visible_to(viewer).filter(intake_year=year, lapsed_at__isnull=True)
    return rows.aggregate(
        imported=Count("pk", distinct=True),
        not_started=Count("pk", filter=UNREPORTED & Q(filled_at__isnull=True), distinct=True),
        filling=Count("pk", filter=FILLING & ~COMPLETING, distinct=True),
        completing=Count("pk", filter=COMPLETING, distinct=True),
        correcting=Count("pk", filter=CORRECTING & UNREPORTED, distinct=True),
        corrected=Count("pk", filter=UNSEEN & UNREPORTED, distinct=True),
        checking=Count("pk", filter=CHECKING, distinct=True),
        ready=Count("pk", filter=READY, distinct=True),
        ready_again=Count("pk", filter=READY & RETURNED, distinct=True),
        pending=Count("pk", filter=PENDING, distinct=True),
        returned=Count("pk", filter=RETURNED, distinct=True),
        approved=Count("pk", filter=APPROVED, distinct=True),
        waiting=Count("pk", filter=READY | CHECKING, distinct=True),
    )


def waiting_for_review(viewer: Viewer) -> int:
    """Pending reports in scope, for the badge of the reviewer."""
    return Enrollment.objects.visible_to(viewer).filter(PENDING, lapsed_at__isnull=True).count()


def oldest_pending(viewer: Viewer, year: int) -> datetime | None:
    """When the longest waiting report was made."""
    rows = Enrollment.objects.visible_to(viewer).filter(PENDING, intake_year=year, lapsed_at__isnull=True)
    return rows.aggregate(oldest=Min("recruitment_review__reported_at"))["oldest"]


def statuses(viewer: Viewer) -> list[tuple[str, int]]:
    """Approved residents of all years by training status, in the order of the states."""
    rows = ApprovedRecord.objects.visible_to(viewer).values_list("training_status").annotate(n=Count("pk"))
    found = dict(rows.order_by())
    return [(status.label, found.get(status.value, 0)) for status in TrainingStatus if status != TrainingStatus.ENDED]
