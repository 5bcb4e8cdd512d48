"""The times of some windows, read once and asked for many organisations: pure once loaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from .enums import PhaseKind
from .models import CollectionWindow, Extension, WindowPhase
from .rules import Span, Stretch


class Place(Protocol):
    """Where somebody stands in the tree: an organisation, or anything with its path and province."""

    @property
    def path(self) -> str: ...
    @property
    def province_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Spot:
    """A place given by its parts, for viewers and enrollments."""

    path: str
    province_id: int | None


def ids_of(path: str) -> set[int]:
    """The organisation and all above it."""
    return {int(part) for part in path.split("/") if part}


class Timetable:
    """Phases and extensions of windows, with the provinces' own windows within them."""

    def __init__(
        self, windows: Iterable[CollectionWindow], phases: Iterable[WindowPhase], extensions: Iterable[Extension]
    ) -> None:
        self.windows = {window.pk: window for window in windows}
        self._own = {(w.within_id, w.province_id): w.pk for w in self.windows.values() if w.within_id}
        self._phases = {(phase.window_id, phase.kind): phase for phase in phases}
        self._extensions: dict[int, list[Extension]] = {}
        for extension in extensions:
            self._extensions.setdefault(extension.phase_id, []).append(extension)

    def span(self, window_id: int, kind: str, place: Place | None = None) -> Span | None:
        """The phase as it counts for a place: the province's own times before the association's, with extensions.

        An extension of the association's phase counts also where a province set its own. Without a place: the
        plan without extensions. None where nothing was arranged.
        """
        window = self.windows[window_id]
        top_id = window.within_id or window.pk
        own_id = window.pk if window.within_id else self._own.get((top_id, place.province_id if place else None))
        top, own = self._phases.get((top_id, kind)), self._phases.get((own_id or 0, kind))
        phase = own or top
        if phase is None:
            return None
        given = self._stretches([p for p in (top, own) if p is not None], place)
        ends_at = max([phase.ends_at, *(stretch.ends_at for stretch in given)])
        return Span(PhaseKind(kind), phase.starts_at, ends_at, phase.ends_at, phase is own, tuple(given))

    def phase(self, window_id: int, kind: str) -> WindowPhase | None:
        """The stored phase of exactly this window."""
        return self._phases.get((window_id, kind))

    def extensions(self, phase: WindowPhase) -> list[Extension]:
        return self._extensions.get(phase.pk, [])

    def is_open(self, window_id: int, kind: str, place: Place, at: datetime) -> bool:
        span = self.span(window_id, kind, place)
        return span is not None and span.is_open(at)

    def _stretches(self, phases: list[WindowPhase], place: Place | None) -> list[Stretch]:
        if place is None:
            return []
        above = ids_of(place.path)
        return [
            Stretch(e.organization_id, e.organization.name, e.in_force_until, e.reason)
            for phase in phases
            for e in self._extensions.get(phase.pk, [])
            if e.organization_id in above
        ]
