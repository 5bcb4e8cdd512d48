"""Pictures and scans of a person who is erased."""

from __future__ import annotations

from django.db import transaction

from xinglin.files import sweeping
from xinglin.files.models import StoredFile
from xinglin.kernel import clock
from xinglin.people.registry import Erasure, ErasurePart


def _erase(erasure: Erasure) -> None:
    """The rows tell nothing any more; the bytes go after the commit, or with the next sweep if that fails."""
    rows = StoredFile.objects.for_system("a person is erased").filter(key=erasure.person.key)
    rows.filter(deleted_at=None).update(deleted_at=clock.now())
    rows.update(file_name=b"", digest="", created_by_id=None)
    transaction.on_commit(sweeping.purge_unreadable, robust=True)


PART = ErasurePart("files", erase=_erase)
