"""What the frame of a page shows: the viewer's menus as a tree, with live numbers and the current place."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from xinglin.kernel.viewer import Viewer

from . import counts, frame_parts, navigation
from .csrf import page_token
from .entries import Entry
from .selectors import Site, site_for


@lru_cache(maxsize=1_000)
def _address(name: str, args: tuple[tuple[str, Any], ...]) -> str:
    return reverse(name, kwargs=dict(args) or None)


class Frame:
    """Lazily answers templates; pages that show no menu pay nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.viewer: Viewer | None = getattr(request, "viewer", None)

    @cached_property
    def site(self) -> Site:
        """Name, logo, contact and footer of the installation or the viewer's province (P-14)."""
        return site_for(self.viewer.province_id if self.viewer else None)

    def entries(self, face: navigation.Face) -> list[Entry]:
        """Visible entries of a face, flat, each with its address; entries whose address is unknown are left out."""
        if self.viewer is None:
            return []
        shown = []
        after = counts.asked_after(self.request)
        for item in navigation.visible(self.viewer, face):
            entry = Entry(item)
            if item.url_name:
                try:
                    entry.url = _address(item.url_name, tuple(item.url_args.items()))
                except NoReverseMatch:
                    continue
            if item.count:
                entry.count = counts.count_of(self.viewer, item.key, item.count, after)
            shown.append(entry)
        return shown

    @cached_property
    def side(self) -> list[Entry]:
        """The side navigation: captions and groups without a visible child are dropped."""
        flat = self.entries("desk")
        _mark_current(flat, self.request.path)
        return _nest(flat)

    @cached_property
    def tabs(self) -> list[Entry]:
        """Bottom tabs of the phone face."""
        flat = self.entries("phone")
        _mark_current(flat, self.request.path)
        return flat

    @cached_property
    def top(self) -> list[Entry]:
        """Entries of the top bar (待办, 消息, 帮助 once they exist)."""
        return self.entries("top")

    @cached_property
    def menu(self) -> list[Entry]:
        """Entries of the user's own menu."""
        return self.entries("menu")

    @cached_property
    def turn_count(self) -> int:
        """How many things wait for this viewer: the sum of all counts marked as 轮到您."""
        return _turns(self.side)

    @property
    def side_html(self) -> SafeString:
        """The side navigation as HTML."""
        return frame_parts.side(self.site, self.side)

    @property
    def who_html(self) -> SafeString:
        """Who is signed in, and the own menu, as HTML; nothing for a visitor."""
        if self.viewer is None:
            return SafeString("")
        return frame_parts.who(self.viewer, self.menu, csrf_token=page_token(self.request))

    @property
    def scripts_html(self) -> SafeString:
        """What the foot of every page loads, as HTML."""
        return frame_parts.scripts(self.viewer, getattr(self.request, "idle_minutes", 0))

    def place(self, key: str) -> None:
        """Mark the entry ``key`` as the current place, for pages whose address lies elsewhere."""
        for entry in _walk(self.side):
            entry.current = entry.item.key == key


def _walk(entries: list[Entry]) -> list[Entry]:
    return [found for entry in entries for found in (entry, *_walk(entry.children))]


def _turns(entries: list[Entry]) -> int:
    return sum(entry.count or 0 for entry in _walk(entries) if entry.item.turn)


def _mark_current(flat: list[Entry], path: str) -> None:
    """The entry with the longest address that begins the path is the current one."""
    best = max((e for e in flat if e.url and path.startswith(e.url)), key=lambda e: len(e.url), default=None)
    if best is not None and (best.url != "/" or path == "/"):
        best.current = True


def _nest(flat: list[Entry]) -> list[Entry]:
    by_key = {entry.item.key: entry for entry in flat}
    roots = []
    for entry in flat:
        parent = by_key.get(entry.item.parent or "")
        if parent is not None:
            parent.children.append(entry)
        elif entry.item.parent is None:
            roots.append(entry)
    return _without_empty(roots)


def _without_empty(entries: list[Entry]) -> list[Entry]:
    """Headings without a visible child are dropped; a folded group of one is that one."""
    for entry in entries:
        entry.children = _without_empty(entry.children)
    shown = [entry for entry in entries if entry.url or entry.children]
    return [entry.children[0] if entry.item.folded and len(entry.children) == 1 else entry for entry in shown]
