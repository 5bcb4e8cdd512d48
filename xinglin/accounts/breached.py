"""Passwords that are known from breaches: the public file of their SHA-1 hashes, searched on disk without a network.

The file (XINGLIN_BREACHED_PASSWORDS) is ordered by hash, a line each: ``5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:3861493``,
with or without the count. It may be larger than memory: a search reads some forty short pieces of it, whatever its size.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from django.conf import settings

log = logging.getLogger("xinglin.accounts")

PIECE = 256  # bytes of one read: the end of a line and a whole one
SAMPLES = 64
_LINE = re.compile(rb"([0-9A-Fa-f]{40})(?::\d+)?\r?")


class Malformed(ValueError):
    """The file is not what it should be; English words for the operator."""


def contains(password: str) -> bool:
    """Whether the password is in the installation's file; without one, or when it does not open, no password is.

    A file that went bad after the start keeps nobody from a new password: it is logged, and the doctor says so.
    """
    path = settings.XINGLIN_BREACHED_PASSWORDS
    if not path:
        return False
    digest = hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
    try:
        with opened(path) as (file, size):
            return _search(file, size, digest.upper().encode())
    except (OSError, Malformed) as error:
        log.error("breached passwords not searched: %s", type(error).__name__)
        return False


def faults(path: str) -> list[str]:
    """What is wrong with a file, from its ends and some lines between: it opens, holds hashes, in order."""
    try:
        with opened(path) as (file, size):
            if not size:
                return ["it is empty"]
            starts = sorted({size * number // SAMPLES for number in range(SAMPLES)})
            found = [line for start in starts if (line := _line(file, start, size))]
    except OSError as error:
        return [error.strerror or type(error).__name__]
    except Malformed as error:
        return [str(error)]
    ordered = all(one <= other for (_, one, _), (_, other, _) in pairwise(found))
    return [] if ordered else ["it is not ordered by hash"]


@contextmanager
def opened(path: str) -> Iterator[tuple[int, int]]:
    """A descriptor and the size; reads by position, so that threads do not disturb each other."""
    file = os.open(path, os.O_RDONLY)
    try:
        yield file, os.fstat(file).st_size
    finally:
        os.close(file)


def _search(file: int, size: int, wanted: bytes) -> bool:
    """Bisection over positions: the line, if there is one, begins in [low, high)."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        line = _line(file, middle, size)
        if line is None or line[0] >= high:
            high = middle
            continue
        _, found, end = line
        if found == wanted:
            return True
        if found < wanted:
            low = end
        else:
            high = middle
    return False


def _line(file: int, position: int, size: int) -> tuple[int, bytes, int] | None:
    """(start, hash, end) of the first line that begins at or after a position; None behind the last one."""
    begin = max(position - 1, 0)
    piece = os.pread(file, PIECE, begin)
    at = piece.find(b"\n") + 1 if position else 0
    if position and not at:
        if begin + len(piece) < size:
            raise Malformed("a line is longer than a hash and its count")
        return None
    line = piece[at:].partition(b"\n")[0]
    if begin + at >= size:
        return None
    matched = _LINE.fullmatch(line)
    if matched is None:
        raise Malformed(f"at byte {begin + at} there is no SHA-1 hash")
    return begin + at, matched[1].upper(), begin + at + len(line) + 1
