"""The collection window that the screens of 招收信息管理 show for a viewer (R-01)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.ui.kept import keep
from xinglin.windows import selectors as windows
from xinglin.windows.enums import PhaseKind, PhaseState
from xinglin.windows.rules import closed_message


@dataclass(frozen=True, slots=True)
class IntakeWindow:
    """The filling phase that counts for the viewer: open, else the next one, else the last.

    ``closed`` says why nothing can be imported now, "" while filling is open. ``correcting``: the review phase of the
    batch is open, so that returned records may still be corrected and reported.
    """

    batch: str
    year: int
    state: PhaseState
    dates: str
    left: str
    closed: str
    correcting: bool

    @property
    def is_open(self) -> bool:
        return self.state is PhaseState.OPEN


_KEPT_SECONDS = 2.0  # what the screens say; every action asks the windows itself
NOTHING_ARRANGED = "还没有招收时间安排，不能导入、编辑、删除、上报。"


@lru_cache(maxsize=256)
def intake_window(viewer: Viewer) -> IntakeWindow | None:
    """The window for one viewer; asked once a request, because a viewer carries the request's id."""
    place = ("windows", viewer.organization_path, viewer.province_id, viewer.track)
    phases = keep(place, lambda: windows.windows_for(viewer), seconds=_KEPT_SECONDS)
    rows = [row for row in phases if row.span.kind == PhaseKind.FILLING]
    if not rows:
        return None
    upcoming = [row for row in rows if row.state is PhaseState.UPCOMING]
    running = [row for row in rows if row.state is PhaseState.OPEN]
    row = (running or upcoming[-1:] or rows)[0]
    batch = windows.batch_text(row.window)
    contact = viewer.province_name or "中国医师协会"
    closed = closed_message(PhaseKind.FILLING, row.span, clock.now(), batch, contact)
    correcting = any(
        phase.span.kind == PhaseKind.REVIEW and phase.state is PhaseState.OPEN and phase.window.pk == row.window.pk
        for phase in phases
    )
    return IntakeWindow(batch, row.window.year, row.state, row.span.dates, row.left, closed or "", correcting)


def closed_for_import(viewer: Viewer) -> str:
    """Why the base cannot import now, "" when it can."""
    found = intake_window(viewer)
    return NOTHING_ARRANGED if found is None else found.closed


def closed_for_all(viewer: Viewer) -> str:
    """Why no record of the batch can be returned, reported or recalled now, "" when some may."""
    found = intake_window(viewer)
    return "" if found is not None and found.correcting else closed_for_import(viewer)
