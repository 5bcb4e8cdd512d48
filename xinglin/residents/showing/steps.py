"""Where a record stands in the flow, and who holds it (mock 05, P-12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.people.rules import missing_personal
from xinglin.reviews.enums import ReviewStatus, Verb
from xinglin.ui.parts import Step
from xinglin.windows.enums import PhaseKind
from xinglin.windows.rules import end_text

from ..enums import CorrectionStatus
from ..models import Correction
from ..standing import Standing

RESIDENT, CHECKING, REPORTING, PROVINCE, DONE = range(1, 6)
HOLDERS = {RESIDENT: "住院医师本人", CHECKING: "培训基地", REPORTING: "培训基地", PROVINCE: "省级审核", DONE: ""}


@dataclass(frozen=True, slots=True)
class Flow:
    """The steps, and the number of the one where the record lies (0: 账号导入)."""

    steps: list[Step]
    at: int

    @property
    def holder(self) -> str:
        return HOLDERS[self.at]


def place(standing: Standing, correction: Correction | None) -> int:
    """Number of the step that somebody has to take now."""
    enrollment = standing.subject.enrollment
    if standing.is_approved:
        return DONE
    if standing.is_pending:
        return PROVINCE
    if standing.is_correcting or enrollment.filled_at is None:
        return RESIDENT
    if unseen(correction):
        return CHECKING
    if missing_personal(standing.subject.content):
        return RESIDENT
    return CHECKING if _lacks(standing) else REPORTING


def _lacks(standing: Standing) -> int:
    return len(standing.checked.missing) + len(standing.checked.hard)


def unseen(correction: Correction | None) -> bool:
    """The resident has answered a return and the base has not looked yet."""
    return correction is not None and correction.corrected_at is not None and correction.correction_seen_at is None


def flow_of(standing: Standing, correction: Correction | None, events: list[Any], viewer: Viewer) -> Flow:
    """Six steps with their dates; the present one is 轮到您 where the viewer holds it."""
    at = place(standing, correction)
    notes = [
        "",
        _filled(standing, correction),
        _checked(standing, correction, at),
        _report(standing),
        _review(standing, events),
        "",
    ]
    notes[0], notes[DONE] = _day(standing.subject.enrollment.created_at), _training(standing)
    labels = ("账号导入", "本人填写", "基地核对", "基地上报", "省级审核", "纳入在培")
    returned = standing.state.last_verdict == ReviewStatus.RETURNED
    mine = _is_mine(at, viewer)
    steps = []
    for number, label in enumerate(labels):
        if number < at or (number == at == DONE):
            state = "done"
        elif number == at:
            state = "turn" if mine else "now"
        else:
            state = "back" if number == PROVINCE and returned else ""
        steps.append(Step(label, state, notes[number]))
    return Flow(steps, at)


def _is_mine(at: int, viewer: Viewer) -> bool:
    if at in (CHECKING, REPORTING):
        return viewer.may("residents.report")
    return at == PROVINCE and viewer.may("residents.review")


def _filled(standing: Standing, correction: Correction | None) -> str:
    enrollment = standing.subject.enrollment
    if standing.is_correcting and correction is not None:
        return f"{_day(correction.requested_at)} 退回修改"
    if enrollment.correction_status == CorrectionStatus.CORRECTED and correction is not None:
        return f"{_day(correction.corrected_at)} 已修改"
    return _day(enrollment.filled_at) if enrollment.filled_at else "还没有填写"


def _checked(standing: Standing, correction: Correction | None, at: int) -> str:
    if at == CHECKING:
        return "本人已改，请看修改" if unseen(correction) else f"还差 {_lacks(standing)} 项"
    if correction is not None and correction.correction_seen_at is not None:
        return f"{correction.correction_seen_by_name} {_day(correction.correction_seen_at)}"
    return "上报前没有看修改" if unseen(correction) and at > CHECKING else ""


def _report(standing: Standing) -> str:
    state = standing.state
    if standing.is_pending or standing.is_approved:
        return f"{state.reported_by_name} {_day(state.reported_at)}"
    subject = standing.subject
    kind = PhaseKind.REVIEW if state.last_verdict == ReviewStatus.RETURNED else PhaseKind.FILLING
    span = subject.timetable.span(subject.enrollment.window_id, kind, subject.enrollment.organization)
    if span is None:
        return ""
    now = clock.now()
    return (
        f"{end_text(span.ends_at, with_hour=False)[5:]} 前，{span.left(now)}" if span.is_open(now) else span.left(now)
    )


def _review(standing: Standing, events: list[Any]) -> str:
    if standing.is_approved:
        return f"{standing.state.decided_by_name} {_day(standing.state.decided_at)}"
    returns = [event for event in events if event.verb == Verb.RETURN]
    if returns:
        return f"{_day(returns[0].at)} 退回 {len(returns)} 次"
    return "待审核" if standing.is_pending else ""


def _training(standing: Standing) -> str:
    return _day(standing.state.decided_at) if standing.is_approved else "通过后自动"


def _day(moment: datetime | None) -> str:
    return f"{clock.local(moment):%m-%d}" if moment else ""
