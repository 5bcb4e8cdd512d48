"""Rows of 机构管理, 专业基地 and 科室, and what a page of them needs beside its joins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import rules
from xinglin.organizations.enums import Accreditation, CapabilityKind, Kind, Track
from xinglin.organizations.models import Affiliation, Capability, Department, Organization, SpecialtyBase
from xinglin.organizations.selectors import PUBLIC, dated, organizations

CURRENT, UPCOMING, ENDED, NONE = "current", "upcoming", "ended", "none"
STATES = {
    CURRENT: ("ok", "资质有效"),
    UPCOMING: ("run", "资质未开始"),
    ENDED: ("idle", "资质已结束"),
    NONE: ("wait", "没有资质"),
}


@dataclass(slots=True)
class Standing:
    """What an organisation is today. ``held``: capabilities in force; ``state``: of STATES, "" above hospitals."""

    state: str
    held: list[Capability] = field(default_factory=list)
    specialties: int = 0
    affiliates: int = 0
    departments: int = 0

    @property
    def labels(self) -> list[str]:
        """培训基地（西医）, 协同单位 …"""
        return [told(row.kind, row.track) for row in self.held]


def told(kind: str, track: str = "") -> str:
    """A capability in words."""
    label: str = CapabilityKind(kind).label
    return f"{label}（{Track(track).label}）" if track else label


def organization_rows(viewer: Viewer) -> QuerySet[Organization]:
    """The viewer's subtree for the list."""
    return organizations(viewer).select_related("province", "parent")


def standings(rows: Iterable[Organization]) -> dict[int, Standing]:
    """Organisation id → what it is today; four queries for any number of rows."""
    nodes = {row.pk: row for row in rows}
    today = clock.today()
    held: dict[int, list[Capability]] = {pk: [] for pk in nodes}
    every = Capability.objects.for_system(PUBLIC).filter(organization__in=nodes).order_by("kind", "-track", "starts_on")
    for capability in every:
        held[capability.organization_id].append(capability)
    specialties = SpecialtyBase.objects.for_system(PUBLIC).exclude(accreditation=Accreditation.WITHDRAWN)
    affiliates = Affiliation.objects.for_system(PUBLIC).filter(dated())
    departments = Department.objects.for_system("counted only").filter(disabled_at__isnull=True)
    counts = [
        _counted(specialties, "organization_id", nodes),
        _counted(affiliates, "base_id", nodes),
        _counted(departments, "organization_id", nodes),
    ]
    found = {}
    for pk, node in nodes.items():
        now = [row for row in held[pk] if rules.in_force(row.starts_on, row.ends_on, today)]
        state = _state(held[pk], now) if node.kind == Kind.HOSPITAL else ""
        found[pk] = Standing(state, now, *(count.get(pk, 0) for count in counts))
    return found


def _counted(rows: QuerySet[Any], by: str, nodes: Iterable[int]) -> dict[int, int]:
    found = rows.filter(**{f"{by}__in": list(nodes)}).values(by).annotate(n=Count("id"))
    return {row[by]: row["n"] for row in found.order_by()}


def _state(every: Sequence[Capability], now: Sequence[Capability]) -> str:
    if now:
        return CURRENT
    if any(row.starts_on > clock.today() for row in every):
        return UPCOMING
    return ENDED if every else NONE


def _has(condition: Q | None = None) -> Exists:
    rows = Capability.objects.for_system(PUBLIC).filter(condition or Q(), organization=OuterRef("pk"))
    return Exists(rows)


def holding(rows: QuerySet[Organization], value: str, viewer: Viewer) -> QuerySet[Organization]:
    """Those that hold a capability today; ``value``: its kind, or kind:track."""
    kind, _, track = value.partition(":")
    condition = dated() & Q(kind=kind)
    return rows.filter(_has(condition & Q(track=track) if track else condition))


def in_track(rows: QuerySet[Organization], value: str, viewer: Viewer) -> QuerySet[Organization]:
    """Those that hold some capability of a track today."""
    return rows.filter(_has(dated() & Q(track=value)))


def in_state(rows: QuerySet[Organization], value: str, viewer: Viewer) -> QuerySet[Organization]:
    """Hospitals of one of STATES."""
    rows = rows.filter(kind=Kind.HOSPITAL)
    if value == CURRENT:
        return rows.filter(_has(dated()))
    rows = rows.exclude(_has(dated()))
    upcoming = _has(Q(starts_on__gt=clock.today()))
    if value == UPCOMING:
        return rows.filter(upcoming)
    rows = rows.exclude(upcoming)
    return rows.filter(_has()) if value == ENDED else rows.exclude(_has())


def searched(rows: QuerySet[Organization], value: str, viewer: Viewer) -> QuerySet[Organization]:
    """Name, short name, code or USCC, in any width and case."""
    code = value.upper()
    return rows.filter(
        Q(name__contains=value) | Q(short_name__contains=value) | Q(code__startswith=code) | Q(uscc__startswith=code)
    )


def specialty_rows(viewer: Viewer) -> QuerySet[SpecialtyBase]:
    """专业基地 of the viewer's subtree and track, withdrawn ones too."""
    return SpecialtyBase.objects.visible_to(viewer).select_related("organization__province")


def department_rows(viewer: Viewer) -> QuerySet[Department]:
    """科室 of the viewer's subtree, disabled ones too."""
    return Department.objects.visible_to(viewer).select_related("organization__province")


def affiliation_rows(viewer: Viewer) -> QuerySet[Affiliation]:
    """协同关系 that the viewer sees from one side or the other (0024)."""
    return Affiliation.objects.visible_to(viewer).select_related("base", "affiliate")


def capability_rows(viewer: Viewer) -> QuerySet[Capability]:
    """资质 of the viewer's subtree."""
    return Capability.objects.visible_to(viewer).select_related("organization")
