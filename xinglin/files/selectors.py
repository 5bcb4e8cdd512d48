"""Reads of stored files."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from xinglin.files import access
from xinglin.files.models import StoredFile
from xinglin.kernel.viewer import Viewer


def visible(viewer: Viewer | None, file_id: uuid.UUID) -> StoredFile | None:
    """The file, if its purpose's rule lets the viewer see it; None for foreign, deleted and unknown ones alike."""
    rows = StoredFile.objects.for_system("the purpose's rule decides").select_related("key")
    stored = rows.filter(pk=file_id, deleted_at=None).first()
    return stored if stored is not None and access.may_see(viewer, stored) else None


def by_ids(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, StoredFile]:
    """Rows of files named by records that the caller may show; deleted ones are left out."""
    rows = StoredFile.objects.for_system("named by a record that the caller may show")
    return {row.id: row for row in rows.filter(pk__in=list(ids), deleted_at=None)}


def belongs(file_id: uuid.UUID, *, person_id: int, purpose: str) -> bool:
    """Whether a posted file id is a live file of this person and purpose (before a record takes it)."""
    rows = StoredFile.objects.for_system("checked against the person")
    return rows.filter(pk=file_id, person_id=person_id, purpose=purpose, deleted_at=None).exists()
