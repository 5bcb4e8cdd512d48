"""Setting and extending times (P-09); the list is `tables.TimesList`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from xinglin.accounts.access import needs
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.numbers import whole
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind
from xinglin.organizations.selectors import base_tracks

from . import actions, rules, selectors
from .enums import PhaseKind, Purpose
from .forms import BatchForm, ExtensionForm, TakeBackForm, TimesForm, title_of
from .models import CollectionWindow, Extension
from .tables import extension_address


@needs("windows.edit")
def new_batch(request: HttpRequest) -> HttpResponse:
    """新增批次, by the association."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if viewer.organization_kind == Kind.PROVINCE:
        raise NotAllowed("批次由中国医师协会新增；省级可以在其范围内设置本省时间。")
    form = BatchForm(request.POST or None)

    def save() -> str:
        given = form.cleaned_data
        made = actions.open_window(
            Purpose.RECRUITMENT, given["year"], given["batch"], given["track"], form.phases, by=viewer
        )
        return f"已新增 {made}。"

    return _page(request, form, save, {"title": "新增批次", "button": "新增"})


@needs("windows.edit")
def set_times(request: HttpRequest, window_id: int, kind: str) -> HttpResponse:
    """修改时间: the association's of the country, a province's own within it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    window = _window(viewer, window_id, kind)
    province = selectors.province_of(viewer)
    span = selectors.phase_for(window, kind, selectors.spot_of(viewer)) if province else selectors.plan(window, kind)
    form = TimesForm(request.POST or None, initial=TimesForm.initial_of(span))

    def save() -> str:
        starts, ends = form.times
        if province is None:
            actions.set_phase(window, kind, starts, ends, by=viewer)
        else:
            actions.set_own_phase(window, province, kind, starts, ends, by=viewer)
        return f"{title_of(window, kind)}的时间已保存。"

    words: dict[str, Any] = {"title": f"修改时间：{title_of(window, kind)}", "button": "保存"}
    planned = selectors.plan(window, kind)
    if province is not None and planned is not None:
        words["lead"] = f"只对{province.name}生效，要在全国的时间 {planned.dates} 之内。"
    return _page(request, form, save, words)


@needs("windows.edit")
def extend(request: HttpRequest, window_id: int, kind: str) -> HttpResponse:
    """延长, for one base or province, with a reason."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    window = _window(viewer, window_id, kind)
    if not window.phases.filter(kind=kind).exists():
        raise Http404
    choices = selectors.extendable(viewer, window.track)
    asked = whole(request.GET.get("organization", ""))
    form = ExtensionForm(
        request.POST or None, organizations=[(node.pk, node.name) for node in choices], initial={"organization": asked}
    )
    node = next((node for node in choices if node.pk == asked), None)
    span = selectors.phase_for(window, kind, node or selectors.spot_of(viewer))

    def save() -> str:
        node = next(node for node in choices if node.pk == form.cleaned_data["organization"])
        phase = selectors.phase_to_extend(window, kind, node)
        made = actions.extend(phase, node, form.end, form.cleaned_data["reason"], by=viewer)
        return f"{node.name}已延长至 {rules.end_text(made.ends_at)}。"

    words: dict[str, Any] = {"title": f"延长：{title_of(window, kind)}", "button": "延长"}
    if span is not None:
        whose = f"{node.name}现在的时间" if node else "现在的时间"
        words["lead"] = f"{whose}是 {span.dates}，{span.left(clock.now())}。已失效的记录在延长后恢复。"
    tracks = base_tracks([node.pk]).get(node.pk, set()) if node else {window.track}
    if viewer.track:
        tracks &= {viewer.track}
    words["beside"] = [
        (title_of(row.window, row.span.kind), row.span.dates, extension_address(row.window, row.span.kind, asked))
        for row in selectors.phases_beside(viewer, window, kind, tracks)
    ]
    words["given"] = [_line(row, viewer) for row in selectors.extensions_of(viewer, window, kind)]
    return _page(request, form, save, words)


@needs("windows.edit")
def take_back(request: HttpRequest, extension_id: int) -> HttpResponse:
    """撤销延长, with a reason; what was done under it stays."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    extension = selectors.extension_of(viewer, extension_id)
    if extension is None:
        raise Http404
    window, kind = extension.phase.window, extension.phase.kind
    form = TakeBackForm(request.POST or None)

    def save() -> str:
        actions.take_back(extension.pk, form.cleaned_data["reason"], by=viewer)
        return f"{extension.organization.name}的延长已撤销。"

    until = rules.end_text(extension.ends_at)
    lead = f"{extension.organization.name}延长至 {until}（{extension.reason}）。撤销后马上按原来的时间，已经做的保留。"
    words = {"title": f"撤销延长：{title_of(window, kind)}", "button": "撤销延长", "lead": lead}
    return _page(request, form, save, words | {"off": actions.why_not_taken_back(extension, viewer) or ""})


def _line(row: Extension, viewer: Viewer) -> dict[str, Any]:
    """One extension as the page lists it."""
    state = rules.extension_state(row.phase.ends_at, row.ends_at, row.ended_at, clock.now())
    until, off = rules.end_text(row.ends_at), actions.why_not_taken_back(row, viewer)
    return {"row": row, "state": state, "until": until, "off": off}


def _page(request: HttpRequest, form: Form, save: Callable[[], str], words: dict[str, Any]) -> HttpResponse:
    """Show the form, or save and go back to the list; a refusal stands at its field and loses no input."""
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, save())
            return redirect("windows:list")
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    context = {"form": form, "nav_key": "windows.times", **words}
    return render(request, "windows/form.html", context, status=422 if form.errors else 200)


def _window(viewer: Viewer, window_id: int, kind: str) -> CollectionWindow:
    """The association's window in the viewer's tracks."""
    if kind not in PhaseKind.values:
        raise Http404
    mine = {"track": viewer.track} if viewer.track else {}
    return get_object_or_404(CollectionWindow, pk=window_id, within__isnull=True, **mine)
