"""The parts of the frame that stay the same from page to page, each drawn once for its facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString

from xinglin.kernel.viewer import Viewer

from .drawn import Part
from .entries import Entry
from .selectors import Site

_side: Part[tuple[Site, tuple[Any, ...]]] = Part(
    "ui/parts/side.html", lambda facts: {"site": facts[0], "entries": [Entry.of(entry) for entry in facts[1]]}
)
_who: Part[tuple[Any, ...]] = Part(
    "ui/parts/who.html",
    lambda facts: {
        "user_name": facts[0],
        "organization_name": facts[1],
        "role_label": facts[2],
        "entries": [Entry.of(entry) for entry in facts[3]],
    },
    holes=("csrf_token",),
)
_scripts: Part[tuple[int | None, int | None, int]] = Part(
    "ui/parts/scripts.html", lambda facts: {"user_id": facts[0], "grant_id": facts[1], "idle_minutes": facts[2]}
)


def side(site: Site, entries: Sequence[Entry]) -> SafeString:
    """The side navigation."""
    return _side((site, _facts(entries)))


def who(viewer: Viewer, menu: Sequence[Entry], *, csrf_token: str) -> SafeString:
    """The signed-in user with the own menu."""
    facts = (viewer.user_name, viewer.organization_name, viewer.role_label, _facts(menu))
    return _who(facts, csrf_token=csrf_token)


def scripts(viewer: Viewer | None, idle_minutes: int) -> SafeString:
    """What every page loads at its foot: for a signed-in user also the watch that signs out after ``idle_minutes``."""
    if viewer is None:
        return _scripts((None, None, 0))
    return _scripts((viewer.user_id, viewer.grant_id, idle_minutes or 0))


def _facts(entries: Sequence[Entry]) -> tuple[Any, ...]:
    return tuple(entry.facts for entry in entries)
