"""One organisation's page: its parts as of today, what has ended, its history, and the account of a base."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from xinglin.accounts.models import Grant, User
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import rules
from xinglin.organizations.enums import CapabilityKind
from xinglin.organizations.models import Affiliation, Capability, Department, Organization
from xinglin.organizations.selectors import PUBLIC, affiliations, dated, organizations

from .rows import told

SUBJECTS = ("organization", "capability", "affiliation", "specialty_base", "department")


@dataclass(frozen=True, slots=True)
class Dated:
    """A capability or affiliation with its words. ``state``: upcoming, current or ended; reasons are "" where it may."""

    row: Any
    label: str
    span: str
    state: str
    not_ended: str
    not_cancelled: str
    other: Organization | None = None
    visible: bool = False
    qualified: bool = True
    blocked: str = ""


def _dated(row: Capability | Affiliation, label: str, today: date, **more: Any) -> Dated:
    state = rules.span_state(row.starts_on, row.ends_on, today)
    ended = rules.why_not_ended(row.starts_on, row.ends_on, today)
    cancelled = rules.why_not_cancelled(row.starts_on, today)
    return Dated(row, label, rules.span_text(row.starts_on, row.ends_on), state, ended, cancelled, **more)


def capabilities_of(viewer: Viewer, organization: Organization) -> list[Dated]:
    """资质, the current and coming ones first, then what has ended, newest first."""
    today = clock.today()
    rows = (
        Capability.objects.visible_to(viewer).filter(organization=organization).order_by("-starts_on", "kind", "-track")
    )
    found = [_dated(row, told(row.kind, row.track), today) for row in rows]
    return sorted(found, key=lambda line: line.state == "ended")


@dataclass(frozen=True, slots=True)
class Sides:
    """协同关系 from both sides: units that serve this base, and bases that this unit serves."""

    affiliates: list[Dated]
    bases: list[Dated]

    @property
    def current(self) -> int:
        return sum(line.state == "current" for line in (*self.affiliates, *self.bases))


def sides_of(viewer: Viewer, organization: Organization) -> Sides:
    """Both sides; the other side's page is linked where the viewer sees it, its name is public."""
    today = clock.today()
    rows = list(affiliations(viewer, organization))
    others = {pk for row in rows for pk in (row.base_id, row.affiliate_id)}
    seen = set(organizations(viewer).filter(pk__in=others).values_list("pk", flat=True))
    held = Capability.objects.for_system(PUBLIC).filter(dated(), kind=CapabilityKind.AFFILIATE, organization__in=others)
    qualified = set(held.values_list("organization_id", flat=True))

    def line(row: Affiliation, other: Organization) -> Dated:
        own = row.affiliate_id in qualified
        kept = "" if viewer.covers(row.base.path) else f"由基地一方维护：请联系{row.base.name}所在省的省级管理员。"
        return _dated(row, other.name, today, other=other, visible=other.pk in seen, qualified=own, blocked=kept)

    sides = Sides(
        [line(row, row.affiliate) for row in rows if row.base_id == organization.pk],
        [line(row, row.base) for row in rows if row.affiliate_id == organization.pk],
    )
    for part in (sides.affiliates, sides.bases):
        part.sort(key=lambda line: line.state == "ended")
    return sides


def history_of(viewer: Viewer, organization: Organization) -> QuerySet[HistoryEntry]:
    """What was changed about this organisation, newest first; what an affiliation did stands on both sides."""
    rows = HistoryEntry.objects.visible_to(viewer).filter(
        subject_type__in=SUBJECTS, organization_path=organization.path, parent_type="organization",
        parent_id=str(organization.pk),
    )  # fmt: skip
    return rows.order_by("-at", "-id")


def organization_of(viewer: Viewer) -> Organization:
    """The organisation of the identity in force."""
    return organizations(viewer).select_related("province").get(pk=viewer.organization_id or 0)


def own_account(organization: Organization) -> User | None:
    """The organisation's own account, which signs in with its name or code."""
    rows = User.objects.for_system("a base's own account is part of its page")
    return rows.filter(organization=organization).first()


def identities_at(department: Department) -> str | None:
    """For `organizations.references`: identities that are held at a department, ended ones too."""
    held = Grant.objects.for_system("asked before a department is deleted").filter(department=department).count()
    return f"{held} 个账号身份" if held else None
