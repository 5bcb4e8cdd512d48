"""招收信息管理: the base works in it, the levels above read it (R-02)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from xinglin.accounts.access import needs
from xinglin.ui.lists.views import ListView

from ..tables.intake import IntakeList, IntakeOverview, list_of

_lists = {spec: ListView.as_view(spec=spec) for spec in (IntakeList, IntakeOverview)}


@needs("residents.view")
def intake(request: HttpRequest) -> HttpResponse:
    """The list of the identity in force: a hospital's own, else the one with provinces and bases."""
    return _lists[list_of(request.viewer)](request)  # type: ignore[attr-defined]
