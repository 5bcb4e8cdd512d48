"""What may be done with a record now, and why not: one answer for lists, the record's page and its forms (P-21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xinglin.kernel.viewer import Viewer
from xinglin.people.selectors import PersonalRecord
from xinglin.reviews.enums import ReportStatus, ReviewStatus
from xinglin.reviews.selectors import as_returned
from xinglin.reviews.spec import spec_of
from xinglin.windows.selectors import load_timetable

from .actions.deleting import deletion_refusal
from .actions.locking import KIND, read_only_reason
from .checking import Checked, checked
from .enums import CorrectionStatus
from .models import Enrollment, RecruitmentReview
from .selectors.subjects import Subject, subjects

AWAITING_PROVINCE = "已上报，正在等省级审核；要改请先撤回上报。"
APPROVED = "已审核通过，不用再上报。"
AWAITING_RESIDENT = "已退回，正在等本人修改。"


@dataclass(slots=True)
class Standing:
    """One record: each text says why the thing cannot be done now, "" where it can."""

    subject: Subject
    state: RecruitmentReview
    checked: Checked
    edit: str = ""
    delete: str = ""
    report: str = ""
    recall: str = ""
    return_personal: str = ""
    unanswered: bool = False
    """Returned by the province, and neither changed nor answered since: a report wants words."""

    @property
    def is_pending(self) -> bool:
        return bool(self.state.review_status == ReviewStatus.PENDING)

    @property
    def is_approved(self) -> bool:
        return bool(self.state.review_status == ReviewStatus.APPROVED)

    @property
    def is_correcting(self) -> bool:
        """Whether the resident has a return to answer."""
        return bool(self.subject.enrollment.correction_status == CorrectionStatus.REQUESTED)

    @property
    def only_soft(self) -> bool:
        """Nothing but soft contradictions stands against a report: a reason is wanted (R-26)."""
        return bool(self.checked.unconfirmed) and not self.checked.missing and not self.checked.hard


def standings(rows: Sequence[Enrollment], viewer: Viewer) -> dict[int, Standing]:
    """Answers for enrollments of the viewer's scope, given with their review state; about ten queries in all."""
    states = {row.pk: row.recruitment_review for row in rows}
    found = subjects(states)
    looked_at = checked(
        [subject for pk, subject in found.items() if states[pk].report_status == ReportStatus.UNREPORTED]
    )
    same = as_returned(spec_of(KIND), states, found.values())
    made = {pk: _stand(found[pk], states[pk], looked_at.get(pk, Checked()), viewer) for pk in states if pk in found}
    for pk, standing in made.items():
        standing.unanswered = same.get(pk) == ""
    return made


def quick_standings(rows: Sequence[Enrollment], viewer: Viewer) -> dict[int, Standing]:
    """The same for a page of a list, without looking into the records: three queries. ``checked`` stays empty."""
    timetable = load_timetable({row.window_id for row in rows})
    found = {}
    for row in rows:
        row.organization.province = row.province
        subject = Subject(row, PersonalRecord(row.person), timetable)
        found[row.pk] = _stand(subject, row.recruitment_review, Checked(), viewer)
    return found


def _stand(subject: Subject, state: RecruitmentReview, looked_at: Checked, viewer: Viewer) -> Standing:
    locked = read_only_reason(subject, state) or ""
    standing = Standing(subject, state, looked_at, edit=locked, return_personal=locked)
    standing.delete = deletion_refusal(subject, state) or ""
    if standing.is_correcting:
        standing.return_personal = locked or AWAITING_RESIDENT
    closed = _closed(subject, state.last_verdict, viewer)
    standing.recall = closed if standing.is_pending else "没有待审核的上报。"
    if standing.is_pending:
        standing.report = AWAITING_PROVINCE
    else:
        standing.report = APPROVED if standing.is_approved else closed
    return standing


def _closed(subject: Subject, verdict: str, viewer: Viewer) -> str:
    """Why the clock does not admit a report; one that the province returned may be corrected until review ends."""
    phase = "correct" if verdict == ReviewStatus.RETURNED else "filling"
    return spec_of(KIND).closed(subject, phase, viewer) or ""
