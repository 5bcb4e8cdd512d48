"""资质 and 协同关系: add, end, cancel before it begins (P-01, P-03)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from xinglin.accounts.access import needs
from xinglin.kernel import clock
from xinglin.kernel.scope import get_visible_or_404
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import actions, rules, selectors
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Affiliation, Capability, Organization

from ...forms.organizations import AffiliationForm, CapabilityForm, EndForm
from ...selectors.organizations.rights import rights_of
from ...selectors.organizations.rows import told
from .form_page import form_page, place
from .pages import AFFILIATIONS, CAPABILITIES


@require_http_methods(["GET", "POST"])
@needs(actions.EDIT)
def new_capability(request: HttpRequest, organization_id: int) -> HttpResponse:
    """新增资质."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    node = get_visible_or_404(Organization, viewer, pk=organization_id)
    form = CapabilityForm(request.POST or None, track=viewer.track or "")

    def save() -> str:
        given = form.cleaned_data
        made = actions.add_capability(node, given["kind"], track=given["track"], **form.span, by=viewer)
        return f"已新增资质：{told(made.kind, made.track)}，{rules.span_text(made.starts_on, made.ends_on)}。"

    title = f"新增资质：{node.name}"
    blocked = rights_of(viewer, node).edit
    return form_page(request, node, form, save, title=title, button="新增", tab=CAPABILITIES, blocked=blocked)


@require_http_methods(["GET", "POST"])
@needs(actions.EDIT)
def end_capability(request: HttpRequest, capability_id: int) -> HttpResponse:
    """结束资质, with what still hangs on it said beforehand."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = get_visible_or_404(Capability, viewer, pk=capability_id)
    label = told(row.kind, row.track)
    blocked = rights_of(viewer, row.organization).for_track(row.track)
    return _end(
        request, row, row.organization, CAPABILITIES, f"{row.organization.name}：{label}", blocked,
        lambda ends_on, reason: actions.end_capability(row, ends_on, reason=reason, by=viewer),
        lambda: actions.cancel_capability(row, by=viewer),
        hint="结束后不能再据此办理新业务；已有的记录、专业基地和科室都保留。",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(actions.EDIT)
def new_affiliation(request: HttpRequest, organization_id: int) -> HttpResponse:
    """新增协同单位 of a base."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    base = get_visible_or_404(Organization, viewer, pk=organization_id)
    form = AffiliationForm(request.POST or None)

    def save() -> str:
        assert form.found is not None
        made = actions.affiliate(base, form.found, **form.span, by=viewer)
        return f"已新增协同单位：{form.found.name}，{rules.span_text(made.starts_on, made.ends_on)}。"

    return form_page(
        request, base, form, save, title=f"新增协同单位：{base.name}", button="新增", tab=AFFILIATIONS,
        blocked=rights_of(viewer, base).edit, known=_known_units(viewer, base),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(actions.EDIT)
def end_affiliation(request: HttpRequest, affiliation_id: int) -> HttpResponse:
    """结束协同关系, from the base's side or the unit's."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = get_visible_or_404(Affiliation, viewer, pk=affiliation_id)
    home = row.base if viewer.covers(row.base.path) else row.affiliate
    blocked = (
        "" if viewer.covers(row.base.path) else f"协同关系由基地一方维护：请联系{row.base.name}所在省的省级管理员。"
    )
    return _end(
        request, row, home, AFFILIATIONS, f"{row.affiliate.name} 协同 {row.base.name}",
        rights_of(viewer, home).edit or blocked,
        lambda ends_on, reason: actions.end_affiliation(row, ends_on, reason=reason, by=viewer),
        lambda: actions.cancel_affiliation(row, by=viewer),
        hint="结束后基地不能再选它作协同单位；已经写在培训信息里的保留。",
    )  # fmt: skip


def _end(
    request: HttpRequest,
    row: Any,
    home: Organization,
    tab: str,
    label: str,
    blocked: str,
    end: Callable[[date | None, str], None],
    cancel: Callable[[], None],
    *,
    hint: str,
) -> HttpResponse:
    today = clock.today()
    if request.method == "POST" and request.POST.get("do") == "cancel":
        cancel()
        messages.success(request, f"已撤销：{label}。")
        return redirect(place(home, tab))
    form = EndForm(request.POST or None, ends_on=row.ends_on)

    def save() -> str:
        end(form.end, form.cleaned_data["reason"])
        return f"已保存：{label}，{rules.span_text(row.starts_on, form.end)}。"

    return form_page(
        request, home, form, save, title=f"结束或延长：{label}", button="保存", tab=tab, hint=hint,
        lead=f"现在的期限：{rules.span_text(row.starts_on, row.ends_on)}。",
        blocked=blocked or rules.why_not_ended(row.starts_on, row.ends_on, today),
        cancellable=not rules.why_not_cancelled(row.starts_on, today) and not blocked,
    )  # fmt: skip


def _known_units(viewer: Viewer, base: Organization) -> list[str]:
    """Names offered while typing: hospitals of the base's province that the viewer sees."""
    rows = selectors.organizations(viewer).filter(kind=Kind.HOSPITAL, province=base.province_id)
    return list(rows.exclude(pk=base.pk).order_by("name").values_list("name", flat=True)[:500])
