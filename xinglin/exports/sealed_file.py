"""A large file sealed piece by piece, so that neither writing nor reading needs it whole in memory.

Layout: pieces of four bytes length (big endian) and a blob of `vault.cipher`. Each is bound to its export, its number
and whether it is the last one: a piece that is missing, moved, or of another export is `Damaged`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import BinaryIO

from django.core.files import File

from xinglin.files.storage import private
from xinglin.vault import cipher
from xinglin.vault.models import DataKey

PIECE = 1024 * 1024
_LENGTH = 4


def place(export_id: uuid.UUID) -> str:
    """Where the file of an export lies. The name is told apart from stored pictures, which have their own sweep."""
    return f"exports/{export_id.hex[:2]}/export-{export_id.hex}.sealed"


def write(export_id: uuid.UUID, key: DataKey, plain: BinaryIO) -> str:
    """Seal everything from ``plain``'s start and store it; returns its place."""
    plain.seek(0)
    with TemporaryFile() as sealed:
        number, piece = 0, plain.read(PIECE)
        while True:
            following = plain.read(PIECE)
            blob = cipher.seal(key, piece, _context(export_id, number, last=not following))
            sealed.write(len(blob).to_bytes(_LENGTH, "big") + blob)
            if not following:
                break
            number, piece = number + 1, following
        sealed.seek(0)
        return private().save(place(export_id), File(sealed, name="sealed"))


def read(export_id: uuid.UUID, key: DataKey, name: str) -> Iterator[bytes]:
    """The plain pieces in order. Raises FileNotFoundError, KeyDestroyed or Damaged."""
    with private().open(name) as file:
        number, blob = 0, _next(file)
        while True:
            following = _next(file)
            yield cipher.open_(key, blob, _context(export_id, number, last=not following))
            if not following:
                return
            number, blob = number + 1, following


def remove(name: str) -> None:
    """Delete the file; nothing happens when it is gone."""
    if name:
        private().delete(name)


def _next(file: File) -> bytes:
    length = int.from_bytes(file.read(_LENGTH) or b"", "big")
    return file.read(length) if length else b""


def _context(export_id: uuid.UUID, number: int, *, last: bool) -> str:
    return f"exports_exportjob.file:{export_id.hex}:{number}{':last' if last else ''}"
