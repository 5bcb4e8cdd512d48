"""The resident's save as the recruitment part sees it: guard, recall, first filling, answer to a return (R-07, R-19)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from xinglin.files.selectors import belongs
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.people import actions as people
from xinglin.people.fields import personal_fields
from xinglin.people.registry import Home, PersonHooks
from xinglin.people.selectors import PersonalRecord, record_of

from ..models import Enrollment
from ..selectors.enrollments import holding_enrollment
from ..selectors.subjects import enrollment_facts, subjects
from .completeness import keep_missing_counts
from .correcting import answer_correction
from .locking import for_owner, read_only_reason, recall_for_change, state_of

FOREIGN_PICTURE = "这张图片用不上，请重新上传。"


@transaction.atomic
def save_personal(
    section: str,
    values: dict[str, Any],
    *,
    by: Viewer,
    seen: Mapping[str, Any] | None = None,
    reply: str = "",
    replies: Mapping[str, str] | None = None,
) -> people.saving.Changes:
    """保存 of one personal part by the resident, with replies to a return.

    Raises NotAllowed; Refused for a picture that is not the resident's own for that place, for a remark that is too
    long, or where the record is locked; Stale where what is saved is no longer ``seen``, the content it was compared with.
    """
    changes = people.save_section(section, values, by=by, seen=seen)
    if by.person_id is not None:
        _refuse_foreign_pictures(changes, by.person_id)
        enrollment = holding_enrollment(by.person_id)
        if enrollment is not None:
            _refuse_when_locked(enrollment)
            answer_correction(enrollment, record_of(by.person_id), by=by, reply=reply, replies=replies)
    return changes


def _refuse_foreign_pictures(changes: people.saving.Changes, person_id: int) -> None:
    """Every new picture is a stored file of this person, uploaded for this place: whoever calls, the row is looked at."""
    fields = personal_fields()
    for key, (_, new) in changes.items():
        declared = fields[key].declaration
        if not new or declared.kind != "image":
            continue
        if not belongs(UUID(str(new)), person_id=person_id, purpose=declared.name):
            raise Refused(FOREIGN_PICTURE, field=key)


def _refuse_when_locked(enrollment: Enrollment) -> None:
    reason = lock_reason(enrollment)
    if reason:
        raise Refused(reason)


def lock_reason(enrollment: Enrollment) -> str | None:
    """Why the personal parts admit no change by the resident now, or None."""
    subject = subjects([enrollment.pk])[enrollment.pk]
    return for_owner(read_only_reason(subject, state_of(subject)) or "") or None


def _guard(person_id: int, by: Viewer) -> str | None:
    enrollment = holding_enrollment(person_id)
    return lock_reason(enrollment) if enrollment else None


def _saved(record: PersonalRecord, keys: list[str], by: Viewer) -> None:
    enrollment = holding_enrollment(record.person.pk)
    if enrollment is None:
        return
    rows = Enrollment.objects.for_system("the holding enrollment of the saver").filter(pk=enrollment.pk)
    rows.update(updated_at=clock.now())
    rows.filter(filled_at__isnull=True).update(filled_at=clock.now())
    found = list(subjects([enrollment.pk]).values())
    keep_missing_counts(found)
    recall_for_change(found, by=by, reason="本人修改了个人信息")


def _homes(person_ids: Iterable[int]) -> dict[int, Home]:
    rows = (
        Enrollment.objects.for_system("where the history of a person belongs")
        .select_related("organization", "province")
        .filter(person_id__in=list(person_ids), holding=True)
    )
    return {
        row.person_id: Home(
            organization_path=row.organization.path,
            organization_name=row.organization.name,
            province_id=row.province_id,
            province_name=row.province.name,
            track=row.track,
            parent_type="enrollment",
            parent_id=str(row.pk),
            facts=enrollment_facts(row),
        )
        for row in rows
    }


HOOKS = PersonHooks(guard=_guard, saved=_saved, homes=_homes)
