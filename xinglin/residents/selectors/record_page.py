"""What the page of one record reads: the row, its last return, events and history (R-06, R-16)."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.http import Http404

from xinglin.history import selectors as history
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.reviews.models import ReviewEvent
from xinglin.reviews.selectors import events_of

from ..models import ClosingRecord, Correction, Enrollment
from .enrollments import enrollments

KIND = "recruitment"
_SEEN_DAYS = 30


def visible_enrollment(viewer: Viewer, enrollment_id: int) -> Enrollment:
    """The enrollment with person, places and review state. Raises Http404 for a foreign or unknown one."""
    row = (
        enrollments(viewer).filter(pk=enrollment_id).select_related("recruitment_review__decided_version__key").first()
    )
    if row is None:
        raise Http404
    return row


def last_correction(viewer: Viewer, enrollment_id: int) -> Correction | None:
    """The newest return to the resident, answered or not."""
    rows = Correction.objects.visible_to(viewer).select_related("before__key")
    return rows.filter(enrollment_id=enrollment_id).first()


def review_events(viewer: Viewer, enrollment_id: int) -> list[ReviewEvent]:
    """Reports, decisions and recalls, newest first."""
    return list(events_of(viewer, KIND, enrollment_id))


def record_history(viewer: Viewer, row: Enrollment) -> QuerySet[HistoryEntry]:
    """Changes and events of one record in the viewer's scope, newest first: training, personal parts, views."""
    mine = Q(subject_type="enrollment", subject_id=str(row.pk))
    parts = Q(parent_type="enrollment", parent_id=str(row.pk))
    pictures = Q(subject_type="file", at__gte=row.created_at)
    return history.entries(viewer).filter(Q(person_id=row.person_id) & (mine | parts | pictures))


def identity_views(viewer: Viewer, row: Enrollment) -> int:
    """How often the full numbers were looked at in the last thirty days."""
    since = clock.now() - timedelta(days=_SEEN_DAYS)
    return record_history(viewer, row).filter(verb="view.identity", at__gte=since).count()


def last_training_save(viewer: Viewer, row: Enrollment) -> HistoryEntry | None:
    """The newest save of 培训信息, to name who was faster."""
    return record_history(viewer, row).filter(verb="enrollment.training").first()


def closing_record(viewer: Viewer, enrollment_id: int) -> ClosingRecord:
    """An intake as it stood at closing, with its sealed version. Raises Http404."""
    rows = ClosingRecord.objects.visible_to(viewer).select_related(
        "person__key", "organization", "province", "version__key"
    )
    row = rows.filter(pk=enrollment_id).first()
    if row is None:
        raise Http404
    return row
