"""Lists of enrollments for a viewer, and the counts of the flow (R-02, P-12)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from xinglin.kernel.viewer import Viewer
from xinglin.reviews.enums import ReportStatus, ReviewStatus

from ..enums import CorrectionStatus
from ..models import ClosingRecord, Enrollment


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


UNREPORTED = Q(recruitment_review__report_status=ReportStatus.UNREPORTED)
PENDING = Q(recruitment_review__review_status=ReviewStatus.PENDING)
APPROVED = Q(recruitment_review__review_status=ReviewStatus.APPROVED)
RETURNED = Q(recruitment_review__review_status=ReviewStatus.RETURNED)
CORRECTING = Q(correction_status=CorrectionStatus.REQUESTED)
UNSEEN = Q(correction_status=CorrectionStatus.CORRECTED, corrections__correction_seen_at__isnull=True)


def flow_counts(viewer: Viewer, year: int) -> dict[str, Any]:
    """Live counts of the flow for one intake year, in one query."""
    rows = Enrollment.objects.visible_to(viewer).filter(intake_year=year, lapsed_at__isnull=True)
    return rows.aggregate(
        imported=Count("pk", distinct=True),
        not_started=Count("pk", filter=UNREPORTED & Q(filled_at__isnull=True), distinct=True),
        filling=Count("pk", filter=UNREPORTED & Q(filled_at__isnull=False), distinct=True),
        correcting=Count("pk", filter=CORRECTING & UNREPORTED, distinct=True),
        corrected=Count("pk", filter=UNSEEN & UNREPORTED, distinct=True),
        unreported=Count("pk", filter=UNREPORTED, distinct=True),
        pending=Count("pk", filter=PENDING, distinct=True),
        returned=Count("pk", filter=RETURNED, distinct=True),
        approved=Count("pk", filter=APPROVED, distinct=True),
    )
