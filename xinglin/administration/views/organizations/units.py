"""专业基地 and 科室 (P-02)."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from xinglin.accounts.access import needs
from xinglin.dictionaries import selectors as dictionaries
from xinglin.kernel.errors import NotAllowed
from xinglin.kernel.scope import get_visible_or_404
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import actions, references, selectors
from xinglin.organizations.enums import Track
from xinglin.organizations.models import Department, Organization, SpecialtyBase

from ...forms.organizations import DepartmentForm, SpecialtyChangeForm, SpecialtyForm
from ...selectors.organizations.rights import rights_of
from .form_page import form_page, place
from .pages import DEPARTMENTS, SPECIALTIES

_CONFIRM = "administration/organizations/delete_department.html"
_DEPARTMENT = "administration/organizations/department.html"


@require_http_methods(["GET", "POST"])
@needs(actions.EDIT)
def new_specialty(request: HttpRequest, organization_id: int) -> HttpResponse:
    """新增专业基地, in the tracks of which it is a base."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    node = get_visible_or_404(Organization, viewer, pk=organization_id)
    rights = rights_of(viewer, node)
    tracks = [track.value for track in Track if selectors.is_base(node, track) and not rights.for_track(track)]
    taken = [(row.track, row.specialty) for row in selectors.specialty_bases(node, all_states=True)]
    form = SpecialtyForm(request.POST or None, tracks=tracks, taken=taken)

    def save() -> str:
        given = form.cleaned_data
        made = actions.add_specialty_base(
            node, given["track"], given["specialty"], given["capacity"],
            accreditation=given["accreditation"], reason=given["reason"], by=viewer,
        )  # fmt: skip
        return f"已新增{dictionaries.label('specialty', made.specialty)}专业基地，年度容量 {made.capacity} 人。"

    blocked = rights.edit or ("" if tracks else "这个单位现在不是培训基地。请先在“资质”里新增培训基地资质。")
    title = f"新增专业基地：{node.name}"
    return form_page(request, node, form, save, title=title, button="新增", tab=SPECIALTIES, blocked=blocked)


@require_http_methods(["GET", "POST"])
@needs(actions.EDIT)
def change_specialty(request: HttpRequest, specialty_base_id: int) -> HttpResponse:
    """容量和状态 of one; withdrawing is a status, none is deleted."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = get_visible_or_404(SpecialtyBase, viewer, pk=specialty_base_id)
    form = SpecialtyChangeForm(request.POST or None, row=row)
    label = dictionaries.label("specialty", row.specialty)

    def save() -> str:
        changed = actions.change_specialty_base(row, **form.cleaned_data, by=viewer)
        return f"已保存{label}专业基地。" if changed else "没有改动。"

    return form_page(
        request, row.organization, form, save, title=f"{label}专业基地（{Track(row.track).label}）", button="保存",
        tab=SPECIALTIES, blocked=rights_of(viewer, row.organization).for_track(row.track),
        hint="专业基地不删除：已有的培训信息写着它。不再招收请改为“已撤销”。",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(actions.EDIT, actions.EDIT_OWN)
def new_department(request: HttpRequest, organization_id: int) -> HttpResponse:
    """新增科室."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return _department_form(request, get_visible_or_404(Organization, viewer, pk=organization_id), None)


@require_http_methods(["GET", "POST"])
@needs(actions.EDIT, actions.EDIT_OWN)
def edit_department(request: HttpRequest, department_id: int) -> HttpResponse:
    """名称 and 诊疗科目 of one."""
    row = _department(request, department_id)
    return _department_form(request, row.organization, row)


@require_POST
@needs(actions.EDIT, actions.EDIT_OWN)
def switch_department(request: HttpRequest, department_id: int) -> HttpResponse:
    """停用 or 启用, as the form says."""
    row = _department(request, department_id)
    in_use = request.POST.get("in_use") == "1"
    actions.set_department_in_use(row, in_use, by=request.viewer)  # type: ignore[attr-defined]
    done = "启用，可以选用" if in_use else "停用，不能再选；已有记录不受影响"
    messages.success(request, f"科室“{row.name}”已{done}。")
    return redirect(place(row.organization, DEPARTMENTS))


@require_http_methods(["GET", "POST"])
@needs(actions.EDIT, actions.EDIT_OWN)
def delete_department(request: HttpRequest, department_id: int) -> HttpResponse:
    """Asks first; what still refers to it is named, and then only 停用 is left."""
    row = _department(request, department_id)
    name, held = row.name, references.references_to(row)

    def save() -> str:
        actions.delete_department(row, by=request.viewer)  # type: ignore[attr-defined]
        return f"已删除科室“{name}”，变更记录里仍可查到。"

    return form_page(
        request, row.organization, Form(request.POST if request.method == "POST" else None), save, title=f"删除科室“{name}”？", button="删除",
        tab=DEPARTMENTS, template=_CONFIRM, department=row, held=held,
    )  # fmt: skip


def _department(request: HttpRequest, department_id: int) -> Department:
    """The visible department. Raises Http404, or NotAllowed with the reason."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = get_visible_or_404(Department, viewer, pk=department_id)
    if reason := rights_of(viewer, row.organization).own:
        raise NotAllowed(reason)
    return row


def _department_form(request: HttpRequest, node: Organization, row: Department | None) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = DepartmentForm(request.POST or None, department=row)

    def save() -> str:
        given = form.cleaned_data
        made = actions.save_department(node, given["name"], given["medical_subjects"], department=row, by=viewer)
        return f"已保存科室“{made.name}”。"

    title = f"编辑科室：{row.name}" if row else f"新增科室：{node.name}"
    return form_page(
        request, node, form, save, title=title, button="保存", tab=DEPARTMENTS, template=_DEPARTMENT,
        blocked=rights_of(viewer, node).own,
    )  # fmt: skip
