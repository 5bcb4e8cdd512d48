"""Encrypted bytes in the private storage."""

from __future__ import annotations

import uuid

from django.core.files.base import ContentFile

from xinglin.files.storage import private
from xinglin.vault import cipher
from xinglin.vault.models import DataKey

ORIGINAL = "original"
THUMB = "thumb"


def place(file_id: uuid.UUID, part: str) -> str:
    """Where a part of a file lies: `xx/yy/<id>.<part>`, spread over 65,536 folders by the id's random digits."""
    digits = file_id.hex
    return f"{digits[:2]}/{digits[2:4]}/{digits}.{part}"


def write(file_id: uuid.UUID, part: str, data: bytes, key: DataKey) -> str:
    """Seal and store a part; returns its place. The ciphertext is bound to this file and part."""
    name = place(file_id, part)
    return private().save(name, ContentFile(cipher.seal(key, data, _context(file_id, part))))


def read(file_id: uuid.UUID, part: str, name: str, key: DataKey) -> bytes:
    """The plain bytes. Raises FileNotFoundError, KeyDestroyed or Damaged."""
    with private().open(name) as file:
        return cipher.open_(key, file.read(), _context(file_id, part))


def remove(name: str) -> None:
    """Delete a part; nothing happens when it is gone."""
    if name:
        private().delete(name)


def _context(file_id: uuid.UUID, part: str) -> str:
    return f"files_storedfile:{file_id.hex}:{part}"
