"""Reading history for a viewer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from xinglin.kernel.viewer import Viewer
from xinglin.vault import cipher
from xinglin.vault.models import DataKey

from .enums import ERASED, SELF
from .models import SEALED_CONTEXT, HistoryEntry


@dataclass(frozen=True, slots=True)
class Opened:
    """A history row with its sealed part read; where the person's key was destroyed, the name says 已删除."""

    entry: HistoryEntry
    who: dict[str, str]
    changes: dict[str, list[Any]]
    reason: str

    @property
    def actor(self) -> str:
        """Who acted: a person's own acts are told by the name that is sealed with them."""
        if self.entry.actor_name != SELF:
            return self.entry.actor_name
        return self.who.get("name") or SELF


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
        if key is not None and key.wrapped is None:
            content = {"who": {"name": ERASED}} if key.purpose == "person" else {}
        elif key is not None and row.sealed:
            content = json.loads(cipher.open_(key, bytes(row.sealed), SEALED_CONTEXT))
        opened.append(
            Opened(row, content.get("who", {}), {**row.changes, **content.get("changes", {})},
                   content.get("reason") or row.facts.get("reason", ""))
        )  # fmt: skip
    return opened
