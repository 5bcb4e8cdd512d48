"""Where one lands after sign-in, and the home page of 住院医师管理 with its flow (P-12)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from xinglin.accounts.access import needs, signed_in
from xinglin.kernel import clock
from xinglin.kernel.numbers import whole
from xinglin.kernel.viewer import Viewer

from ..selectors import flow_of


@require_GET
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Residents go to their own record, everybody else to the module they work in."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if viewer.is_person:
        return redirect("own:home")
    return redirect("portal:residents-home")


@require_GET
@needs("residents.view")
def residents_home(request: HttpRequest) -> HttpResponse:
    """The flow with the counts of the moment, to-do, times, and help for the usual situations."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    wanted = request.GET.get("year", "")
    flow = flow_of(viewer, whole(wanted) if len(wanted) == 4 else None)
    return render(
        request, "portal/residents_home.html", {"flow": flow, "now": clock.now(), "nav_key": "residents.home"}
    )
