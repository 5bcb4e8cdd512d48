"""Making and destroying data keys."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from xinglin.kernel import clock
from xinglin.kernel.bulk import insert_rows

from . import cipher
from .cipher import FreshKey, Key
from .models import DataKey

_PLAIN, _ID, _NONCE = 32, 16, 12


def prepare_keys(purpose: str, count: int) -> list[FreshKey]:
    """Keys that are not stored yet; ``store_keys`` writes them in one statement."""
    now, size = clock.now(), _PLAIN + _ID + _NONCE
    drawn = os.urandom(size * count)  # at once: a call of the system for each of three values took a fifth of this
    keys = []
    for start in range(0, size * count, size):
        plain, middle, nonce = drawn[start : start + _PLAIN], start + _PLAIN, drawn[start + _PLAIN + _ID : start + size]
        key_id = uuid.UUID(bytes=drawn[middle : middle + _ID], version=4)
        wrapped, master_id = cipher.wrap(plain, key_id, nonce)
        keys.append(FreshKey(key_id, purpose, wrapped, master_id, now, AESGCM(plain)))
    return keys


def store_keys(keys: Sequence[Key]) -> None:
    """Write prepared keys."""
    columns = ("id", "purpose", "wrapped", "master_id", "created_at")
    insert_rows(DataKey, columns, ((k.id, k.purpose, k.wrapped, k.master_id, k.created_at) for k in keys))


def unstored_key(purpose: str) -> DataKey:
    """One data key that no database knows yet, open."""
    (made,) = prepare_keys(purpose, 1)
    key = DataKey(made.id, purpose, made.wrapped, made.master_id, made.created_at, None)
    key._opened = made._opened  # type: ignore[attr-defined]
    return key


def new_key(purpose: str) -> DataKey:
    """One stored data key, open."""
    key = unstored_key(purpose)
    store_keys([key])
    return key


def destroy_key(key: DataKey) -> None:
    """Delete for good everything that was sealed under this key (PIPL art. 47)."""
    DataKey.objects.filter(pk=key.pk, destroyed_at__isnull=True).update(wrapped=None, destroyed_at=clock.now())
