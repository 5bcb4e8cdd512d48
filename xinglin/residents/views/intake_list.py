"""招收信息管理: the base works in it, the levels above read it (R-02)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from xinglin.accounts.access import needs
from xinglin.organizations.enums import Kind
from xinglin.ui.lists.views import ListView

from ..tables.intake import IntakeList, IntakeOverview

_own = ListView.as_view(spec=IntakeList)
_overview = ListView.as_view(spec=IntakeOverview)


@needs("residents.view")
def intake(request: HttpRequest) -> HttpResponse:
    """The list of the identity in force: a hospital's own, else the one with provinces and bases."""
    is_base = request.viewer.organization_kind == Kind.HOSPITAL  # type: ignore[attr-defined]
    return (_own if is_base else _overview)(request)
