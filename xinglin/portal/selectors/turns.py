"""What waits for a viewer: the menu entries that are marked as 轮到您, with their live numbers (P-12)."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from xinglin.kernel.viewer import Viewer
from xinglin.ui import counts, navigation


@dataclass(frozen=True, slots=True)
class Turn:
    """One kind of thing that waits. ``where``: the module it belongs to."""

    label: str
    where: str
    icon: str
    url: str
    count: int


def turns_of(viewer: Viewer) -> list[Turn]:
    """Every entry with something waiting, in the order of the menu. Numbers that the menu has just asked are reused."""
    shown = {item.key: item for item in navigation.visible(viewer, "desk")}
    found = []
    for item in shown.values():
        if not (item.turn and item.count and item.url_name):
            continue
        number = counts.count_of(viewer, item.key, item.count) or 0
        if number:
            above = shown.get(item.parent or "")
            where = above.label if above is not None else ""
            icon = item.icon or (above.icon if above is not None else "") or "hand-finger"
            found.append(
                Turn(item.label, where, icon, reverse(item.url_name, kwargs=dict(item.url_args) or None), number)
            )
    return found


def turn_count(viewer: Viewer) -> int:
    """How many things wait for the viewer in all."""
    return sum(turn.count for turn in turns_of(viewer))
