"""Making and destroying data keys."""

from __future__ import annotations

import os
import uuid

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from xinglin.kernel import clock
from xinglin.kernel.bulk import insert_rows

from . import cipher
from .models import DataKey


def prepare_keys(purpose: str, count: int) -> list[DataKey]:
    """Unsaved data keys with their ciphers open; ``store_keys`` writes them in one statement."""
    now = clock.now()
    keys = []
    for _ in range(count):
        plain = os.urandom(32)
        key_id = uuid.uuid4()
        wrapped, master_id = cipher.wrap(plain, key_id)
        key = DataKey(key_id, purpose, wrapped, master_id, now, None)  # by place: half the time of names
        key._opened = AESGCM(plain)  # type: ignore[attr-defined]
        keys.append(key)
    return keys


def store_keys(keys: list[DataKey]) -> None:
    """Write prepared keys."""
    columns = ("id", "purpose", "wrapped", "master_id", "created_at")
    insert_rows(DataKey, columns, ((k.id, k.purpose, k.wrapped, k.master_id, k.created_at) for k in keys))


def new_key(purpose: str) -> DataKey:
    """One stored data key, open."""
    keys = prepare_keys(purpose, 1)
    store_keys(keys)
    return keys[0]


def destroy_key(key: DataKey) -> None:
    """Delete for good everything that was sealed under this key (PIPL art. 47)."""
    DataKey.objects.filter(pk=key.pk, destroyed_at__isnull=True).update(wrapped=None, destroyed_at=clock.now())
