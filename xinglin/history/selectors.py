"""Reading history for a viewer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from xinglin.kernel.viewer import Viewer
from xinglin.vault import cipher
from xinglin.vault.models import DataKey

from .models import SEALED_CONTEXT, HistoryEntry


@dataclass(frozen=True, slots=True)
class Opened:
    """A history row with its sealed part read; empty where the person's key was destroyed."""

    entry: HistoryEntry
    who: dict[str, str]
    changes: dict[str, list[Any]]
    reason: str


def entries(viewer: Viewer) -> QuerySet[HistoryEntry]:
    """All rows in the viewer's subtree, newest first."""
    return HistoryEntry.objects.visible_to(viewer).order_by("-at", "-id")


def of_subject(viewer: Viewer, subject_type: str, subject_id: int | str) -> QuerySet[HistoryEntry]:
    """Rows of one record and of what hangs on it."""
    return entries(viewer).filter(subject_type=subject_type, subject_id=str(subject_id))


def open_entries(rows: list[HistoryEntry]) -> list[Opened]:
    """Read the sealed part of some rows; keys are fetched in one query."""
    keys = DataKey.objects.in_bulk({row.key_id for row in rows if row.key_id})
    opened = []
    for row in rows:
        content: dict[str, Any] = {}
        key = keys.get(row.key_id) if row.key_id else None
        if key is not None and row.sealed and key.wrapped is not None:
            content = json.loads(cipher.open_(key, bytes(row.sealed), SEALED_CONTEXT))
        opened.append(
            Opened(row, content.get("who", {}), {**row.changes, **content.get("changes", {})},
                   content.get("reason") or row.facts.get("reason", ""))
        )  # fmt: skip
    return opened
