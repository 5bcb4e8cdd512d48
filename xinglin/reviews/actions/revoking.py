"""Revoking a decision while nothing has been built on it (R-21): back to pending, with the same version."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from xinglin.kernel.errors import Refused
from xinglin.kernel.remarks import REASON, remark
from xinglin.kernel.viewer import Viewer

from ..enums import ReportStatus, ReviewStatus, Verb
from ..models import ReviewEvent
from ..spec import Outcome, ReviewSpec
from .stamping import lock_states, standing, write_events


@transaction.atomic
def revoke(spec: ReviewSpec, ids: Iterable[int], *, reason: str, by: Viewer) -> Outcome:
    """Take back an approval or a return. Raises NotAllowed, Refused without a reason."""
    by.require(spec.revoke_permission)
    reason = remark(reason, REASON, field="reason")
    if not reason:
        raise Refused("请填写撤销的理由。", field="reason")
    outcome = Outcome()
    states = lock_states(spec, ids, by, outcome)
    decided = []
    for pk, state in states.items():
        if state.review_status not in (ReviewStatus.APPROVED, ReviewStatus.RETURNED) or not state.decided_version_id:
            outcome.refuse(pk, f"{standing(state)}，没有可撤销的决定。")
        elif state.version_id != state.decided_version_id:
            outcome.refuse(pk, "决定之后已重新上报，不能再撤销。")
        else:
            decided.append(pk)
    ready = []
    for pk, subject in spec.load(decided).items():
        blocked = spec.closed(subject, "review", by) or (spec.built_on(subject) if spec.built_on else None)
        if blocked:
            outcome.refuse(pk, blocked)
        else:
            ready.append(subject)
    for subject in ready:
        _reopen(spec, subject.id)
    if ready:
        versions = {s.id: states[s.id].version_id for s in ready}
        write_events(spec, Verb.REVOKE, ready, versions=versions, comment=reason, by=by)
        approved = [s for s in ready if states[s.id].review_status == ReviewStatus.APPROVED]
        if spec.on_revoked and approved:
            spec.on_revoked(approved, by)
        outcome.done = [subject.id for subject in ready]
    return outcome


def _reopen(spec: ReviewSpec, pk: int) -> None:
    """The verdict before the revoked one stands as last verdict again."""
    decisions = ReviewEvent.objects.for_system("decisions before the revoked one").filter(
        kind=spec.kind, subject_id=pk, verb__in=[Verb.APPROVE, Verb.RETURN, Verb.REVOKE]
    )
    standing_decisions: list[ReviewEvent] = []
    for event in decisions.order_by("at", "id"):
        if event.verb == Verb.REVOKE:
            standing_decisions = standing_decisions[:-1]
        else:
            standing_decisions.append(event)
    before = standing_decisions[-2] if len(standing_decisions) > 1 else None
    verdict = ""
    if before is not None:
        verdict = ReviewStatus.APPROVED if before.verb == Verb.APPROVE else ReviewStatus.RETURNED
    spec.state_model.objects.for_system("reopen a decision under lock").filter(pk=pk).update(
        report_status=ReportStatus.REPORTED,
        review_status=ReviewStatus.PENDING,
        last_verdict=verdict,
        decided_version_id=before.version_id if before else None,
        decided_at=before.at if before else None,
        decided_by_id=before.by_id if before else None,
        decided_by_name=before.by_name if before else "",
        decided_from_id=(before.from_id or 0) if before else None,
        return_comment=before.comment if before else "",
        field_comments=before.field_comments if before else {},
        lock=F("lock") + 1,
    )
