"""Small changes on the page of a checked import; each checks again and shows the page anew."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from xinglin.accounts.access import signed_in
from xinglin.kernel.numbers import whole

from .. import actions, selectors
from ..job_specs import check_soon, run_soon
from ..models import ImportJob
from ..screens import ALL, ERRORS, WARNINGS


def _item(request: HttpRequest, job_id: uuid.UUID) -> ImportJob:
    return selectors.job_or_404(request.viewer, job_id)  # type: ignore[attr-defined]


def _number(request: HttpRequest, name: str) -> int:
    return whole(request.POST.get(name)) or 0


def _back(request: HttpRequest, item: ImportJob) -> HttpResponse:
    """The import's page, at the tab where the user was."""
    tab = request.POST.get("tab", "")
    place = (
        f"?{urlencode({'tab': tab, 'page': _number(request, 'page') or 1})}" if tab in (ERRORS, WARNINGS, ALL) else ""
    )
    return HttpResponseRedirect(reverse("imports:job", args=[item.pk]) + place)


@signed_in
@require_POST
def mend(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Take a suggestion: ``one`` for its cell, ``same`` for every cell that holds the same; or ``choose`` an entry."""
    item, viewer = _item(request, job_id), request.viewer  # type: ignore[attr-defined]
    if "choose" in request.POST:
        return _choose(request, item)
    everywhere = "same" in request.POST
    changed = actions.accept_suggestion(
        item, _number(request, "same" if everywhere else "one"), everywhere=everywhere, by=viewer
    )
    check_soon(item, by=viewer)
    if everywhere:
        messages.success(request, f"已改 {changed} 处，并重新检查")
    return _back(request, item)


def _choose(request: HttpRequest, item: ImportJob) -> HttpResponse:
    """A remark stands at its cell and, of a column far to the right, at the front as well: one of the two was used."""
    viewer, number = request.viewer, _number(request, "choose")  # type: ignore[attr-defined]
    label = next(filter(None, request.POST.getlist(f"choice-{number}")), "")
    actions.choose(item, number, label, by=viewer)
    check_soon(item, by=viewer)
    return _back(request, item)


@signed_in
@require_POST
def drop(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Leave a row out."""
    item, viewer = _item(request, job_id), request.viewer  # type: ignore[attr-defined]
    actions.drop_row(item, _number(request, "number"), by=viewer)
    check_soon(item, by=viewer)
    return _back(request, item)


@signed_in
@require_POST
def restore(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Take a row in again."""
    item, viewer = _item(request, job_id), request.viewer  # type: ignore[attr-defined]
    actions.restore_row(item, _number(request, "number"), by=viewer)
    check_soon(item, by=viewer)
    return _back(request, item)


@signed_in
@require_POST
def warnings(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Confirm the ticked warnings."""
    item, viewer = _item(request, job_id), request.viewer  # type: ignore[attr-defined]
    actions.confirm_warnings(item, set(request.POST.getlist("group")), by=viewer)
    return _back(request, item)


@signed_in
@require_POST
def cancel(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Leave the import."""
    item, viewer = _item(request, job_id), request.viewer  # type: ignore[attr-defined]
    actions.cancel(item, by=viewer)
    messages.success(request, f"已取消“{item.file_name}”的导入，没有写入任何数据")
    return HttpResponseRedirect(reverse("imports:start", args=[item.kind]))


@signed_in
@require_POST
def resume(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Go on with an interrupted check or run."""
    item, viewer = _item(request, job_id), request.viewer  # type: ignore[attr-defined]
    if selectors.is_stalled(item) and item.confirmed_at is None:
        check_soon(item, by=viewer)
    elif actions.resume(item, by=viewer):
        run_soon(item, by=viewer)
    return _back(request, item)
