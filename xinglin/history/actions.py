"""Writing history: one bulk insert an action, inside the action's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from xinglin.kernel import clock
from xinglin.kernel.bulk import insert_rows
from xinglin.kernel.json_text import written
from xinglin.kernel.viewer import Viewer
from xinglin.vault import cipher
from xinglin.vault.cipher import Key

from .enums import SELF
from .models import SEALED_CONTEXT, HistoryEntry

COLUMNS = (
    "at", "request_id", "actor_user_id", "actor_name", "actor_role", "actor_organization_id",
    "actor_organization_name", "source", "verb", "update_type", "subject_type", "subject_id", "parent_type",
    "parent_id", "person_id", "organization_path", "organization_name", "province_id", "province_name", "track",
    "facts", "changes", "sealed", "key_id", "lookup",
)  # fmt: skip


@dataclass(slots=True)
class Entry:
    """One row to write.

    ``changes`` and ``sealed_changes``: ``{label: [old, new]}`` in the words of the screen. ``who``: name and ID
    number of the subject person, sealed under ``key``. ``reason`` is sealed too, where there is a key.
    """

    verb: str
    subject_type: str
    subject_id: int | str
    organization_path: str
    update_type: str = ""
    organization_name: str = ""
    province_id: int | None = None
    province_name: str = ""
    track: str = ""
    person_id: int | None = None
    key: Key | None = None
    lookup: str = ""
    who: dict[str, str] = field(default_factory=dict)
    changes: dict[str, list[Any]] = field(default_factory=dict)
    sealed_changes: dict[str, list[Any]] = field(default_factory=dict)
    reason: str = ""
    parent_type: str = ""
    parent_id: int | str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def _sealed(entry: Entry) -> bytes:
    if entry.key is None:
        return b""
    content = {"who": entry.who, "changes": entry.sealed_changes, "reason": entry.reason}
    return cipher.seal(entry.key, written(content), SEALED_CONTEXT)


def record(entries: Iterable[Entry], *, by: Viewer) -> None:
    """Append the entries of one action; the caller's transaction decides whether they stand.

    A reason without a data key (an event about no person) is kept in ``facts``. A personal identity acts as 本人:
    its name would outlive the person's key in a row that nobody may change.
    """
    now = clock.now()
    actor = (
        now, by.request_id, by.user_id, SELF if by.is_person else by.user_name, by.role, by.organization_id, by.organization_name, by.source,
    )  # fmt: skip
    rows = []
    for entry in entries:
        facts = entry.facts
        if entry.key is None and entry.reason:
            facts = {**facts, "reason": entry.reason}
        row = (
            *actor, entry.verb, entry.update_type, entry.subject_type, str(entry.subject_id), entry.parent_type,
            str(entry.parent_id), entry.person_id, entry.organization_path, entry.organization_name,
            entry.province_id, entry.province_name, entry.track, facts, entry.changes, _sealed(entry),
            entry.key.id if entry.key else None, entry.lookup,
        )  # fmt: skip
        rows.append(row)
    if rows:
        insert_rows(HistoryEntry, COLUMNS, rows)


def forget_lookup(person_id: int, lookup: str) -> int:
    """Empty the keyed hash by which a person's rows are found: the one column that no seal covers. How many rows."""
    about = Q(person_id=person_id) | Q(lookup=lookup) if lookup else Q(person_id=person_id)
    return HistoryEntry.objects.for_system("a person is erased").filter(about).exclude(lookup="").update(lookup="")
