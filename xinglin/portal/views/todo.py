"""待办: everything that waits for the viewer, in one place (P-12)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xinglin.accounts.access import needs
from xinglin.kernel.viewer import Viewer

from ..selectors.flow import flow_of
from ..selectors.turns import turns_of


@require_GET
@needs("residents.view")
def todo(request: HttpRequest) -> HttpResponse:
    """The entries of the menus that say 轮到您, with their numbers."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    turns = turns_of(viewer)
    flow = flow_of(viewer)
    context = {
        "turns": turns, "total": sum(turn.count for turn in turns), "nav_key": "portal.todo",
        "tasks": [task for task in flow.tasks if task.count], "spans": flow.spans,
    }  # fmt: skip
    return render(request, "portal/todo.html", context)
