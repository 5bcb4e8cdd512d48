"""Steps 3 to 5 of the wizard: the check's result, the confirmation, the run, the result."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from xinglin.accounts.access import signed_in
from xinglin.kernel import numbers
from xinglin.kernel.viewer import Viewer

from .. import actions, registry, selectors
from ..enums import BUSY, Status
from ..job_specs import run_soon
from ..models import ImportJob
from ..rules import reason_against_valid, reason_against_whole
from ..screens import ALL, ERRORS, WARNINGS, steps, table, warnings
from ..spec import ImportSpec

_STEP = {Status.CHECKED: 3, Status.APPLYING: 4, Status.DONE: 5, Status.FAILED: 4}


@signed_in
@never_cache
@require_GET
def job(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """The import as it stands: checking, checked, running, done, interrupted."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = selectors.job_or_404(viewer, job_id)
    spec = registry.get_or_404(item.kind)
    context = _frame(item, spec, viewer)
    if item.status == Status.CHECKED and not item.purged_at:
        context |= _checked(request, item, spec)
        return render(request, "imports/check.html", context)
    if item.status in (Status.DONE, Status.FAILED) and not item.purged_at:
        context |= _rows(request, item, spec, ERRORS if context["figures"]["error"] else ALL)
    return render(request, "imports/job.html", context)


@signed_in
@never_cache
@require_GET
def progress(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """How far a running import is; tells htmx to load the page anew when it is over."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = selectors.job_or_404(viewer, job_id)
    if item.status not in BUSY or selectors.is_stalled(item):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "imports/progress.html", {"job": item})


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Say in words what will happen; a POST makes it happen, once."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = selectors.job_or_404(viewer, job_id)
    spec = registry.get_or_404(item.kind)
    viewer.require(spec.permission)
    page = HttpResponseRedirect(reverse("imports:job", args=[item.pk]))
    if request.method == "POST":
        revision = numbers.whole(request.POST.get("revision"))
        whole = request.POST.get("whole") == "1"
        if actions.confirm(item, revision=-1 if revision is None else revision, whole=whole, by=viewer):
            run_soon(item, by=viewer)
        return page
    if item.status != Status.CHECKED:
        return page
    whole = request.GET.get("whole") == "1"
    context = _frame(item, spec, viewer)
    counts = context["figures"]
    context |= {
        "whole": whole,
        "reason": reason_against_whole(counts) if whole else reason_against_valid(counts),
        "total": counts["valid"] if whole else counts["ready"],
        "left": 0 if whole else counts["error"] + counts["held"],
        "steps": steps(4),
    }
    return render(request, "imports/confirm.html", context)


def _frame(item: ImportJob, spec: ImportSpec, viewer: Viewer) -> dict[str, Any]:
    """What every page of an import shows; ``own``: the viewer may go on with it, not only look."""
    own = item.organization_id == viewer.organization_id and viewer.may(spec.permission)
    busy = item.status in BUSY
    figures = item.counts if busy or item.purged_at else selectors.figures(item)
    return {
        "job": item,
        "spec": spec,
        "own": own,
        "figures": figures,
        "left": figures.get("error", 0) + figures.get("ready", 0) + figures.get("held", 0),
        "busy": busy,
        "stalled": selectors.is_stalled(item),
        "steps": steps(_STEP.get(Status(item.status), 3)),
        "nav_key": spec.nav_key,
        "place": spec.place(item.params),
    }


def _rows(request: HttpRequest, item: ImportJob, spec: ImportSpec, default: str) -> dict[str, Any]:
    tab = request.GET.get("tab", default)
    page = numbers.whole(request.GET.get("page")) or 1
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return {"table": table(item, spec, viewer, tab if tab in (ERRORS, WARNINGS, ALL) else default, page)}


def _checked(request: HttpRequest, item: ImportJob, spec: ImportSpec) -> dict[str, Any]:
    counts = selectors.figures(item)
    first = ERRORS if counts["error"] else WARNINGS if counts["warned"] else ALL
    return {
        **_rows(request, item, spec, first),
        "figures": counts,
        "warnings": warnings(item),
        "not_whole": reason_against_whole(counts),
        "not_valid": reason_against_valid(counts),
    }
