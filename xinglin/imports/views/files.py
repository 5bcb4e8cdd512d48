"""Workbooks for the user: the template, and what belongs to one import."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from xinglin.accounts.access import signed_in

from .. import actions, registry, selectors
from ..actions.files import FAILED, RESULT, SOURCE
from ..templates_xlsx.template import template_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@signed_in
@require_GET
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The template of a kind."""
    spec = registry.get_or_404(kind)
    viewer = request.viewer  # type: ignore[attr-defined]
    viewer.require(spec.permission)
    return _download(f"{spec.template_title or spec.title + '模板'}.xlsx", template_workbook(spec, viewer))


@signed_in
@require_POST
def hand_out(request: HttpRequest, job_id: uuid.UUID, what: str) -> HttpResponse:
    """Source file, failed rows or result; they hold clear identity data, so the download is recorded (P-19)."""
    if what not in (SOURCE, FAILED, RESULT):
        raise Http404(what)
    viewer = request.viewer  # type: ignore[attr-defined]
    name, content = actions.hand_out(selectors.job_or_404(viewer, job_id), what, by=viewer)
    return _download(name, content)


def _download(name: str, content: bytes) -> HttpResponse:
    kind = XLSX if name.endswith(".xlsx") else "application/octet-stream"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
