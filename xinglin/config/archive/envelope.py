"""The passphrase around an archive: AES-256-GCM in pieces, so that neither side needs it whole in memory.

Layout: magic, 16 bytes salt, then pieces of four bytes length (big endian) and ciphertext. The nonce is the number of
the piece; each piece is bound to the salt and to whether it is the last: none can be cut off, moved or exchanged.
"""

from __future__ import annotations

import io
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"XINGLIN-SEALED-1\n"
PIECE = 1024 * 1024
_LENGTH = 4
_TAG = 16


class WrongPassphrase(Exception):
    """The passphrase is not that of the archive, or the archive was altered or cut."""


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode()))


class Sealing(io.RawIOBase):
    """Writes pieces to ``target``; ``close`` writes the last one and leaves the target open."""

    def __init__(self, target: BinaryIO, passphrase: str) -> None:
        self._target, self._number, self._buffer = target, 0, bytearray()
        self._salt = os.urandom(16)
        self._aead = _cipher(passphrase, self._salt)
        target.write(MAGIC + self._salt)

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        given = bytes(data)  # type: ignore[call-overload]
        self._buffer += given
        while len(self._buffer) > PIECE:
            self._piece(bytes(self._buffer[:PIECE]), last=False)
            del self._buffer[:PIECE]
        return len(given)

    def close(self) -> None:
        if not self.closed:
            self._piece(bytes(self._buffer), last=True)
            super().close()

    def _piece(self, plain: bytes, *, last: bool) -> None:
        sealed = self._aead.encrypt(_nonce(self._number), plain, _bound(self._salt, last))
        self._target.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        self._number += 1


class Opening(io.RawIOBase):
    """Reads the plain bytes of a sealed ``source``, which stands at its start. Raises WrongPassphrase while reading."""

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        self._source, self._number, self._plain = source, 0, b""
        start = source.read(len(MAGIC) + 16)
        self._salt = start[len(MAGIC) :]
        if not start.startswith(MAGIC) or len(self._salt) != 16:
            raise WrongPassphrase("not a sealed archive")
        self._aead = _cipher(passphrase, self._salt)
        self._next: bytes | None = self._sealed()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        while not self._plain and self._next is not None:
            self._open_piece()
        count = min(len(view), len(self._plain))
        view[:count] = self._plain[:count]
        self._plain = self._plain[count:]
        return count

    def _sealed(self) -> bytes | None:
        head = self._source.read(_LENGTH)
        if not head:
            return None
        length = int.from_bytes(head, "big")
        if len(head) < _LENGTH or not _TAG <= length <= PIECE + _TAG:
            raise WrongPassphrase("a piece has no legal length")
        return self._source.read(length)

    def _open_piece(self) -> None:
        present, following = self._next, self._sealed()
        assert present is not None
        try:
            self._plain = self._aead.decrypt(_nonce(self._number), present, _bound(self._salt, following is None))
        except InvalidTag as error:
            raise WrongPassphrase(f"piece {self._number}") from error
        self._number, self._next = self._number + 1, following


def is_sealed(source: BinaryIO) -> bool:
    """Whether a file is under a passphrase; it stands at its start afterwards."""
    found = source.read(len(MAGIC)) == MAGIC
    source.seek(0)
    return found


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _bound(salt: bytes, last: bool) -> bytes:
    return salt + (b"last" if last else b"more")
