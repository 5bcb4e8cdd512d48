"""上报 of one, many or all matching, with what the others lack; soft contradictions get their reason here (R-08, R-26)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from xinglin.accounts.access import needs
from xinglin.jobs import actions as jobs
from xinglin.jobs.models import Job
from xinglin.kernel.errors import Refused
from xinglin.kernel.scope import get_visible_or_404
from xinglin.kernel.viewer import Viewer
from xinglin.reviews import actions as reviews
from xinglin.ui.lists import selection

from ..actions.confirming import confirm
from ..job_specs import REPORT_JOB
from ..models import Enrollment
from ..review_specs import RECRUITMENT
from ..showing.unreported import unreported
from .notes import Reported, keep, kept
from .returning import back_to_list

AT_ONCE = 1000
SHOWN = 200


@require_POST
@needs("residents.report")
def report(request: HttpRequest) -> HttpResponse:
    """Report the selection; ``look`` only tells what is missing, ``reason`` first confirms soft contradictions,
    ``reply`` answers the return of those that were not changed since."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    ids = selection.read(request, "residents.intake").ids()
    state = request.POST.get("state", "")
    if request.POST.get("look"):
        return redirect("residents:report-result", keep(request, Reported(0, ids, state, looked=True)))
    if len(ids) > AT_ONCE:
        job = jobs.enqueue(REPORT_JOB, by=viewer, arguments={"ids": ids}, title=f"上报 {len(ids)} 人")
        return redirect("residents:report-job", job.pk)
    if "reason" in request.POST:
        try:
            confirm(ids, reason=request.POST["reason"], by=viewer)
        except Refused as refusal:
            return _page(request, Reported(0, ids, state), refused=refusal.message)
    if "reply" in request.POST and not request.POST["reply"].strip():
        return _page(request, Reported(0, ids, state), refused="请写明说明：为什么不用改。")
    try:
        outcome = reviews.report(RECRUITMENT, ids, by=viewer, reply=request.POST.get("reply", ""))
    except Refused as refusal:
        return _page(request, Reported(0, ids, state), refused=refusal.message)
    if not outcome.refused:
        messages.success(request, f"已上报 {len(outcome.done)} 人，等省级审核。")
        return redirect(back_to_list(state))
    return redirect("residents:report-result", keep(request, Reported(len(outcome.done), list(outcome.refused), state)))


@require_GET
@needs("residents.report")
def result(request: HttpRequest, key: str) -> HttpResponse:
    """What came of a report: who is still to be mended, with everything that is missing as of now."""
    note = kept(request, Reported, key)
    return redirect("residents:intake") if note is None else _page(request, note)


def _page(request: HttpRequest, note: Reported, *, refused: str = "") -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "nav_key": "residents.intake",
        "note": note,
        "found": unreported(note.left[:SHOWN], viewer),
        "rest": max(len(note.left) - SHOWN, 0),
        "back": back_to_list(note.state),
        "refused": refused,
        "reason": request.POST.get("reason", ""),
        "reply": request.POST.get("reply", ""),
    }
    return render(request, "residents/report.html", context, status=422 if refused else 200)


@require_GET
@needs("residents.report")
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Progress of a big report, and its result when it is done."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = get_visible_or_404(Job, viewer, pk=job_id, name=REPORT_JOB)
    if found.is_open:
        url = reverse("jobs:progress", args=[found.pk])
        return render(request, "residents/report_job.html", {"nav_key": "residents.intake", "job": found, "url": url})
    made = found.result or {}
    return _page(request, Reported(made.get("done", 0), made.get("refused", []), ""))


@require_POST
@needs("residents.report")
def recall(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """撤回上报 of one record."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    get_visible_or_404(Enrollment, viewer, pk=enrollment_id)
    outcome = reviews.recall(RECRUITMENT, [enrollment_id], by=viewer)
    if outcome.refused:
        raise Refused(outcome.refused[enrollment_id][0].message)
    messages.success(request, "上报已撤回，可以修改后再上报。")
    return redirect("residents:detail", enrollment_id)
