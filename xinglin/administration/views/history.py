"""历史封存: the hash chain of the history, its verification, and its head for safe-keeping (Q-12)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from xinglin.accounts.access import needs
from xinglin.history import heads, overview, tail
from xinglin.jobs import actions as jobs
from xinglin.jobs.job_specs import VERIFY
from xinglin.jobs.selectors import mine
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer

LATE_MINUTES = 10


@require_GET
@never_cache
@needs("history.verify")
def seals(request: HttpRequest) -> HttpResponse:
    """Months, what is not sealed yet, the last verification."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    months = overview.months()
    waiting = tail.tail()
    job = mine(viewer, name=VERIFY).first()
    context: dict[str, Any] = {
        "nav_key": "administration.history",
        "months": months,
        "rows": sum(month.rows for month in months),
        "seals": sum(month.seals for month in months),
        "tail": waiting,
        "late": bool(waiting.newest and (clock.now() - waiting.newest).total_seconds() > 60 * LATE_MINUTES),
        "last": overview.last_verification(viewer),
        "job": job if job and job.is_open else None,
    }
    return render(request, "administration/history/seals.html", context)


@require_POST
@needs("history.verify")
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a verification; one that is under way is not asked for twice."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    last = mine(viewer, name=VERIFY).first()
    if last is None or not last.is_open:
        jobs.enqueue(VERIFY, by=viewer)
    return redirect("administration:history")


@require_GET
@never_cache
@needs("history.verify")
def head(request: HttpRequest) -> HttpResponse:
    """The signed head of the chain as a file."""
    answer = HttpResponse(heads.export(heads.current()), content_type="application/json; charset=utf-8")
    name = f"history-head-{clock.now():%Y%m%d-%H%M%S}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
