"""Parts of a page that are drawn once for the same facts, with holes for what differs each time (Q-01).

The frame round a page and the bars of a list are the same for a user page after page, but for a token, a number or an
address. Such a part is a template that sees its facts and nothing else, so it cannot show anybody what is not in its
key. What differs each time is a hole: the template puts it where a value goes (``{{ here }}``), may not ask it
anything, and it is filled in when the part is used.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

F = TypeVar("F", bound=Hashable)
KEPT = 512
"""Drawings of one part that a process keeps; the one asked for longest ago goes first."""


_parts: list[Part[Any]] = []


def forget() -> None:
    """Draw every part anew at its next use."""
    for part in _parts:
        part.forget()


class Hole:
    """Stands for a value in a drawing. Whoever asks whether it is there or how long it is gets TypeError; what Django
    swallows of that, and words that alter it, are refused by a test over all templates of parts."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return mark_safe(f"\0{self.name}\0")

    __html__ = __str__

    def __bool__(self) -> bool:
        raise TypeError(f"a hole may only be printed: {self.name}")

    __len__ = __iter__ = __bool__


class Part(Generic[F]):
    """A template drawn once for each ``facts``. ``names`` makes of the facts what the template calls by name.

    >>> greeting = Part("ui/parts/greeting.html", lambda name: {"name": name}, holes=("token",))
    >>> greeting("Lin", token=csrf_input)
    """

    def __init__(self, template: str, names: Callable[[F], Mapping[str, Any]], holes: tuple[str, ...] = ()) -> None:
        self.template, self.names, self.holes = template, names, holes
        self._pieces = lru_cache(maxsize=KEPT)(self._draw)
        self.forget = self._pieces.cache_clear
        _parts.append(self)

    def __call__(self, facts: F, **values: str | int) -> SafeString:
        """The part as HTML; values are escaped unless they are safe. Raises KeyError for a hole without a value."""
        pieces = self._pieces(facts).copy()
        for place in range(1, len(pieces), 2):
            pieces[place] = _escaped(values[pieces[place]])
        return mark_safe("".join(pieces))

    def _draw(self, facts: F) -> list[str]:
        """Text and names of holes in turn."""
        context = {**self.names(facts), **{name: Hole(name) for name in self.holes}}
        pieces = str(render_to_string(self.template, context)).split("\0")
        if strange := set(pieces[1::2]) - set(self.holes):
            raise ValueError(f"{self.template} alters a hole: {strange}")
        return pieces


def _escaped(value: str | int) -> str:
    return conditional_escape(value) if isinstance(value, str) else str(value)
