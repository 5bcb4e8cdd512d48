"""The tree of the viewer's subtree, opened down to one node; a level is read when it is opened."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count

from xinglin.kernel.viewer import Viewer
from xinglin.organizations import rules
from xinglin.organizations.models import Organization
from xinglin.organizations.selectors import children, organizations

from .rows import Standing, standings


@dataclass(slots=True)
class Branch:
    """One node as drawn. ``below``: how many nodes stand directly under it; ``open``: whether they are drawn."""

    node: Organization
    standing: Standing
    below: int
    open: bool = False
    chosen: bool = False
    branches: list[Branch] = field(default_factory=list)


def tree_of(viewer: Viewer, at: Organization | None) -> list[Branch]:
    """The viewer's own node with its children; the way to ``at`` is open."""
    top = organizations(viewer).select_related("province").first()
    if top is None:
        return []
    way = set(rules.ids_in(at.path)) if at else {top.pk}
    return _branches(viewer, [top], way | {top.pk}, at)


def _branches(viewer: Viewer, nodes: list[Organization], way: set[int], at: Organization | None) -> list[Branch]:
    standing = standings(nodes)
    counted = organizations(viewer).filter(parent__in=nodes).order_by().values("parent").annotate(n=Count("id"))
    below = {row["parent"]: row["n"] for row in counted}
    found = []
    for node in nodes:
        branch = Branch(node, standing[node.pk], below.get(node.pk, 0))
        branch.open = branch.below > 0 and node.pk in way
        branch.chosen = at is not None and node.pk == at.pk
        if branch.open:
            branch.branches = _branches(viewer, list(children(viewer, node)), way, at)
        found.append(branch)
    return found
