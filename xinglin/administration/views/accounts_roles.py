"""角色与权限, and 这个角色能看到什么 (P-07)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xinglin.accounts.access import needs
from xinglin.accounts.matrix import PERMISSIONS, matrix, opening_matrix, roles
from xinglin.accounts.roles import OPENS, ROLES
from xinglin.accounts.selectors import viewer_as
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Track
from xinglin.ui import navigation

from ..selectors import accounts as selectors

FACES: tuple[tuple[navigation.Face, str], ...] = (
    ("desk", "左侧菜单"),
    ("top", "顶栏"),
    ("menu", "右上角菜单"),
    ("phone", "手机底栏"),
)


@require_GET
@needs("organizations.view")
def roles_page(request: HttpRequest) -> HttpResponse:
    """Every role with every permission, from the code that decides."""
    lines = [(part, list(found)) for part, found in groupby(matrix(), key=lambda line: line.permission.part)]
    words = {
        "nav_key": "administration.roles", "roles": roles(), "parts": lines, "opening": opening_matrix(),
        "width": len(roles()) + 1,
    }  # fmt: skip
    return render(request, "administration/accounts/roles.html", words)


class LookForm(forms.Form):
    """Which role, where, for which track."""

    role = forms.ChoiceField(label="身份", choices=[(role.code, role.label) for role in roles()])
    organization = forms.ChoiceField(label="单位")
    track = forms.ChoiceField(label="体系", required=False, choices=[("", "西医、中医"), *Track.choices])

    def __init__(self, *args: object, viewer: Viewer, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.nodes = {str(node.pk): node for node in selectors.lookable_places(viewer)}
        self.fields["organization"].choices = [(pk, node.name) for pk, node in self.nodes.items()]  # type: ignore[attr-defined]

    def clean_organization(self) -> str:
        """The level of the organisation must be the role's."""
        chosen: str = self.cleaned_data["organization"]
        found = ROLES.get(self.cleaned_data.get("role", ""))
        if found is not None and self.nodes[chosen].kind != found.kind:
            raise forms.ValidationError(f"“{found.label}”身份只在{found.kind.label}，请选这一级的单位。")
        return chosen


@dataclass(slots=True)
class Entry:
    """A menu entry with those below it."""

    item: navigation.MenuItem
    below: list[Entry] = field(default_factory=list)


@require_GET
@needs("accounts.view")
def sees(request: HttpRequest) -> HttpResponse:
    """What a role at an organisation of one's subtree would see: menus, scope, permissions. It opens nothing."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = LookForm(request.GET or None, viewer=viewer)
    words: dict[str, object] = {"nav_key": "administration.roles", "form": form}
    if request.GET and form.is_valid():
        role = ROLES[form.cleaned_data["role"]]
        node = form.nodes[form.cleaned_data["organization"]]
        other = viewer_as(role.code, node, track=form.cleaned_data["track"])
        words |= {
            "role": role,
            "node": node,
            "track": Track(other.track).label if other.track else "西医、中医",
            "faces": [(label, entries) for face, label in FACES if (entries := menu_of(other, face))],
            "counts": [] if role.personal else selectors.counts_below(viewer, node),
            "permissions": [found for found in PERMISSIONS if found.code in role.permissions],
            "opens": [ROLES[code].label for code in reversed(ROLES) if code in OPENS.get(role.code, ())],
        }
    return render(request, "administration/accounts/sees.html", words, status=422 if form.errors else 200)


def menu_of(viewer: Viewer, face: navigation.Face) -> list[Entry]:
    """The entries of a face that an identity would see, nested; headings without any are left out."""
    flat = {item.key: Entry(item) for item in navigation.visible(viewer, face)}
    roots = []
    for entry in flat.values():
        parent = flat.get(entry.item.parent or "")
        if parent is not None:
            parent.below.append(entry)
        elif entry.item.parent is None:
            roots.append(entry)
    return _used(roots)


def _used(entries: list[Entry]) -> list[Entry]:
    for entry in entries:
        entry.below = _used(entry.below)
    return [entry for entry in entries if entry.item.url_name or entry.below]
