"""Choosing what to export, following it, taking the file."""

from __future__ import annotations

import json
import uuid
from typing import cast
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinglin.accounts.access import signed_in
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.ui import navigation
from xinglin.ui.lists import addresses

from . import actions, sealed_file, selectors
from .enums import Format, Status
from .list_specs import size_text

_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, name: str) -> HttpResponse:
    """What exactly is exported, which columns, which format; then make it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    words = QueryDict(request.POST.get("query", "")[:8000]) if request.method == "POST" else request.GET
    asked = selectors.request_of(name, words, viewer)
    if not asked.spec.may_see(viewer) or not asked.spec.may_export(viewer):
        raise NotAllowed(f"当前身份“{viewer.role_label}”不能导出“{asked.spec.title}”。请联系本单位管理员。")
    error = ""
    if request.method == "POST":
        try:
            export = actions.ask(
                asked,
                columns=request.POST.getlist("column"),
                form=request.POST.get("format", ""),
                clear=request.POST.get("clear") == "1",
                by=viewer,
            )
            return HttpResponseRedirect(reverse("exports:job", args=[export.pk]))
        except Refused as refusal:
            error = refusal.message
    shown = asked.shown
    context = {
        "asked": asked,
        "nav_key": asked.spec.nav_key,
        "back": _list_behind(asked),
        "count": asked.count,
        "columns": shown + [column for column in asked.columns if column not in shown],
        "shown": {column.name for column in shown},
        "formats": Format.choices,
        "may_clear": asked.spec.may_clear(viewer) and asked.has_sensitive,
        "query": asked.state.query(),
        "inline": actions.INLINE_ROWS,
        "error": error,
    }
    return render(request, "exports/start.html", context, status=422 if error else 200)


def _list_behind(asked: selectors.Request) -> str:
    """The list as it was left: where it is mounted, else (one address serves two lists) its entry in the menu."""
    entries = (item for item in navigation.items() if item.key == asked.spec.nav_key and not item.url_args)
    menu = next((addresses.of(item.url_name) for item in entries if item.url_name), "")
    place = addresses.of_list(asked.spec.name) or menu
    return place and place + asked.state.link()


@signed_in
@require_safe
def job(request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
    """How far an export is, and its file once it is there."""
    viewer = request.viewer  # type: ignore[attr-defined]
    export = selectors.own_or_404(viewer, export_id)
    context = {
        "export": export,
        "nav_key": selectors.nav_key_of(export),
        "conditions": json.loads(export.conditions or "[]"),
        "job": selectors.job_of(export, viewer) if export.is_open else None,
        "size": size_text(export.size),
        "is_done": export.status == Status.DONE,
    }
    return render(request, "exports/job.html", context)


@signed_in
@require_POST
def download(request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
    """The file, to its owner, recorded each time."""
    viewer = request.viewer  # type: ignore[attr-defined]
    export = selectors.own_or_404(viewer, export_id)
    actions.hand_out(export, by=viewer)
    pieces = sealed_file.read(export.pk, export.key, export.file)
    response = StreamingHttpResponse(pieces, content_type=_TYPES[Format(export.format)])
    response["Content-Length"] = str(export.size)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(export.file_name)}"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)
