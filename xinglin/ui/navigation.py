"""Registry of menu entries. Apps register in ``AppConfig.ready()``; the frame shows what the viewer in force may use.

An entry without ``url_name`` is a heading: a module caption at the top level, a collapsible group below one. Groups stand
open, ``folded`` ones only while they hold the current page; what a user opens or shuts is remembered by the browser.
A part that is not built registers nothing and so is absent (P-04).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from xinglin.kernel.viewer import Viewer

Face = Literal["desk", "top", "menu", "phone"]


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of a menu.

    face: 'desk' side navigation, 'top' bar, 'menu' of the user, 'phone' bottom tabs.
    permission: code that the viewer must hold; a tuple means any of them; None means every signed-in identity.
    count: live number shown beside the label, None or 0 shows nothing; ``turn`` marks it as 轮到您 (and adds it to 待办).
    url_args: keyword arguments of the address. when: a last word on visibility, for rules beyond permissions.
    """

    key: str
    label: str
    icon: str = ""
    url_name: str | None = None
    permission: str | tuple[str, ...] | None = None
    parent: str | None = None
    order: int = 100
    count: Callable[[Viewer], int | None] | None = None
    turn: bool = False
    folded: bool = False
    face: Face = "desk"
    url_args: Mapping[str, Any] = field(default_factory=dict, hash=False)
    when: Callable[[Viewer], bool] | None = None

    def shown_to(self, viewer: Viewer) -> bool:
        """Whether the identity in force sees the entry. The server decides again when the address is called."""
        wanted = (self.permission,) if isinstance(self.permission, str) else self.permission
        if wanted is not None and not any(viewer.may(code) for code in wanted):
            return False
        return self.when is None or self.when(viewer)


_items: dict[str, MenuItem] = {}


def register(item: MenuItem) -> None:
    """Add an entry; the same key again must be the same entry (ready() may run twice), else ValueError."""
    known = _items.get(item.key)
    if known is not None and known != item:
        raise ValueError(f"menu entry {item.key!r} is registered twice")
    _items[item.key] = item


def items(face: Face = "desk") -> list[MenuItem]:
    """All entries of a face in the order of display."""
    return sorted((i for i in _items.values() if i.face == face), key=lambda i: (i.order, i.key))


def visible(viewer: Viewer, face: Face = "desk") -> list[MenuItem]:
    """The entries of a face that the viewer sees, flat, in order."""
    return [item for item in items(face) if item.shown_to(viewer)]
