"""What was saved while a form or a draft lay open (R-05, R-19): it stays where the person touched nothing since, and
is told where both changed the same field. The form carries a mark of each value that it was opened with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from xinglin.dictionaries import selectors as dictionaries

from .conditions import as_sent, holds

SEEN = "seen"
"""The name under which form and draft carry the marks."""
SEARCHED = {"basic_info.nationality": "nationality"}
"""Codes that are sent as their label."""


@dataclass(slots=True)
class Since:
    """``moved``: saved elsewhere since; ``newer``: of these, what was not touched here, as the form sends it;
    ``conflicts``: what both changed, and to something else."""

    moved: set[str] = field(default_factory=set)
    newer: dict[str, str] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)


def marks_of(keys: Iterable[str], content: Mapping[str, Any]) -> str:
    """The marks of the values that a form is opened with."""
    return " ".join(f"{key}={_mark(key, as_sent(content.get(key)))}" for key in keys)


def since(seen: str, sent: Mapping[str, Any], content: Mapping[str, Any], conditions: Mapping[str, str]) -> Since:
    """Compare what was sent, and the marks that came with it, with what is saved now.

    A field that decides whether others count is no matter of its own: where the newer value would drop what was typed
    here, both changed it.
    """
    opened = dict(pair.split("=", 1) for pair in seen.split() if "=" in pair)
    raw = {key: str(sent[key]).strip() for key in conditions if key in sent}
    stored = {key: as_sent(content.get(key)) for key in conditions}
    found = Since({key for key in conditions if key in opened and opened[key] != _mark(key, stored[key])})
    touched = [key for key in raw if key in opened and opened[key] != _mark(key, raw[key])]
    found.newer = {key: stored[key] for key in raw if key in found.moved and key not in touched}
    merged = raw | found.newer
    clashing = {key for key in touched if key in found.moved and _mark(key, raw[key]) != _mark(key, stored[key])}
    for key in touched:
        condition = conditions[key]
        if holds(condition, lambda name: raw.get(name, "")) and not holds(condition, lambda name: merged.get(name, "")):
            clashing |= {name for name in found.newer if f"{name}=" in condition or f"{name}!=" in condition}
    found.newer = {key: value for key, value in found.newer.items() if key not in clashing}
    found.conflicts = [key for key in conditions if key in clashing]
    return found


def _mark(key: str, raw: str) -> str:
    table = SEARCHED.get(key)
    if table and raw in dictionaries.codes(table):
        raw = dictionaries.label(table, raw)
    return hashlib.sha256(f"{key}={raw}".encode()).hexdigest()[:12]
