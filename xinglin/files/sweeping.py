"""Cleaning the private storage: bytes without a row, and bytes of deleted files."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import PurePosixPath

from django.db.models import Q

from xinglin.files import blobs
from xinglin.files.models import StoredFile
from xinglin.files.storage import UNFINISHED, private, walk
from xinglin.kernel import clock

ORPHAN_AGE = timedelta(days=1)
DELETED_KEPT = timedelta(days=7)
BATCH = 500


def remove_orphans(*, older_than: timedelta = ORPHAN_AGE) -> int:
    """Delete stored bytes that no row names and that are older than a day (uploads that never finished); returns how many.

    Only names of our own making are touched.
    """
    storage = private()
    before = clock.now() - older_than
    removed = 0
    for names in _batches(walk(storage)):
        known = _known(names)
        for name in names:
            ours = _file_id(name)
            orphan = name.endswith(UNFINISHED) or (ours is not None and ours not in known)
            if orphan and storage.get_modified_time(name) < before:
                storage.delete(name)
                removed += 1
    return removed


def purge_deleted(*, older_than: timedelta = DELETED_KEPT) -> int:
    """Delete the bytes of files that were deleted a week ago; returns how many files."""
    return _purge(Q(deleted_at__lt=clock.now() - older_than))


def purge_unreadable() -> int:
    """Delete the bytes of files whose key was destroyed: nobody can read them, so they need not wait."""
    return _purge(Q(deleted_at__isnull=False, key__destroyed_at__isnull=False))


def _purge(which: Q) -> int:
    rows = StoredFile.objects.for_system("sweep").filter(which, purged_at=None)
    purged = 0
    for stored in rows.iterator(chunk_size=BATCH):
        blobs.remove(stored.name)
        blobs.remove(stored.thumb_name)
        StoredFile.objects.for_system("sweep").filter(pk=stored.pk).update(purged_at=clock.now())
        purged += 1
    return purged


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    names = iter(names)
    while batch := list(islice(names, BATCH)):
        yield batch


def _known(names: list[str]) -> set[uuid.UUID]:
    ids = [found for name in names if (found := _file_id(name))]
    return set(StoredFile.objects.for_system("sweep").filter(pk__in=ids).values_list("pk", flat=True))


def _file_id(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=PurePosixPath(name).name.split(".", 1)[0])
    except ValueError:
        return None
