"""Former wordings, and the mark by which other processes notice a change."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from ..models import CodeEntry, CodeTable, CodeWording


def keep_wording(former: Iterable[tuple[CodeEntry, str, str]], *, until: datetime) -> None:
    """Keep what entries were called; ``former``: (entry, label, short label as they were until then)."""
    CodeWording.objects.bulk_create(
        CodeWording(entry=entry, label=label, short_label=short, until=until) for entry, label, short in former
    )


def touch(table: CodeTable, what: str) -> None:
    """Give the table's content a new version, derived from ``what`` changed; other processes then read it anew."""
    base, _, before = table.version.partition("+")
    table.version = f"{base}+{hashlib.sha256(f'{before}{what}'.encode()).hexdigest()[:16]}"
    table.save(update_fields=["version"])
