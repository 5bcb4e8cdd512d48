"""Creating and editing an organisation; a base edits its contact (P-01)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from xinglin.accounts.access import needs
from xinglin.kernel.errors import NotAllowed
from xinglin.kernel.scope import get_visible_or_404
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import actions, rules
from xinglin.organizations.models import Organization

from ...forms.organizations import ContactForm, NodeForm
from ...selectors.organizations.rights import rights_of, why_no_child
from .form_page import form_page, place


@require_http_methods(["GET", "POST"])
@needs(actions.EDIT)
def new(request: HttpRequest, parent_id: int) -> HttpResponse:
    """新增下级机构 under a node of the viewer's subtree."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    parent = get_visible_or_404(Organization, viewer, pk=parent_id)
    form = NodeForm(request.POST or None, parent=parent)
    made: list[Organization] = []

    def save() -> str:
        made.append(
            actions.create_organization(parent, kind=form.cleaned_data["kind"], **form.values, by=viewer),
        )
        return f"已新增{made[0].name}。"

    return form_page(
        request, parent, form, save, title=f"新增下级机构：{parent.name}", button="新增",
        blocked=why_no_child(viewer, parent), after=lambda: place(made[0]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(actions.EDIT, actions.EDIT_OWN)
def edit(request: HttpRequest, organization_id: int) -> HttpResponse:
    """编辑; who keeps up only the own contact gets a form of that."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    node = get_visible_or_404(Organization, viewer, pk=organization_id)
    rights = rights_of(viewer, node)
    if rights.own:
        raise NotAllowed(rights.own)
    seen = request.POST.get("seen")
    whole = not rights.edit
    form = NodeForm(request.POST or None, node=node) if whole else ContactForm(request.POST or None, node=node)

    def save() -> str:
        if isinstance(form, NodeForm):
            changed = actions.edit_organization(node, form.values, by=viewer, seen=seen)
        else:
            changed = actions.edit_contact(node, **form.cleaned_data, by=viewer, seen=seen)
        return "已保存。" if changed else "没有改动。"

    fixed: tuple[tuple[str, str, str], ...] = (("类别", node.get_kind_display(), rules.FIXED_KIND),) if whole else ()
    if whole and node.parent is not None:
        fixed += (("上级", node.parent.name, rules.FIXED_PARENT),)
    return form_page(
        request, node, form, save,
        title=f"编辑：{node.name}" if whole else "编辑联系方式", button="保存", tab="facts", fixed=fixed,
        token=rules.token_of(node), lead=f"名称、代码、资质等{rights.edit}" if rights.edit else "",
    )  # fmt: skip
