"""What an import of bases must know of hospitals that are there already: set-based, in the whole country."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from xinglin.accounts.models import User
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import CapabilityKind, Kind
from xinglin.organizations.models import Capability, Department, Organization, SpecialtyBase
from xinglin.organizations.selectors import PUBLIC, provinces

CHUNK = 300
REASON = "names and codes are unique in the country"


@dataclass(slots=True)
class Known:
    """Hospitals by what identifies them; ``accounts``: those with an own account; ``spans``: (id, track) → start."""

    by_code: dict[str, Organization] = field(default_factory=dict)
    by_uscc: dict[str, Organization] = field(default_factory=dict)
    by_name: dict[str, Organization] = field(default_factory=dict)
    accounts: set[int] = field(default_factory=set)
    spans: dict[tuple[int, str], date] = field(default_factory=dict)

    def match(self, values: dict[str, Any]) -> Organization | None:
        """The hospital that a row means: by code; else one without a code by USCC, else by name."""
        if found := self.by_code.get(values["code"]):
            return found
        for node in (self.by_uscc.get(values["uscc"]), self.by_name.get(values["name"])):
            if node is not None and not node.code and node.kind == Kind.HOSPITAL:
                return node
        return None

    def clash(self, values: dict[str, Any], node: Organization | None) -> tuple[str, str] | None:
        """(column, reason) where name, code or USCC belong to another node, or the node is no hospital."""
        if node is not None and node.kind != Kind.HOSPITAL:
            return "code", f"代码 {values['code']} 是“{node.name}”的，它不是医院"
        for name, rows, words in (("name", self.by_name, "名称"), ("uscc", self.by_uscc, "信用代码")):
            other = rows.get(values[name])
            if other is not None and (node is None or other.pk != node.pk):
                code = f"（代码 {other.code}）" if other.code else ""
                return name, f"这个{words}是“{other.name}”{code}的，一家医院只建一个。请核对代码"
        return None

    def since(self, node: Organization, track: str) -> date | None:
        """Since when the hospital is a training base of the track, now or soon; None when it is not."""
        return self.spans.get((node.pk, track))

    def province_of(self, node: Organization) -> str:
        return node.province.short_name or node.province.name if node.province else ""


def known_bases(rows: Sequence[dict[str, Any]], viewer: Viewer) -> Known:
    """Three queries a chunk of rows."""
    known = Known()
    every = Organization.objects.for_system(REASON).select_related("province")
    nodes: dict[int, Organization] = {}
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        wanted = {name: [row[name] for row in part if row.get(name)] for name in ("code", "uscc", "name")}
        by_any = Q(code__in=wanted["code"]) | Q(uscc__in=wanted["uscc"]) | Q(name__in=wanted["name"])
        nodes |= {node.pk: node for node in every.filter(by_any)}
    for node in nodes.values():
        known.by_name[node.name] = node
        if node.code:
            known.by_code[node.code] = node
        if node.uscc:
            known.by_uscc[node.uscc] = node
    for ids in _chunks(list(nodes)):
        users = User.objects.for_system("one account an organisation").filter(organization__in=ids)
        known.accounts |= set(users.values_list("organization_id", flat=True))
        held = Capability.objects.for_system(PUBLIC).filter(organization__in=ids, kind=CapabilityKind.TRAINING_BASE)
        live = held.exclude(ends_on__lte=clock.today()).order_by("-starts_on")
        for pk, track, starts_on in live.values_list("organization_id", "track", "starts_on"):
            known.spans[pk, track] = starts_on
    return known


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def provinces_for(viewer: Viewer) -> list[Organization]:
    """Provinces under which the viewer may set up bases."""
    return list(provinces(viewer))


def home_for(division: str, among: Sequence[Organization], viewer: Viewer) -> Organization | None:
    """Under which node a new base hangs: the deepest of the province that its division names.

    A province's own administrator needs no division; one that names another province is None.
    """
    fitting = [row for row in among if row.division and division and row.division[:2] == division[:2]]
    if not fitting:
        alone = among[0] if len(among) == 1 else None
        return alone if alone is not None and (not division or not alone.division) else None
    home = fitting[0]
    if len(division) == 6:
        codes = [division, f"{division[:4]}00"]
        below = Organization.objects.visible_to(viewer).filter(kind__in=[Kind.CITY, Kind.COUNTY], province=home)
        found = {row.division: row for row in below.filter(division__in=codes)}
        home = next((found[code] for code in codes if code in found), home)
    return home


def bases_called(words: Iterable[str], viewer: Viewer) -> dict[str, Organization]:
    """Code or full name → the hospital of the viewer's subtree that it means."""
    wanted = sorted(set(words))
    found: dict[str, Organization] = {}
    rows = Organization.objects.visible_to(viewer).filter(kind=Kind.HOSPITAL)
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        for node in rows.filter(Q(name__in=part) | Q(code__in=[word.upper() for word in part])):
            found[node.name] = node
            if node.code:
                found[node.code] = node
    return {word: found.get(word) or found[word.upper()] for word in wanted if word in found or word.upper() in found}


def tracks_of(nodes: Iterable[Organization]) -> set[tuple[int, str]]:
    """(organisation id, track) of those that are training bases now or soon."""
    held = Capability.objects.for_system(PUBLIC).filter(kind=CapabilityKind.TRAINING_BASE)
    live = held.exclude(ends_on__lte=clock.today())
    found: set[tuple[int, str]] = set()
    for ids in _chunks([node.pk for node in nodes]):
        found |= set(live.filter(organization__in=ids).values_list("organization_id", "track"))
    return found


def specialties_at(nodes: Iterable[Organization]) -> dict[tuple[int, str, str], SpecialtyBase]:
    """(organisation id, track, specialty) → its specialty base, withdrawn ones too."""
    found: dict[tuple[int, str, str], SpecialtyBase] = {}
    for ids in _chunks([node.pk for node in nodes]):
        rows = SpecialtyBase.objects.for_system(PUBLIC).select_related("organization").filter(organization__in=ids)
        found |= {(row.organization_id, row.track, row.specialty): row for row in rows}
    return found


def departments_at(organization: Organization) -> dict[str, Department]:
    """Name → department of one unit, disabled ones too."""
    rows = Department.objects.for_system("names are unique in a base").select_related("organization")
    return {row.name: row for row in rows.filter(organization=organization)}


def hospital_names(viewer: Viewer) -> list[str]:
    """For suggestions: full names in the viewer's subtree."""
    rows = Organization.objects.visible_to(viewer).filter(kind=Kind.HOSPITAL)
    return list(rows.order_by("name").values_list("name", flat=True)[:5_000])
