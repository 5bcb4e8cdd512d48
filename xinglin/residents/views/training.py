"""编辑 培训信息 (R-05): own page, and the body of the dialog over the list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from xinglin.accounts.access import needs
from xinglin.kernel.errors import DomainError, Stale
from xinglin.kernel.viewer import Viewer

from ..actions.editing import save_seen
from ..fields import TRAINING, record_fields, shown_value
from ..forms.training import TrainingForm, token_of
from ..models import Enrollment
from ..selectors.capacity import capacity_warning, own_specialties
from ..selectors.record_page import visible_enrollment
from ..selectors.subjects import training_content
from ..standing import Standing, standings
from .dialogs import wants_dialog


@require_http_methods(["GET", "POST"])
@needs("residents.edit_training")
def training(request: HttpRequest, enrollment_id: int) -> HttpResponse:
    """Show and save the form. Whatever refuses the save, the input stays."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = visible_enrollment(viewer, enrollment_id)
    standing = standings([row], viewer)[row.pk]
    specialties = own_specialties(row)
    if request.method == "GET":
        form = TrainingForm(row, specialties, viewer, locked=bool(standing.edit))
        return _page(request, row, standing, form)
    form = TrainingForm(row, specialties, viewer, request.POST)
    if not form.is_valid():
        return _page(request, row, standing, form, status=422)
    try:
        changed = save_seen(row.pk, form.cleaned_data, seen=request.POST.get("seen", ""), by=viewer)
    except Stale as stale:
        _mark_differences(form, row)
        return _page(request, row, standing, form, refused=stale.message, status=stale.status)
    except DomainError as refusal:
        return _page(request, row, standing, form, refused=refusal.message, status=refusal.status)
    _tell(request, row, form, changed, viewer)
    return (
        redirect("residents:detail", row.pk) if request.POST.get("from") == "record" else redirect("residents:intake")
    )


def _page(
    request: HttpRequest,
    row: Enrollment,
    standing: Standing,
    form: TrainingForm,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "nav_key": "residents.intake",
        "row": row,
        "standing": standing,
        "form": form,
        "token": token_of(row),
        "refused": refused,
        "origin": request.POST.get("from") or ("record" if "/residents/" in _referrer(request) else "list"),
    }
    template = "residents/training_dialog.html" if wants_dialog(request) else "residents/training.html"
    return render(request, template, context, status=status)


def _referrer(request: HttpRequest) -> str:
    path = request.headers.get("Referer", "").partition("?")[0].rstrip("/")
    return path if path.rpartition("/")[2].isdigit() else ""


def _mark_differences(form: TrainingForm, row: Enrollment) -> None:
    """Beside each field that differs: what somebody else has saved."""
    stored = training_content(row)
    for name, value in form.cleaned_data.items():
        key = f"{TRAINING}.{name}"
        if shown_value(key, value) != shown_value(key, stored[key]):
            form.warnings.setdefault(name, []).append(f"现在保存的是：{shown_value(key, stored[key])}")


def _tell(request: HttpRequest, row: Enrollment, form: TrainingForm, changed: list[str], viewer: Viewer) -> None:
    name = row.person.name
    if not changed:
        messages.info(request, f"{name}的培训信息没有改动。")
        return
    lacking = form.missing()
    rest = f"还缺 {len(lacking)} 项，补齐后才能上报。" if lacking else ""
    messages.success(request, f"已保存{name}的培训信息。{rest}")
    if f"{TRAINING}.specialty" in changed:
        warning = capacity_warning(row, str(form.cleaned_data["specialty"] or ""), viewer)
        if warning:
            label = record_fields()[f"{TRAINING}.specialty"].label
            messages.warning(request, f"{label}：{warning}。可以继续，请核对容量。")
