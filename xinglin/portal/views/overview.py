"""概览: how far the country, or a province, is with the intake (R-23)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xinglin.accounts.access import needs
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed
from xinglin.kernel.numbers import whole
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind

from ..selectors.overview import extension_address, oversees, overview_of


@require_GET
@needs("residents.view")
def overview(request: HttpRequest) -> HttpResponse:
    """Windows, progress by province, bases without a living account, last reports."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not oversees(viewer):
        raise NotAllowed("概览给中国医师协会、主管部门和省级使用；本基地的进度在“流程导航”里。")
    wanted = request.GET.get("year", "")
    found = overview_of(viewer, whole(wanted) if len(wanted) == 4 else None)
    context = {
        "nav_key": "portal.overview", "overview": found, "now": clock.now(),
        "title": "本省概览" if viewer.organization_kind == Kind.PROVINCE else "全国概览",
        "phase": extension_address(viewer, found.year) if viewer.may("windows.edit") else None,
        "may_accounts": viewer.may("accounts.view"), "whole": viewer.organization_kind != Kind.PROVINCE,
    }  # fmt: skip
    return render(request, "portal/overview.html", context)
