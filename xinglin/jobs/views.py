"""The progress panel of a job: polled by htmx while the job is open, seen by its owner only."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xinglin.accounts.access import signed_in
from xinglin.jobs import actions
from xinglin.jobs.enums import JobStatus
from xinglin.jobs.models import Job
from xinglin.jobs.selectors import result_link
from xinglin.kernel.errors import Refused
from xinglin.kernel.scope import get_visible_or_404

POLL_SECONDS = 1
TAG_STATES: dict[str, str] = {
    JobStatus.WAITING: "idle",
    JobStatus.RUNNING: "run",
    JobStatus.DONE: "ok",
    JobStatus.FAILED: "bad",
    JobStatus.CANCELLED: "idle",
}


@signed_in
@require_GET
@never_cache
def progress(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """How far the job is; polls itself again while the job is open, and tells the page (`xl:job-ended`) when it is over."""
    return _panel(request, _own(request, job_id))


@signed_in
@require_POST
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Take the job back; a job that has ended meanwhile is shown as it ended."""
    job = _own(request, job_id)
    try:
        actions.cancel(job, by=request.viewer)  # type: ignore[attr-defined]
    except Refused as error:
        return _panel(request, _own(request, job_id), refusal=error.message)
    return _panel(request, _own(request, job_id))


def _own(request: HttpRequest, job_id: UUID) -> Job:
    return get_visible_or_404(Job, request.viewer, pk=job_id)  # type: ignore[attr-defined]


def _panel(request: HttpRequest, job: Job, *, refusal: str = "") -> HttpResponse:
    context = {
        "job": job,
        "state": TAG_STATES[job.status],
        "refusal": refusal,
        "result_link": result_link(job),
        "poll_seconds": POLL_SECONDS,
    }
    response = render(request, "jobs/progress.html", context)
    if not job.is_open:
        response["HX-Trigger"] = "xl:job-ended"
    return response
