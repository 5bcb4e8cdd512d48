"""The whole record of one resident (R-06), and its full numbers on request (P-19)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xinglin.accounts.access import needs
from xinglin.history.selectors import open_entries
from xinglin.kernel.viewer import Viewer
from xinglin.reviews.enums import ReviewStatus
from xinglin.ui.lists.neighbours import WORD, neighbours

from ..actions.viewing import view_identity
from ..models import Correction, Enrollment
from ..selectors import record_page
from ..showing.baseline import Baseline, baseline
from ..showing.grid import Part, Reading, parts
from ..showing.missing import missing_of
from ..showing.next_step import EDIT, next_step, other_steps
from ..showing.steps import flow_of
from ..showing.timeline import KINDS, kind_of, line_of
from ..standing import Standing, standings
from ..tables.intake import list_of

STATUS = "training_status"
_LINES = 60


@require_GET
@needs("residents.view")
def detail(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """One record in tabs, with its place in the flow, what changed, and its history."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return render(request, "residents/detail.html", page_of(viewer, enrollment_id, request.GET))


@require_POST
@needs("residents.reveal")
@never_cache
def reveal(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """Record the view, then show the numbers in full in this one answer."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = record_page.visible_enrollment(viewer, enrollment_id)
    view_identity(standings([row], viewer)[row.pk].subject, by=viewer)
    if request.headers.get("HX-Request"):
        return render(request, "residents/parts/numbers.html", {"person": row.person, "revealed": True})
    return render(request, "residents/detail.html", page_of(viewer, enrollment_id, request.GET, revealed=True))


def page_of(viewer: Viewer, enrollment_id: int, words: Any, *, revealed: bool = False) -> dict[str, Any]:
    """Everything that the page shows. Raises Http404."""
    row = record_page.visible_enrollment(viewer, enrollment_id)
    standing = standings([row], viewer)[row.pk]
    correction = record_page.last_correction(viewer, row.pk)
    since = baseline(row.recruitment_review, correction, standing.subject.content)
    events = record_page.review_events(viewer, row.pk)
    flow = flow_of(standing, correction, events, viewer)
    tabs = _tabs(standing, correction, since, revealed)
    step, others = next_step(standing, correction, flow, viewer), other_steps(standing, viewer)
    edit = next((do for do in others if do.label == EDIT and not do.reason), None)
    wanted = words.get("tab", "")
    chosen = next((tab for tab in tabs if tab.key == wanted), tabs[0])
    return {
        "nav_key": "residents.intake",
        "row": row,
        "person": standing.subject.record.person,
        "state": row.recruitment_review,
        "standing": standing,
        "correction": correction,
        "events": events,
        "flow": flow,
        "since": since,
        "tabs": [*tabs, Part(STATUS, "培训状态")],
        "chosen": Part(STATUS, "培训状态") if wanted == STATUS else chosen,
        "only_changes": words.get("changed") == "1" and since is not None,
        "missing": missing_of(standing, viewer),
        "changed": sum(tab.changed for tab in tabs),
        "next": step,
        "edit_step": None if edit and step and step.url == edit.url else edit,
        "others": [do for do in others if do is not edit],
        "may_reveal": viewer.may("residents.reveal"),
        "revealed": revealed,
        "beside": neighbours(list_of(viewer)(), viewer, row.pk, words.get(WORD, ""), tab=wanted),
        **_history(viewer, row, words.get("log", "")),
    }


def _tabs(standing: Standing, correction: Correction | None, since: Baseline | None, revealed: bool) -> list[Part]:
    state = standing.state
    comments = dict(state.field_comments) if state.return_comment else {}
    if correction is not None and correction.corrected_at is None:
        comments |= correction.field_comments
    missing = {issue.field for issue in standing.checked.missing}
    reading = Reading(
        masked=not revealed, before=since.content if since else None, missing=missing, comments=comments,
        replies=correction.replies if correction else {},
        at=state.decided_at if state.review_status == ReviewStatus.APPROVED else None,
    )  # fmt: skip
    return parts(standing.subject.content, reading)


def _history(viewer: Viewer, row: Enrollment, kind: str) -> dict[str, Any]:
    if not viewer.may("residents.history"):
        return {"may_history": False}
    entries = list(record_page.record_history(viewer, row)[:_LINES])
    wanted = kind if kind in KINDS else ""
    lines = [line_of(opened) for opened in open_entries([e for e in entries if wanted in ("", kind_of(e))])]
    return {
        "may_history": True, "lines": lines, "log_size": len(entries), "log": wanted, "log_kinds": KINDS.items(),
        "log_open": kind not in ("", "off"), "log_shown": kind != "off", "identity_views": record_page.identity_views(viewer, row),
    }  # fmt: skip
