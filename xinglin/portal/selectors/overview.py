"""全国概览 and 本省概览: windows of the moment, progress by province and base, accounts of bases, last reports (R-23)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from xinglin.accounts.models import Grant
from xinglin.accounts.selectors import in_force
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import selectors as organizations
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Organization
from xinglin.residents.selectors.progress import Progress, progress
from xinglin.windows import selectors as windows
from xinglin.windows.selectors import Row

from .flow import present_spans

OVERSEERS = (Kind.ASSOCIATION, Kind.MINISTRY, Kind.PROVINCE)
BASE_ROLES = ("base_organization", "base_admin")
_REPORTS = 8


@dataclass(frozen=True, slots=True)
class Accounts:
    """Accounts of a base that can act for it: how many there are, how many have set their password."""

    all: int = 0
    active: int = 0

    @property
    def word(self) -> tuple[str, str]:
        """Tag: (tone, words)."""
        if not self.all:
            return "bad", "没有账号"
        if not self.active:
            return "wait", "没有人登录过"
        return "ok", f"{self.active}/{self.all} 已启用"

    def __add__(self, other: Accounts) -> Accounts:
        return Accounts(self.all + other.all, self.active + other.active)


@dataclass(slots=True)
class ProvinceLine:
    """One province of the overview. ``silent``: bases where nobody ever signed in."""

    node: Organization
    progress: Progress
    bases: int = 0
    silent: int = 0
    accounts: Accounts = field(default_factory=Accounts)


@dataclass(slots=True)
class Overview:
    """The page of the association, the ministry or a province for one intake year.

    ``is_present``: the year of which the list of bases tells.
    """

    year: int
    is_present: bool
    years: list[int]
    spans: list[Row]
    lines: list[ProvinceLine]
    whole: Progress
    bases: int
    silent: int
    reports: list[tuple[Organization, Progress]]


def oversees(viewer: Viewer) -> bool:
    """Whether the viewer looks over many bases."""
    return viewer.organization_kind in OVERSEERS


def overview_of(viewer: Viewer, year: int | None = None) -> Overview:
    """Everything of the page, in a number of queries that does not grow with provinces or bases."""
    known, this_year = windows.years(), clock.today().year
    present = windows.present_year(known)
    chosen = year if year in known else present
    bases = list(bases_in_scope(viewer))
    by_base = progress(viewer, chosen, by="organization_id")
    accounts = accounts_of(viewer, [base.pk for base in bases])
    lines = _lines(viewer, chosen, bases, accounts)
    newest = sorted(
        ((base, found) for base in bases if (found := by_base.get(base.pk)) and found.last_report),
        key=lambda pair: pair[1].last_report,  # type: ignore[arg-type,return-value]
        reverse=True,
    )
    return Overview(
        year=chosen,
        is_present=chosen == present,
        years=[y for y in known if y <= max(chosen, this_year)][:4],
        spans=present_spans(windows.windows_for(viewer), chosen),
        lines=lines,
        whole=sum((line.progress for line in lines), Progress()),
        bases=len(bases),
        silent=sum(line.silent for line in lines),
        reports=newest[:_REPORTS],
    )


def bases_in_scope(viewer: Viewer) -> QuerySet[Organization]:
    """Training bases of the viewer's tracks in its subtree, by province."""
    return organizations.bases(viewer, viewer.track).select_related("province")


def accounts_of(viewer: Viewer, base_ids: Iterable[int]) -> dict[int, Accounts]:
    """Accounts that act for each base, in one query."""
    grants = Grant.objects.visible_to(viewer).filter(
        in_force(clock.now()), role__in=BASE_ROLES, organization_id__in=list(base_ids), user__is_active=True
    )
    rows = (
        grants.order_by()
        .values("organization_id")
        .annotate(
            all=Count("user_id", distinct=True),
            active=Count("user_id", filter=Q(user__activated_at__isnull=False), distinct=True),
        )
    )
    return {row["organization_id"]: Accounts(row["all"], row["active"]) for row in rows}


def _lines(
    viewer: Viewer, year: int, bases: Sequence[Organization], accounts: dict[int, Accounts]
) -> list[ProvinceLine]:
    by_province = progress(viewer, year, by="province_id")
    lines = {
        node.pk: ProvinceLine(node, by_province.get(node.pk, Progress())) for node in organizations.provinces(viewer)
    }
    for base in bases:
        line = lines.get(base.province_id or 0)
        if line is not None:
            mine = accounts.get(base.pk, Accounts())
            line.bases += 1
            line.silent += not mine.active
            line.accounts += mine
    return list(lines.values())


def extension_address(viewer: Viewer, year: int) -> Any:
    """The phase to extend for one base: the open filling of the year, else its newest; None without one."""
    rows = [row for row in windows.windows_for(viewer) if row.window.year == year and row.span.kind == "filling"]
    return next((row for row in rows if row.state == "open"), rows[0] if rows else None)
