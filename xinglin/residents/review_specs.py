"""The recruitment review: base reports, province approves or returns to the base (R-08, R-21)."""

from __future__ import annotations

from xinglin.history.actions import Entry
from xinglin.kernel.issues import Issue
from xinglin.kernel.viewer import Viewer
from xinglin.reviews.spec import ReviewSpec, register
from xinglin.windows.enums import PhaseKind

from .actions.locking import KIND
from .actions.outcomes import on_approved, on_revoked
from .checking import checked
from .fields import record_names
from .models import RecruitmentReview
from .notices import tell_base
from .selectors.corrections import replies_since_return
from .selectors.subjects import Subject, history_entry, subjects


def _closed(subject: Subject, phase: str, by: Viewer) -> str | None:
    """Filling for a report, review for a decision; a returned record is reported again until review ends."""
    if subject.enrollment.lapsed_at is not None:
        return "本次招收已截止，这条记录没有审核通过，已失效。"
    if phase == "correct":
        if subject.is_open(PhaseKind.FILLING):
            return None
        return subject.closed_reason(PhaseKind.REVIEW)
    return subject.closed_reason(phase)


def _missing(found: list[Subject]) -> dict[int, list[Issue]]:
    return {pk: result.issues for pk, result in checked(found).items()}


def _answers(found: list[Subject]) -> dict[int, str]:
    """A resident who answered since the province's return with words alone has answered it (R-07)."""
    return replies_since_return([subject.id for subject in found])


def _entry(subject: Subject) -> Entry:
    return history_entry(subject)


def _built_on(subject: Subject) -> str | None:
    """Nothing is built on a recruitment approval yet but a later training; a returned record was saved again."""
    if subject.enrollment.correction_status == "requested":
        return "基地已将个人信息退回本人修改，不能撤销。"
    return None


RECRUITMENT = register(
    ReviewSpec(
        kind=KIND,
        label="招收信息",
        state_model=RecruitmentReview,
        report_permission="residents.report",
        review_permission="residents.review",
        revoke_permission="residents.revoke",
        load=subjects,
        missing=_missing,
        closed=_closed,
        entry=_entry,
        answers=_answers,
        field_names=record_names,
        frozen_once_approved=True,
        on_approved=on_approved,
        on_returned=tell_base,
        on_revoked=on_revoked,
        built_on=_built_on,
    )
)
