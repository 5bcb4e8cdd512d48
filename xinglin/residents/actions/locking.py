"""What a save or return does to a report, and whether a record admits changes now (R-01, Ownership)."""

from __future__ import annotations

from xinglin.kernel.viewer import Viewer
from xinglin.reviews.actions.reporting import recall_pending
from xinglin.reviews.enums import ReviewStatus
from xinglin.reviews.spec import spec_of
from xinglin.windows.enums import PhaseKind

from ..models import RecruitmentReview
from ..selectors.subjects import Subject

KIND = "recruitment"
APPROVED_READ_ONLY = "招收信息已审核通过，不能再改；在培信息更新开通后可在“住院医师信息管理”里更新。"

APPROVED_FOR_OWNER = "招收信息已审核通过，不能再改。有变更或发现错误，请联系培训基地。"


def for_owner(reason: str) -> str:
    """The reason in the words for the resident, who has no 住院医师信息管理."""
    return APPROVED_FOR_OWNER if reason == APPROVED_READ_ONLY else reason


def state_of(subject: Subject) -> RecruitmentReview:
    """The review state of one subject."""
    return RecruitmentReview.objects.for_system("state of a subject in scope").get(pk=subject.id)


def read_only_reason(subject: Subject, state: RecruitmentReview) -> str | None:
    """Why the record admits no change now, or None.

    Approved: never. Returned by the province: until the end of its review phase. Else: while filling is open.
    """
    if subject.enrollment.lapsed_at is not None:
        return "本次招收已截止，这条记录没有审核通过，已失效。"
    if state.review_status == ReviewStatus.APPROVED:
        return APPROVED_READ_ONLY
    if state.review_status == ReviewStatus.RETURNED and subject.is_open(PhaseKind.REVIEW):
        return None
    return subject.closed_reason(PhaseKind.FILLING)


def read_only_reasons(subjects: list[Subject]) -> dict[int, str]:
    """Ids of those that admit no change now, with the reason; two queries, whatever the number."""
    ids = [subject.id for subject in subjects]
    states = RecruitmentReview.objects.for_system("states of subjects in scope").in_bulk(ids)
    reasons = {s.id: read_only_reason(s, states[s.id]) for s in subjects}
    return {pk: reason for pk, reason in reasons.items() if reason}


def recall_for_change(subjects: list[Subject], *, by: Viewer, reason: str) -> None:
    """A saved change or a return takes pending reports out of the queue, in the same transaction."""
    recall_pending(spec_of(KIND), subjects, by=by, reason=reason)
