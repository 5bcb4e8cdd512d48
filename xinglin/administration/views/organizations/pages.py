"""The page of one organisation in tabs, and the tree."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xinglin.accounts.access import needs
from xinglin.dictionaries import selectors as dictionaries
from xinglin.history.selectors import open_entries
from xinglin.kernel.scope import get_visible_or_404
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import rules, selectors
from xinglin.organizations.enums import Accreditation, Kind
from xinglin.organizations.models import Organization

from ...selectors.organizations import page as reads
from ...selectors.organizations.rights import Rights, rights_of, why_no_child
from ...selectors.organizations.rows import STATES, department_rows, specialty_rows, standings
from ...selectors.organizations.tree import tree_of
from .form_page import NAV, nav_of

FACTS, CAPABILITIES, AFFILIATIONS, SPECIALTIES = "facts", "capabilities", "affiliations", "specialties"
DEPARTMENTS, BELOW, HISTORY = "departments", "below", "history"
_HOSPITAL = (FACTS, CAPABILITIES, AFFILIATIONS, SPECIALTIES, DEPARTMENTS, HISTORY)
_ABOVE = (BELOW, FACTS, HISTORY)
TITLES = {
    FACTS: "基本信息", CAPABILITIES: "资质", AFFILIATIONS: "协同关系", SPECIALTIES: "专业基地", DEPARTMENTS: "科室",
    BELOW: "下级机构", HISTORY: "变更记录",
}  # fmt: skip
_LINES = 30


@require_GET
@needs("organizations.view")
def organization(request: HttpRequest, organization_id: int) -> HttpResponse:
    """One organisation of the viewer's subtree."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return _page(request, get_visible_or_404(Organization, viewer, pk=organization_id))


@require_GET
@needs("organizations.view")
def own_organization(request: HttpRequest) -> HttpResponse:
    """本单位信息: the organisation of the identity in force."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return _page(request, get_visible_or_404(Organization, viewer, pk=viewer.organization_id))


@require_GET
@needs("organizations.view")
def tree(request: HttpRequest) -> HttpResponse:
    """机构树, opened down to ``?at=``."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    at = request.GET.get("at", "")
    chosen = get_visible_or_404(Organization, viewer, pk=at) if at.isascii() and at.isdigit() and len(at) < 19 else None
    context = {"branches": tree_of(viewer, chosen), "chosen": chosen, "nav_key": NAV}
    return render(request, "administration/organizations/tree.html", context)


def _page(request: HttpRequest, node: Organization) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    tabs = _HOSPITAL if node.kind == Kind.HOSPITAL else _ABOVE
    wanted = request.GET.get("tab", tabs[0])
    if wanted not in tabs:
        raise Http404
    standing = standings([node])[node.pk]
    rights = rights_of(viewer, node)
    live = specialty_rows(viewer).filter(organization=node).exclude(accreditation=Accreditation.WITHDRAWN)
    counts = {
        CAPABILITIES: len(standing.held), SPECIALTIES: live.count(), DEPARTMENTS: standing.departments,
        AFFILIATIONS: reads.sides_of(viewer, node).current if node.kind == Kind.HOSPITAL else 0,
    }  # fmt: skip
    context = {
        "organization": node, "standing": standing, "state": STATES.get(standing.state), "rights": rights,
        "kind": Kind(node.kind).label, "above": selectors.ancestors(node), "visible_above": _visible_above(viewer, node),
        "tabs": [(key, TITLES[key], counts.get(key)) for key in tabs], "tab": wanted, "nav_key": nav_of(request, node),
        "no_child": why_no_child(viewer, node), "hospital": node.kind == Kind.HOSPITAL,
        "template": f"administration/organizations/parts/{wanted}.html",
        **_READERS[wanted](request, node, rights),
    }  # fmt: skip
    return render(request, "administration/organizations/page.html", context)


def _visible_above(viewer: Viewer, node: Organization) -> set[int]:
    return {above.pk for above in selectors.ancestors(node) if viewer.covers(above.path)}


def _facts(request: HttpRequest, node: Organization, rights: Rights) -> dict[str, Any]:
    account = reads.own_account(node) if node.kind == Kind.HOSPITAL else None
    division = dictionaries.label("division", node.division) if node.division else ""
    return {
        "account": account,
        "division": division,
        "fixed_parent": rules.FIXED_PARENT,
        "fixed_kind": rules.FIXED_KIND,
    }


def _capabilities(request: HttpRequest, node: Organization, rights: Rights) -> dict[str, Any]:
    lines = reads.capabilities_of(request.viewer, node)  # type: ignore[attr-defined]
    return {"lines": [(line, rights.for_track(line.row.track)) for line in lines]}


def _affiliations(request: HttpRequest, node: Organization, rights: Rights) -> dict[str, Any]:
    return {"sides": reads.sides_of(request.viewer, node)}  # type: ignore[attr-defined]


def _specialties(request: HttpRequest, node: Organization, rights: Rights) -> dict[str, Any]:
    rows = specialty_rows(request.viewer).filter(organization=node).order_by("track", "specialty")  # type: ignore[attr-defined]
    tones = {Accreditation.ACCREDITED: "ok", Accreditation.RECTIFYING: "wait", Accreditation.WITHDRAWN: "idle"}
    found = [(row, tones[Accreditation(row.accreditation)], rights.for_track(row.track)) for row in rows]
    live = [row for row, _, _ in found if row.accreditation != Accreditation.WITHDRAWN]
    return {"rows": found, "capacity": sum(row.capacity for row in live), "live": len(live)}


def _departments(request: HttpRequest, node: Organization, rights: Rights) -> dict[str, Any]:
    rows = department_rows(request.viewer).filter(organization=node)  # type: ignore[attr-defined]
    return {"rows": sorted(rows, key=lambda row: (row.disabled_at is not None, row.name))}


def _below(request: HttpRequest, node: Organization, rights: Rights) -> dict[str, Any]:
    pages = Paginator(selectors.children(request.viewer, node), 50)  # type: ignore[attr-defined]
    page = pages.get_page(request.GET.get("page"))
    rows = list(page.object_list)
    found = standings(rows)
    return {"page": page, "rows": [(row, found[row.pk], STATES.get(found[row.pk].state)) for row in rows]}


def _history(request: HttpRequest, node: Organization, rights: Rights) -> dict[str, Any]:
    pages = Paginator(reads.history_of(request.viewer, node), _LINES)  # type: ignore[attr-defined]
    page = pages.get_page(request.GET.get("page"))
    return {"page": page, "lines": open_entries(list(page.object_list))}


_READERS = {
    FACTS: _facts, CAPABILITIES: _capabilities, AFFILIATIONS: _affiliations, SPECIALTIES: _specialties,
    DEPARTMENTS: _departments, BELOW: _below, HISTORY: _history,
}  # fmt: skip
