"""更新字段详情 of one save: field, before, after (R-16)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xinglin.accounts.access import needs
from xinglin.history.selectors import open_entries

from ..selectors.changes import resident_change
from ..showing.timeline import line_of


@require_GET
@needs("residents.history")
def change(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Who changed what of whom, and when."""
    row = resident_change(request.viewer, entry_id)  # type: ignore[attr-defined]
    opened = open_entries([row])[0]
    enrollment = row.parent_id if row.parent_type == "enrollment" else row.subject_id
    context = {
        "nav_key": "residents.changes", "row": row, "opened": opened, "line": line_of(opened),
        "enrollment_id": int(enrollment) if enrollment.isdigit() and row.update_type != "deleted" else None,
    }  # fmt: skip
    return render(request, "residents/change.html", context)
