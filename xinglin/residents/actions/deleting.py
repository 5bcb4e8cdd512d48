"""Deleting a wrongly imported resident, inside the window and while never approved (R-04)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from xinglin.accounts import actions as accounts
from xinglin.accounts.selectors import grants_of, person_account
from xinglin.history import actions as history
from xinglin.kernel.viewer import Viewer
from xinglin.reviews.enums import ReviewStatus
from xinglin.reviews.spec import Outcome
from xinglin.windows.enums import PhaseKind

from ..models import Enrollment, RecruitmentReview
from ..selectors.subjects import Subject, history_entry, subjects
from .locking import state_of


def deletion_refusal(subject: Subject, state: RecruitmentReview | None = None) -> str | None:
    """Why this record cannot be deleted now, or None. A known review state saves a query."""
    status = (state or state_of(subject)).review_status
    if status == ReviewStatus.APPROVED:
        return "已审核通过，不能删除；离开培训是退培，随在培信息部分开通后在“培训状态”里登记。"
    if status == ReviewStatus.PENDING:
        return "已上报待审核，请先撤回上报，再删除。"
    return subject.closed_reason(PhaseKind.FILLING)


@transaction.atomic
def delete(ids: Iterable[int], *, by: Viewer) -> Outcome:
    """Delete enrollments; the history stays. A sign-in that was opened for this only ends with it.

    Raises NotAllowed.
    """
    by.require("residents.delete")
    outcome = Outcome()
    wanted = list(dict.fromkeys(ids))
    visible = set(Enrollment.objects.visible_to(by).filter(pk__in=wanted).values_list("pk", flat=True))
    found = subjects(visible)
    for pk in wanted:
        if pk not in visible:
            outcome.refuse(pk, "没有这条记录，或不在您的管理范围内。")
            continue
        reason = deletion_refusal(found[pk])
        if reason:
            outcome.refuse(pk, reason)
            continue
        subject = found[pk]
        history.record([history_entry(subject, "enrollment.delete", "deleted")], by=by)
        enrollment = subject.enrollment
        enrollment.delete()
        _end_identity(enrollment, by)
        outcome.done.append(pk)
    return outcome


def _end_identity(enrollment: Enrollment, by: Viewer) -> None:
    """The resident's identity at this base ends with the record; other identities stay."""
    user = person_account(enrollment.person_id)
    for grant in grants_of(user) if user else []:
        if grant.role == "resident" and grant.organization_id == enrollment.organization_id:
            accounts.end_grant(grant, by=by, reason="招收信息已删除")
