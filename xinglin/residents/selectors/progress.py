"""How far an intake is in each province and at each base (R-23). One query for any number of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Max, Q, Value, When

from xinglin.kernel.viewer import Viewer

from ..models import Enrollment
from .enrollments import APPROVED, CORRECTING, FILLING, PENDING, RETURNED, UNREPORTED

PLACES: dict[str, Q] = {
    "pending": PENDING,
    "approved": APPROVED & ~UNREPORTED,
    "returned": RETURNED,
    "correcting": CORRECTING,
    "not_started": Q(filled_at__isnull=True),
    "filling": FILLING,
}
"""Where a record stands: the first that holds, else it is ready; so every living record counts once."""
READY_PLACE = "ready"
WHERE = Case(*(When(found, then=Value(name)) for name, found in PLACES.items()), default=Value(READY_PLACE))


def standing_at(place: str) -> Q:
    """The records that are counted at this place, and no others. Raises KeyError for an unknown place."""
    found = Q() if place == READY_PLACE else PLACES[place]
    for name, earlier in PLACES.items():
        if name == place:
            break
        found &= ~earlier
    return found


@dataclass(slots=True)
class Progress:
    """Numbers of living records by where they stand; ``last_report`` is the latest of those that stand reported."""

    imported: int = 0
    not_started: int = 0
    filling: int = 0
    correcting: int = 0
    ready: int = 0
    returned: int = 0
    pending: int = 0
    approved: int = 0
    last_report: datetime | None = None

    @property
    def reported(self) -> int:
        """Reported, decided or not."""
        return self.pending + self.approved

    @property
    def share(self) -> int:
        """Approved of imported, in whole per cent, never 100 before all are."""
        return 100 * self.approved // self.imported if self.imported else 0

    @property
    def word(self) -> tuple[str, str]:
        """Tag of the whole: (tone, word)."""
        if not self.imported:
            return "idle", "还没有导入"
        if self.approved == self.imported:
            return "ok", "全部通过"
        if self.pending:
            return "wait", "待审核"
        if self.returned:
            return "bad", "有退回"
        if self.not_started == self.imported:
            return "idle", "未开始"
        return "run", "填写中"

    def __add__(self, other: Progress) -> Progress:
        """Two groups taken together."""
        names = [part.name for part in fields(Progress) if part.name != "last_report"]
        made = Progress(**{name: getattr(self, name) + getattr(other, name) for name in names})
        known = [moment for moment in (self.last_report, other.last_report) if moment]
        made.last_report = max(known, default=None)
        return made


def progress(viewer: Viewer, year: int, *, by: str, track: str = "", **where: Any) -> dict[int, Progress]:
    """Progress of a year's living records in scope, by ``province_id`` or ``organization_id``."""
    rows = Enrollment.objects.visible_to(viewer).filter(intake_year=year, lapsed_at__isnull=True, **where)
    if track:
        rows = rows.filter(track=track)
    latest = Max("recruitment_review__reported_at", filter=~UNREPORTED)
    found: dict[int, Progress] = {}
    for row in rows.order_by().annotate(where=WHERE).values(by, "where").annotate(size=Count("pk"), latest=latest):
        part = Progress(imported=row["size"], last_report=row["latest"])
        setattr(part, row["where"], row["size"])
        found[row[by]] = found.get(row[by], Progress()) + part
    return found
