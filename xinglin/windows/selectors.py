"""Reads: which windows there are, which are open for whom, and why not (P-09, P-21, R-01)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Organization
from xinglin.organizations.selectors import association, base_tracks, bases, provinces

from . import rules
from .enums import PhaseKind, PhaseState, Purpose
from .models import CollectionWindow, Extension, WindowPhase
from .timetable import Place, Spot, Timetable, ids_of

RULE = "the times of a window bind everybody, whoever set them"


def load_timetable(windows: Iterable[int] | None = None, *, place: Place | None = None) -> Timetable:
    """Times of the given association windows (None: all) with the provinces' own within them: three queries.

    With a place only the extensions that reach it are read.
    """
    wanted = CollectionWindow.objects.all()
    if windows is not None:
        ids = list(windows)
        wanted = wanted.filter(Q(pk__in=ids) | Q(within__in=ids) | Q(own_windows__in=ids))
    rows = list(wanted.distinct())
    stored = list(WindowPhase.objects.filter(window__in=[row.pk for row in rows]))
    return Timetable(rows, stored, _extensions(stored, place))


def _extensions(stored: list[WindowPhase], place: Place | None) -> QuerySet[Extension]:
    found = Extension.objects.for_system(RULE).filter(phase__in=[phase.pk for phase in stored])
    if place is not None:
        found = found.filter(organization__in=ids_of(place.path))
    return found.select_related("organization").order_by("given_at", "id")


def phase_for(window: CollectionWindow, kind: str, place: Place) -> rules.Span | None:
    """One phase as it counts for a place, in two queries."""
    top = window.within_id or window.pk
    mine = Q(window=top) | Q(window__within=top, window__province=place.province_id) | Q(window=window.pk)
    stored = list(WindowPhase.objects.filter(mine, kind=kind).select_related("window"))
    rows = {phase.window_id: phase.window for phase in stored} | {window.pk: window}
    return Timetable(rows.values(), stored, _extensions(stored, place)).span(window.pk, kind, place)


def effective_end(window: CollectionWindow, kind: str, place: Place) -> datetime | None:
    """The end that counts for a place: the latest of the phase's end and of the extensions above it."""
    span = phase_for(window, kind, place)
    return span.ends_at if span else None


def closed_reason(
    window: CollectionWindow, kind: str, organization: Organization, at: datetime | None = None
) -> str | None:
    """Why the phase does not admit its operations for this organisation now, or None: for buttons and actions."""
    at = at or clock.now()
    span = phase_for(window, kind, organization)
    if span is not None and span.is_open(at):
        return None
    return rules.closed_message(kind, span, at, batch_text(window), who_extends(organization))


def batch_text(window: CollectionWindow) -> str:
    """2026 年第 1 批."""
    return str(window)


def who_extends(organization: Organization) -> str:
    """The level above that can extend: a base asks its province, a province the association."""
    if organization.province_id and organization.province_id != organization.pk:
        province = organization.province
        return province.name if province else ""
    above = association()
    return above.name if above else Kind.ASSOCIATION.label


def open_windows(
    purpose: str, track: str | None, place: Place, at: datetime | None = None, *, kind: str = PhaseKind.FILLING
) -> list[CollectionWindow]:
    """Association windows whose phase is open for a place, newest first; a track of None means both.

    Provinces' own windows only change the times; records always name the association's window.
    """
    at = at or clock.now()
    tops = CollectionWindow.objects.filter(purpose=purpose, within__isnull=True)
    if track:
        tops = tops.filter(track=track)
    rows = list(tops)
    table = load_timetable([row.pk for row in rows], place=place)
    return [row for row in rows if table.is_open(row.pk, kind, place, at)]


@dataclass(frozen=True, slots=True)
class Row:
    """One phase of 时间安排 as it counts for the viewer."""

    window: CollectionWindow
    phase_id: int
    span: rules.Span
    state: PhaseState
    left: str
    extensions: tuple[Extension, ...]

    @property
    def tag(self) -> str:
        return rules.TAGS[self.state]


def phases(viewer: Viewer, purpose: str = Purpose.RECRUITMENT) -> QuerySet[WindowPhase]:
    """Phases of the association's windows in the viewer's tracks; `rows_of` tells how they count for the viewer."""
    found = WindowPhase.objects.filter(window__purpose=purpose, window__within__isnull=True).select_related("window")
    return found.filter(window__track=viewer.track) if viewer.track else found


def rows_of(found: Iterable[WindowPhase], viewer: Viewer) -> list[Row]:
    """Phases with the viewer's own times, state and the extensions that concern its subtree."""
    listed = list(found)
    table, now, place = load_timetable([phase.window_id for phase in listed]), clock.now(), spot_of(viewer)
    rows = []
    for phase in listed:
        span = table.span(phase.window_id, phase.kind, place)
        if span is not None:
            given = _seen(table, phase.window, phase.kind, viewer)
            rows.append(Row(phase.window, phase.pk, span, span.state(now), span.left(now), given))
    return rows


def windows_for(viewer: Viewer, purpose: str = Purpose.RECRUITMENT) -> list[Row]:
    """All phases as they count for the viewer's organisation, newest first."""
    return rows_of(
        phases(viewer, purpose).order_by("-window__year", "-window__batch", "window__track", "starts_at"), viewer
    )


def _seen(table: Timetable, window: CollectionWindow, kind: str, viewer: Viewer) -> tuple[Extension, ...]:
    """Extensions of a phase (and of the provinces' own) that concern the viewer: given to its subtree or above it."""
    ids = [pk for pk, row in table.windows.items() if window.pk in (pk, row.within_id)]
    stored = [phase for pk in ids if (phase := table.phase(pk, kind)) is not None]
    above = ids_of(viewer.organization_path)
    return tuple(
        extension
        for phase in stored
        for extension in table.extensions(phase)
        if extension.organization_id in above or viewer.covers(extension.organization.path)
    )


def extensions_of(viewer: Viewer, window: CollectionWindow, kind: str) -> list[Extension]:
    """Extensions of a phase, and of the provinces' own, given within the viewer's subtree; newest first."""
    mine = Q(phase__window=window) | Q(phase__window__within=window)
    found = Extension.objects.visible_to(viewer).filter(mine, phase__kind=kind)
    return list(found.select_related("organization", "phase__window").order_by("-given_at", "-id"))


def extension_of(viewer: Viewer, extension_id: int) -> Extension | None:
    """One extension in scope."""
    found = Extension.objects.visible_to(viewer).select_related("organization", "phase__window")
    return found.filter(pk=extension_id).first()


def plan(window: CollectionWindow, kind: str) -> rules.Span | None:
    """The association's times of a phase, without extensions."""
    return load_timetable([window.pk]).span(window.pk, kind)


def province_of(viewer: Viewer) -> Organization | None:
    """The province that the viewer acts for, None for the association."""
    if viewer.organization_kind != Kind.PROVINCE:
        return None
    return Organization.objects.visible_to(viewer).get(pk=viewer.organization_id)


def extendable(viewer: Viewer, track: str) -> list[Organization]:
    """Whom the viewer may give a later end: provinces and training bases of the track in its scope."""
    return [*provinces(viewer), *bases(viewer, track)]


def fillings_to_extend(viewer: Viewer, of: Iterable[int], year: int | None = None) -> dict[int, CollectionWindow]:
    """By training base the window whose filling is offered a longer end: the open one of its tracks, else the newest."""
    rows = [row for row in windows_for(viewer) if row.span.kind == PhaseKind.FILLING]
    rows = [row for row in rows if year in (None, row.window.year)]
    rows.sort(key=lambda row: row.state != PhaseState.OPEN)
    offered = {}
    for base, tracks in base_tracks(of).items():
        if (found := next((row.window for row in rows if row.window.track in tracks), None)) is not None:
            offered[base] = found
    return offered


def phases_beside(viewer: Viewer, window: CollectionWindow, kind: str, tracks: set[str]) -> list[Row]:
    """The other phases of the window's year in some tracks: what else may be meant by 延长."""
    rows = (row for row in windows_for(viewer) if row.window.year == window.year and row.window.track in tracks)
    return [row for row in rows if (row.window.pk, row.span.kind) != (window.pk, kind)]


def phase_to_extend(window: CollectionWindow, kind: str, organization: Organization) -> WindowPhase:
    """The phase whose end counts for an organisation: the province's own, else the association's."""
    found = WindowPhase.objects.filter(kind=kind).select_related("window__province", "window__within")
    own = found.filter(window__within=window, window__province=organization.province_id).first()
    return own or found.get(window=window)


def spot_of(viewer: Viewer) -> Spot:
    """Where the viewer stands."""
    return Spot(viewer.organization_path, viewer.province_id)


def years(purpose: str = Purpose.RECRUITMENT) -> list[int]:
    """Intake years that have a window, newest first."""
    found = CollectionWindow.objects.filter(purpose=purpose).order_by("-year")
    return list(found.values_list("year", flat=True).distinct())


def present_year(known: list[int] | None = None) -> int:
    """The intake year that is shown where none is asked for: this one, else the newest that has a window.

    ``known``: what `years` answered, where it was asked already.
    """
    known, this_year = years() if known is None else known, clock.today().year
    return this_year if this_year in known or not known else known[0]


def batches(purpose: str = Purpose.RECRUITMENT) -> list[int]:
    """Batches that occur."""
    found = CollectionWindow.objects.filter(purpose=purpose).order_by("batch")
    return list(found.values_list("batch", flat=True).distinct())
