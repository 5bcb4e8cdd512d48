"""Content of a record as flat facts, its digest, and the difference between two versions."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

Content = dict[str, Any]
"""Field key (``education.bachelor.degree_number``) → JSON value; empty values are left out."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: ``old`` or ``new`` is None where the value is missing."""

    key: str
    old: Any
    new: Any


def canonical(content: Content) -> bytes:
    """The one spelling of a content: sorted keys, no spaces, no empty values; equal content, equal bytes."""
    kept = {key: value for key, value in content.items() if value not in ("", None)}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: Content) -> str:
    """SHA-256 of the canonical spelling, 64 hex digits."""
    return hashlib.sha256(canonical(content)).hexdigest()


def difference(old: Content, new: Content) -> list[Change]:
    """Changed fields in the order of ``new``, then what vanished. Empty and missing are the same."""
    keys = [*new, *(key for key in old if key not in new)]
    pairs = ((key, _present(old.get(key)), _present(new.get(key))) for key in keys)
    return [Change(key, before, after) for key, before, after in pairs if before != after]


def _present(value: Any) -> Any:
    return None if value == "" else value
