"""What the parts above hang on a person's save, in the same transaction (R: Ownership)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from xinglin.kernel.viewer import Viewer

if TYPE_CHECKING:
    from .models import Person


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


@dataclass(frozen=True, slots=True)
class Erasure:
    """A person who is being erased. ``places``: paths of the organisations that had the person."""

    person: Person
    places: frozenset[str]
    by: Viewer

    @property
    def paths(self) -> set[str]:
        """The places and everything above them: where a list or workbook with the person may have been made."""
        found = {"/"}
        for place in self.places:
            parts = place.strip("/").split("/")
            found |= {f"/{'/'.join(parts[: n + 1])}/" for n in range(len(parts))}
        return found


def _no_reason(person: Person, by: Viewer) -> str | None:
    return None


def _no_places(person_id: int) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class ErasurePart:
    """What one part does when a person is erased, in the same transaction and before the key is destroyed.

    ``guard`` says why not now, or None. ``erase`` empties what the part keeps of the person beyond the key's reach.
    """

    name: str
    erase: Callable[[Erasure], None]
    guard: Callable[[Person, Viewer], str | None] = _no_reason
    places: Callable[[int], Iterable[str]] = _no_places


_erasure: dict[str, ErasurePart] = {}


def register_erasure(part: ErasurePart) -> None:
    """Called once by each part that keeps anything about persons."""
    _erasure[part.name] = part


def erasure_parts() -> list[ErasurePart]:
    return list(_erasure.values())
