"""What a resident reads of the own record (R-19)."""

from __future__ import annotations

from django.http import Http404

from xinglin.kernel.viewer import Viewer
from xinglin.people.fields import personal_fields
from xinglin.people.models import Person
from xinglin.people.selectors import PersonalRecord, record_of
from xinglin.reviews.content import Content, difference
from xinglin.reviews.selectors import content_of

from ..enums import CorrectionStatus
from ..models import Correction, Enrollment
from .enrollments import enrollments


def own_enrollment(viewer: Viewer) -> Enrollment | None:
    """The enrollment that holds the person, else the newest former one."""
    return enrollments(viewer).order_by("-holding", "-intake_year", "-id").first() if viewer.is_person else None


def own_person(viewer: Viewer) -> Person:
    """The person behind the identity, with the key. Raises Http404 for an identity without one."""
    row = Person.objects.visible_to(viewer).select_related("key").first() if viewer.is_person else None
    if row is None:
        raise Http404
    return row


def own_record(viewer: Viewer) -> PersonalRecord:
    """The whole personal record. Raises Http404 for an identity without a person."""
    return record_of(own_person(viewer).pk)


def sees_person(viewer: Viewer, person_id: int) -> bool:
    """Whether an enrollment of the person lies within the viewer's scope."""
    return bool(Enrollment.objects.visible_to(viewer).filter(person_id=person_id).exists())


def waiting_fields(correction: Correction, content: Content) -> list[str]:
    """Keys of returned fields that have neither a change nor a reply yet, in the order of the form."""
    changed = {change.key for change in difference(content_of(correction.before), content)}
    asked = [key for key in personal_fields() if key in correction.field_comments]
    return [key for key in asked if key not in changed and not correction.replies.get(key)]


def waits_for_resident(viewer: Viewer) -> bool:
    """Whether the base has returned the personal part and waits for an answer."""
    rows = Enrollment.objects.visible_to(viewer).filter(holding=True, correction_status=CorrectionStatus.REQUESTED)
    return bool(rows.exists())
