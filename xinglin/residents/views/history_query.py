"""历史招录信息: the list is a table of its own; a name opens the record as it stood (R-09)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xinglin.accounts.access import needs
from xinglin.reviews.selectors import content_of

from ..selectors.record_page import closing_record
from ..showing.grid import Reading, parts


@require_GET
@needs("residents.view")
def snapshot(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """The sealed version, read-only."""
    row = closing_record(request.viewer, enrollment_id)  # type: ignore[attr-defined]
    content = content_of(row.version)
    return render(
        request, "residents/snapshot.html",
        {"nav_key": "residents.intake", "row": row, "name": content.get("basic_info.name", ""),
         "parts": parts(content, Reading(at=row.closed_at))},
    )  # fmt: skip
