"""删除 of a wrongly imported resident, after a confirmation (R-04)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from xinglin.accounts.access import needs
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from ..actions import deleting
from ..selectors.record_page import visible_enrollment
from ..standing import standings
from .dialogs import wants_dialog


@require_http_methods(["GET", "POST"])
@needs("residents.delete")
def delete(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """Ask, then delete; a refusal names its reason."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = visible_enrollment(viewer, enrollment_id)
    if request.method == "GET":
        standing = standings([row], viewer)[row.pk]
        template = "residents/delete_dialog.html" if wants_dialog(request) else "residents/delete.html"
        return render(request, template, {"nav_key": "residents.intake", "row": row, "standing": standing})
    name = row.person.name
    outcome = deleting.delete([row.pk], by=viewer)
    if outcome.refused:
        raise Refused(outcome.refused[row.pk][0].message)
    messages.success(request, f"已删除{name}的招收信息，更新记录里仍可查到。")
    return redirect("residents:intake")
