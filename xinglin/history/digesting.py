"""The bytes that a seal stands for: digest of a row, digest of a seal, ids written as ranges (Q-12).

Pure. The same bytes come from SQLite and PostgreSQL; docs/operations/history.md describes them for other programs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from xinglin.kernel import clock

FORMAT = 1
GENESIS = "0" * 64
"""``previous`` of the first seal of a partition."""
DIGEST_BYTES = 32
COLUMNS = (
    "id", "at", "request_id", "actor_user_id", "actor_name", "actor_role", "actor_organization_id",
    "actor_organization_name", "source", "verb", "update_type", "subject_type", "subject_id", "parent_type",
    "parent_id", "person_id", "organization_path", "organization_name", "province_id", "province_name", "track",
    "facts", "changes", "sealed", "key_id",
)  # fmt: skip
"""Every stored column but ``lookup``, which goes with the person's key. A later column needs a new FORMAT."""
_AT, _SEALED, _KEY = COLUMNS.index("at"), COLUMNS.index("sealed"), COLUMNS.index("key_id")

Ranges = list[list[int]]
"""Ids as [first, last] pairs, ascending, neither overlapping nor touching."""


def instant(moment: datetime) -> str:
    """An instant in UTC to the microsecond, the same from both databases."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def partition_of(moment: datetime) -> str:
    """The month of an instant in Asia/Shanghai: ``2026-11``."""
    return f"{clock.local(moment):%Y-%m}"


def row_digest(values: Sequence[Any]) -> bytes:
    """SHA-256 over a stored row; ``values`` in the order of ``COLUMNS``."""
    row = list(values)
    row[_AT] = instant(row[_AT])
    row[_SEALED] = bytes(row[_SEALED]).hex()
    row[_KEY] = str(row[_KEY]) if row[_KEY] else None
    text = json.dumps([FORMAT, *row], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def seal_digest(
    *, partition: str, sequence: int, previous: str, sealed_at: datetime, row_ids: Any, row_digests: bytes
) -> str:
    """SHA-256 (64 hex digits) over a seal: its place, the one before it, the ids and the digests of its rows."""
    head = [FORMAT, partition, sequence, previous, instant(sealed_at), row_ids]
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass") + b"\n" + bytes(row_digests)).hexdigest()


def to_ranges(ids: Iterable[int]) -> Ranges:
    """Ascending, distinct ids as ranges."""
    ranges: Ranges = []
    for number in ids:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges


def from_ranges(ranges: Any, most: int = 100_000) -> list[int]:
    """The ids again. Raises ValueError for anything but ascending pairs of whole numbers, or more than ``most`` ids."""
    ids: list[int] = []
    if not isinstance(ranges, list):
        raise ValueError("no list of ranges")
    for pair in ranges:
        if not (isinstance(pair, list) and len(pair) == 2 and all(type(number) is int for number in pair)):
            raise ValueError("no pair of whole numbers")
        first, last = pair
        if first > last or (ids and first <= ids[-1]):
            raise ValueError("ranges are not ascending")
        if len(ids) + last - first >= most:
            raise ValueError("too many ids")
        ids.extend(range(first, last + 1))
    return ids


def merged(ranges: Iterable[Sequence[int]]) -> Ranges:
    """The union of any ranges."""
    union: Ranges = []
    for first, last in sorted(map(tuple, ranges)):
        if union and first <= union[-1][1] + 1:
            union[-1][1] = max(union[-1][1], last)
        else:
            union.append([first, last])
    return union


def overlaps(ranges: Iterable[Sequence[int]]) -> Iterator[tuple[int, int]]:
    """Parts that are in more than one range."""
    end = -1
    for first, last in sorted(map(tuple, ranges)):
        if first <= end:
            yield first, min(last, end)
        end = max(end, last)


def gaps(union: Ranges, after: int) -> list[tuple[int, int | None]]:
    """What a union leaves out above ``after``; the last gap has no end."""
    found: list[tuple[int, int | None]] = []
    start = after + 1
    for first, last in union:
        if first > start:
            found.append((start, first - 1))
        start = max(start, last + 1)
    return [*found, (start, None)]
