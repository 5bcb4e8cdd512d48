"""A menu entry as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import navigation


@dataclass(slots=True)
class Entry:
    """A menu entry as shown: address resolved, number asked, children nested."""

    item: navigation.MenuItem
    url: str = ""
    count: int | None = None
    current: bool = False
    children: list[Entry] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """A group that holds the current page is open, others unless they are folded."""
        return self.is_here or not self.item.folded

    @property
    def is_here(self) -> bool:
        """Whether this entry or one below it is the current place."""
        return self.current or any(child.is_here for child in self.children)

    @property
    def turns(self) -> int:
        """What waits for the viewer below this entry, told while the group is shut."""
        return sum(child.count or 0 for child in self.children if child.item.turn)

    @property
    def facts(self) -> tuple[Any, ...]:
        """All that a drawing of it depends on, as a key."""
        return (self.item, self.url, self.count, self.current, tuple(child.facts for child in self.children))

    @classmethod
    def of(cls, facts: tuple[Any, ...]) -> Entry:
        """The entry with these facts."""
        item, url, count, current, children = facts
        return cls(item, url, count, current, [cls.of(child) for child in children])
