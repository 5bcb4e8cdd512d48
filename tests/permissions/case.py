"""One line of the permission matrix, and the words that its tables are written in."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .actors import EVERYBODY, STANDS_FOR, Scene

Args = Callable[[Scene], tuple[Any, ...]]


@dataclass(frozen=True)
class Case:
    """``roles``: who has the right. ``args``: the object of the address. ``sees``: who, among those with the right, has
    it in scope (None: an address without an object, everybody). ``get``/``post``: which methods it answers."""

    roles: tuple[str, ...] = EVERYBODY
    args: Args | None = None
    sees: tuple[str, ...] | None = None
    public: bool = False
    get: bool = True
    post: bool = False
    data: dict[str, Any] = field(default_factory=dict)

    def may(self, actor: str) -> bool:
        """Whether the actor's role has the right at all."""
        return actor in self.roles or STANDS_FOR.get(actor, "") in self.roles

    def in_scope(self, actor: str) -> bool:
        return self.sees is None or actor in self.sees


def own(scene: Scene) -> tuple[Any, ...]:
    return (scene.own.pk,)


def nothing(_: Scene) -> tuple[Any, ...]:
    """An id that nobody has: whoever has the right is told that there is no such thing."""
    return (uuid.UUID(int=0),)


REVIEWER = ("province_reviewer",)
OWN_PROVINCE = (
    "association_admin",
    "ministry_reader",
    "province_admin",
    "province_reviewer",
    "base_admin",
    "base_organization",
)
