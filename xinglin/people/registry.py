"""What the parts above hang on a person's save, in the same transaction (R: Ownership)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from xinglin.kernel.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Home:
    """Where a person's history belongs: the organisation that holds the person now."""

    organization_path: str
    organization_name: str = ""
    province_id: int | None = None
    province_name: str = ""
    track: str = ""
    parent_type: str = ""
    parent_id: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonHooks:
    """``guard`` says why a save is refused now, or None. ``saved`` gets the changed keys. ``homes``: by person id."""

    guard: Callable[[int, Viewer], str | None]
    saved: Callable[[Any, list[str], Viewer], None]
    homes: Callable[[Iterable[int]], dict[int, Home]]


_hooks: list[PersonHooks] = []


def register(hooks: PersonHooks) -> None:
    """Called once by each part that builds on persons."""
    if hooks not in _hooks:
        _hooks.append(hooks)


def hooks() -> list[PersonHooks]:
    return list(_hooks)


def home_of(person_id: int) -> Home:
    """The first part that knows the person; a person whom nobody holds belongs to nobody's subtree."""
    for hook in _hooks:
        found = hook.homes([person_id]).get(person_id)
        if found:
            return found
    return Home("")
