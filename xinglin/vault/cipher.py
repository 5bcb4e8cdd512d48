"""AES-256-GCM under data keys. A blob is version byte, 12 bytes nonce, ciphertext with tag."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .masters import Masters, master_key, masters

if TYPE_CHECKING:
    from .models import DataKey

VERSION = b"\x01"


class KeyDestroyed(Exception):
    """The data key is gone: the content was deleted for good."""


class Damaged(Exception):
    """The blob was altered, cut, or belongs to another key or place."""


@dataclass(slots=True)
class FreshKey:
    """A data key that is being made, its cipher open. It seals as a DataKey does; a row of the model costs ten times as
    much to make, and an import makes thousands."""

    id: uuid.UUID
    purpose: str
    wrapped: bytes
    master_id: str
    created_at: dt.datetime
    _opened: AESGCM


Key: TypeAlias = "DataKey | FreshKey"

_wrapping: tuple[Masters, AESGCM] | None = None
"""The cipher of the current master key and the ring that it belongs to."""


def wrap(plain: bytes, key_id: uuid.UUID, nonce: bytes | None = None) -> tuple[bytes, str]:
    """Wrap a data key under the current master key; returns the wrapped bytes and the master's id.

    ``nonce``: 12 fresh random bytes, where the caller draws for many keys at once.
    """
    global _wrapping
    ring, wrapping = masters(), _wrapping
    if wrapping is None or wrapping[0] is not ring:
        wrapping = _wrapping = (ring, AESGCM(ring.keys[ring.current]))
    nonce = nonce or os.urandom(12)
    return VERSION + nonce + wrapping[1].encrypt(nonce, plain, key_id.bytes), ring.current


def unwrap(key: DataKey) -> bytes:
    """The plain data key. Raises KeyDestroyed, or Damaged for a wrong master key."""
    if key.wrapped is None:
        raise KeyDestroyed(str(key.id))
    blob = bytes(key.wrapped)
    try:
        return AESGCM(master_key(key.master_id)).decrypt(blob[1:13], blob[13:], key.id.bytes)
    except (InvalidTag, ValueError, KeyError) as error:
        raise Damaged(f"data key {key.id}: wrong master key") from error


def sealer(key: Key) -> AESGCM:
    """The opened cipher of a data key, kept on the instance so that a record opens its key once."""
    opened = getattr(key, "_opened", None)
    if opened is None:
        assert not isinstance(key, FreshKey)
        opened = AESGCM(unwrap(key))
        key._opened = opened  # type: ignore[attr-defined]
    return opened


def seal(key: Key, plain: str | bytes, context: str) -> bytes:
    """Encrypt for one place; ``context`` (table.column) is bound, so a blob cannot be moved elsewhere."""
    data = plain.encode() if isinstance(plain, str) else plain
    nonce = os.urandom(12)
    return VERSION + nonce + sealer(key).encrypt(nonce, data, context.encode())


def open_(key: DataKey, blob: bytes | memoryview, context: str) -> bytes:
    """Decrypt. Raises KeyDestroyed or Damaged."""
    data = bytes(blob)
    try:
        return sealer(key).decrypt(data[1:13], data[13:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise Damaged(context) from error
