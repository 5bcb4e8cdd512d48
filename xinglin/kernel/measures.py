"""Figures of the installation for monitoring, asked of the database when they are wanted (Q-13).

An app declares its own beside its checkups; every process and every machine sees the same, so none is counted twice.
Labels are states and kinds, never anything of a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Values = Iterable[tuple[tuple[str, ...], float]]
Ask = Callable[[], Values]


@dataclass(frozen=True, slots=True)
class Measure:
    """A gauge: ``ask()`` gives (label values, number) pairs."""

    name: str
    help: str
    labels: tuple[str, ...]
    ask: Ask


_measures: dict[str, Measure] = {}


def measure(name: str, help: str, *labels: str) -> Callable[[Ask], Ask]:
    """Declare the decorated function as the gauge ``xinglin_<name>``. Raises ValueError for a name that is taken."""

    def register(ask: Ask) -> Ask:
        known = _measures.get(name)
        if known and known.ask.__qualname__ != ask.__qualname__:
            raise ValueError(f"measure {name!r} is declared twice")
        _measures[name] = Measure(name, help, labels, ask)
        return ask

    return register


def measures() -> list[Measure]:
    """All declared measures, by name."""
    return [_measures[name] for name in sorted(_measures)]
