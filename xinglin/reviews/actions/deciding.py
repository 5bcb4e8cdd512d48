"""Approve and return, by the level above (R-21)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F

from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.remarks import COMMENT, MADE_OF, field_remarks, remark
from xinglin.kernel.viewer import Viewer

from ..enums import ReportStatus, ReviewStatus, Verb
from ..spec import Outcome, ReviewSpec
from .stamping import last_recalls, lock_states, recalled, standing, write_events


def _pending(
    spec: ReviewSpec, ids: Iterable[int], seen: dict[int, int] | None, by: Viewer, outcome: Outcome
) -> list[Any]:
    """Subjects that may be decided now; whoever came second, or read an older report, is told."""
    by.require(spec.review_permission)
    states = lock_states(spec, ids, by, outcome)
    open_ids = []
    unreported = [pk for pk, state in states.items() if state.report_status == ReportStatus.UNREPORTED]
    recalls = last_recalls(spec.kind, unreported) if unreported else {}
    for pk, state in states.items():
        if state.review_status != ReviewStatus.PENDING:
            words = recalled(recalls[pk]) if pk in recalls else standing(state)
            outcome.refuse(pk, f"{words}，您的操作没有生效。")
        elif seen is not None and pk in seen and seen[pk] != state.version_id:
            outcome.refuse(pk, "您打开之后，基地重新上报了新的内容。请看过新内容再决定。")
        else:
            open_ids.append(pk)
    ready = []
    for pk, subject in spec.load(open_ids).items():
        reason = spec.closed(subject, "review", by)
        if reason:
            outcome.refuse(pk, reason)
        else:
            ready.append(subject)
    return ready


def _stamp(
    spec: ReviewSpec, subjects: list[Any], verdict: ReviewStatus, by: Viewer, **more: Any
) -> dict[int, int | None]:
    rows = spec.states(by).filter(pk__in=[s.id for s in subjects])
    versions: dict[int, int | None] = dict(rows.values_list("pk", "version_id"))
    rows.update(
        review_status=verdict,
        last_verdict=verdict,
        decided_version=F("version"),
        decided_at=clock.now(),
        decided_by_id=by.user_id,
        decided_by_name=by.user_name,
        decided_from_id=by.organization_id or 0,
        lock=F("lock") + 1,
        **more,
    )
    return versions


@transaction.atomic
def approve(spec: ReviewSpec, ids: Iterable[int], *, by: Viewer, seen: dict[int, int] | None = None) -> Outcome:
    """Approve pending records. ``seen`` maps ids to the version the reviewer read. Raises NotAllowed.

    Call with at most a thousand ids: it is one transaction.
    """
    outcome = Outcome()
    ready = _pending(spec, ids, seen, by, outcome)
    if ready:
        versions = _stamp(spec, ready, ReviewStatus.APPROVED, by, return_comment="", field_comments={})
        write_events(spec, Verb.APPROVE, ready, versions=versions, by=by)
        if spec.on_approved:
            spec.on_approved(ready, by)
        outcome.done = [subject.id for subject in ready]
    return outcome


@transaction.atomic
def return_(
    spec: ReviewSpec,
    ids: Iterable[int],
    *,
    comment: str,
    by: Viewer,
    field_comments: dict[str, str] | None = None,
    seen: dict[int, int] | None = None,
) -> Outcome:
    """Return pending records to the base; the comment is mandatory. Raises NotAllowed, Refused without a comment
    or with one that is too long or stands at no field.

    With comments on fields only, the whole comment is made of them.
    """
    fields = field_remarks(field_comments, spec.field_names())
    comment = remark(comment, COMMENT, field="comment") or MADE_OF.join(fields.values())
    if not comment:
        raise Refused("请填写退回意见，基地要按意见修改。", field="comment")
    outcome = Outcome()
    ready = _pending(spec, ids, seen, by, outcome)
    if ready:
        versions = _stamp(
            spec, ready, ReviewStatus.RETURNED, by,
            report_status=ReportStatus.UNREPORTED, return_comment=comment, field_comments=fields,
        )  # fmt: skip
        write_events(spec, Verb.RETURN, ready, versions=versions, comment=comment, field_comments=fields, by=by)
        if spec.on_returned:
            spec.on_returned(ready, by)
        outcome.done = [subject.id for subject in ready]
    return outcome
