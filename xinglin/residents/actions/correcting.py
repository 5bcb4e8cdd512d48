"""Return of the personal part to the resident, and the answer (R-07)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction

from xinglin.history import actions as history
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.remarks import COMMENT, MADE_OF, field_remarks, in_full, remark
from xinglin.kernel.viewer import Viewer
from xinglin.people.fields import personal_fields
from xinglin.people.selectors import PersonalRecord
from xinglin.reviews.actions.reporting import make_versions
from xinglin.reviews.selectors import content_of
from xinglin.reviews.spec import Outcome

from ..enums import CorrectionStatus
from ..fields import record_names
from ..models import Correction, Enrollment
from ..selectors.subjects import Subject, history_entry, subjects
from .locking import read_only_reasons, recall_for_change

PERSONAL = "personal"
after_return: list[Callable[[list[Subject], Viewer], None]] = []
"""Who is told of a return, in its transaction (``residents.notices``)."""


@transaction.atomic
def return_personal(
    ids: Iterable[int], *, comment: str, by: Viewer, field_comments: Mapping[str, str] | None = None
) -> Outcome:
    """Return the personal part of one or many residents with a comment, on the whole or on single fields.

    A pending report is recalled. Raises NotAllowed, Refused without a comment or with one that nobody could answer.
    """
    by.require("residents.return_personal")
    fields = field_remarks(field_comments, personal_fields())
    comment = remark(comment, COMMENT, field="comment") or MADE_OF.join(fields.values())
    if not comment:
        raise Refused("请填写退回意见，住院医师要按意见修改。", field="comment")
    outcome = Outcome()
    wanted = list(dict.fromkeys(ids))
    visible = set(Enrollment.objects.visible_to(by).filter(pk__in=wanted).values_list("pk", flat=True))
    for pk in wanted:
        if pk not in visible:
            outcome.refuse(pk, "没有这条记录，或不在您的管理范围内。")
    ready: list[Subject] = []
    found = subjects(visible)
    locked = read_only_reasons(list(found.values()))
    for pk, subject in found.items():
        reason = locked.get(pk)
        if reason is None and subject.enrollment.correction_status == CorrectionStatus.REQUESTED:
            reason = "已退回，正在等本人修改。"
        if reason:
            outcome.refuse(pk, reason)
        else:
            ready.append(subject)
    versions = make_versions(PERSONAL, ready)
    now = clock.now()
    for subject in ready:
        Correction.objects.for_system("new return of a subject in scope").create(
            enrollment=subject.enrollment,
            comment=comment,
            field_comments=fields,
            before_id=versions[subject.id],
            requested_at=now,
            requested_by_id=by.user_id,
            requested_by_name=by.user_name,
        )
    _set_status([s.id for s in ready], CorrectionStatus.REQUESTED)
    recall_for_change(ready, by=by, reason="基本信息退回本人修改")
    history.record([_entry(s, "correction.request", comment, fields) for s in ready], by=by)
    outcome.done = [s.id for s in ready]
    for tell in after_return:
        tell(ready, by)
    return outcome


def _set_status(ids: list[int], status: CorrectionStatus) -> None:
    Enrollment.objects.for_system("enrollments of this action").filter(pk__in=ids).update(
        correction_status=status, updated_at=clock.now()
    )


def _entry(subject: Subject, verb: str, reason: str, fields: Mapping[str, str]) -> Any:
    entry = history_entry(subject, verb)
    entry.reason = in_full(reason, fields, record_names())
    entry.facts = {**entry.facts, "fields": list(fields)}
    return entry


def open_correction(enrollment_id: int) -> Correction | None:
    """The return that the resident has not answered yet."""
    return (
        Correction.objects.for_system("own open return")
        .select_related("before__key")
        .filter(enrollment_id=enrollment_id, corrected_at__isnull=True)
        .first()
    )


@transaction.atomic
def answer_correction(
    enrollment: Enrollment,
    record: PersonalRecord,
    *,
    by: Viewer,
    reply: str = "",
    replies: Mapping[str, str] | None = None,
) -> bool:
    """Note replies and, once everything is answered, set 已修改; returns whether it was answered now.

    Replies to fields that were not commented on are left out. Without field comments the first change or reply answers; with them each field needs a change or a reply.
    """
    correction = open_correction(enrollment.pk)
    if correction is None:
        return False
    correction.reply = remark(reply, COMMENT, field="reply") or correction.reply
    asked = {key: text for key, text in (replies or {}).items() if key in correction.field_comments}
    correction.replies = {**correction.replies, **field_remarks(asked)}
    before, now_content = content_of(correction.before), record.content
    changed = {key for key in {*before, *now_content} if not _same(before.get(key), now_content.get(key))}
    personal = {key for key in changed if not key.startswith("training_info.")}
    if correction.field_comments:
        answered = all(key in personal or correction.replies.get(key) for key in correction.field_comments)
    else:
        answered = bool(personal or correction.reply)
    if answered:
        correction.corrected_at = clock.now()
        _set_status([enrollment.pk], CorrectionStatus.CORRECTED)
        subject = subjects([enrollment.pk])[enrollment.pk]
        history.record([_entry(subject, "correction.answer", correction.reply, correction.replies)], by=by)
    correction.save()
    return answered


def _same(old: Any, new: Any) -> bool:
    return (old if old != "" else None) == (new if new != "" else None)


@transaction.atomic
def see_correction(enrollment_id: int, *, by: Viewer) -> None:
    """The base has looked at the changes since the return. Raises NotAllowed."""
    by.require("residents.return_personal")
    rows = Correction.objects.visible_to(by).filter(
        enrollment_id=enrollment_id, corrected_at__isnull=False, correction_seen_at__isnull=True
    )
    if rows.update(
        correction_seen_at=clock.now(), correction_seen_by_id=by.user_id, correction_seen_by_name=by.user_name
    ):
        subject = subjects([enrollment_id])[enrollment_id]
        history.record([history_entry(subject, "correction.seen")], by=by)
