"""Steps 1 and 2 of the wizard: the template, and the upload."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from xinglin.accounts.access import signed_in
from xinglin.kernel.errors import NotAllowed, Refused

from .. import actions, registry
from ..forms import UploadForm
from ..job_specs import check_soon
from ..screens import steps
from ..spec import ImportSpec
from ..workbook.limits import Limits


@signed_in
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, kind: str) -> HttpResponse:
    """Show what to do, or take the file in; a file that cannot be read comes back with the reason at its place."""
    spec = registry.get_or_404(kind)
    viewer = request.viewer  # type: ignore[attr-defined]
    viewer.require(spec.permission)
    closed = _why_closed(spec, request)
    if closed:
        return _page(request, spec, None, closed, status=422 if request.method == "POST" else 200)
    if request.method == "GET":
        return _page(request, spec, UploadForm(spec=spec, viewer=viewer))
    form = UploadForm(request.POST, request.FILES, spec=spec, viewer=viewer)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = actions.start(
                spec,
                data=file.read(),
                file_name=file.name,
                by=viewer,
                mode=form.cleaned_data["mode"],
                params=form.answers(),
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else "file", refusal.message)
        else:
            check_soon(job, by=viewer)
            return HttpResponseRedirect(reverse("imports:job", args=[job.pk]))
    return _page(request, spec, form, status=422)


def _why_closed(spec: ImportSpec, request: HttpRequest) -> str:
    try:
        spec.needs(request.viewer)  # type: ignore[attr-defined]
    except NotAllowed:
        raise
    except Refused as refusal:
        return refusal.message
    return ""


def _page(
    request: HttpRequest, spec: ImportSpec, form: UploadForm | None, closed: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "spec": spec,
        "subtitle": spec.subtitle(request.viewer),  # type: ignore[attr-defined]
        "form": form,
        "closed": closed,
        "steps": steps(1),
        "nav_key": spec.nav_key,
        "megabytes": Limits().file_size // 1024 // 1024,
    }
    return render(request, "imports/start.html", context, status=status)
