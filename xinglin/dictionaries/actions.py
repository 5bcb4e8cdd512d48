"""Writes to the code tables: loading what is shipped, and adding entries of an installation."""

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from xinglin.kernel import bulk, clock

from . import selectors, sources
from .models import CodeEntry, CodeTable

_log = logging.getLogger(__name__)
_HEAD = ("title", "source", "edition", "effective_from", "ours", "note", "version")
_BODY = ("label", "short_label", "parent_code", "retired_from", "aliases", "extra")


def load_dictionaries(only: Iterable[str] | None = None) -> dict[str, int]:
    """Bring the tables (all, or those of `only`) to what is shipped; returns key → entries written.

    Idempotent: a table whose content is unchanged is not touched. An entry that is no longer shipped is retired
    today; added entries stay. Divisions are left out, with a warning in the log, when the package is missing.
    """
    known = dict(CodeTable.objects.values_list("key", "version"))
    written = {}
    for key in sorted(only) if only is not None else sources.shipped_keys():
        try:
            table = sources.shipped(key)
        except FileNotFoundError as error:
            _log.warning("code table %s not loaded: %s is missing (run npm ci)", key, error.filename)
            continue
        if known.get(key, "").split("+")[0] != table.version:
            written[key] = _bring(table)
    if written:
        selectors.forget()
    return written


@transaction.atomic
def _bring(shipped: sources.ShippedTable) -> int:
    values = {name: getattr(shipped, name) for name in _HEAD}
    table, _ = CodeTable.objects.update_or_create(key=shipped.key, defaults=values)
    present = {entry.code: entry for entry in CodeEntry.objects.filter(table=table)}
    new, changed = [], []
    for position, entry in enumerate(shipped.entries, 1):
        found = present.pop(entry.code, None)
        wanted = {name: getattr(entry, name) for name in _BODY} | {"position": position, "origin": ""}
        if found is None:
            new.append((table.pk, entry.code, *wanted.values()))
        elif any(getattr(found, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(found, name, value)
            changed.append(found)
    gone = [left for left in present.values() if not left.origin and left.retired_from is None]
    for vanished in gone:
        vanished.retired_from = clock.today()
    bulk.insert_rows(CodeEntry, ("table_id", "code", *_BODY, "position", "origin"), new)
    CodeEntry.objects.bulk_update([*changed, *gone], [*_BODY, "position", "origin"], batch_size=500)
    return len(new) + len(changed) + len(gone)


@transaction.atomic
def add_entries(table: str, entries: Iterable[Mapping[str, Any]], source: str) -> int:
    """Add codes that the shipped table does not have, or change those that were added before; returns their number.

    entries: mappings with code and label, and any of short_label, parent_code, aliases, extra. source: where they
    come from, kept on each. Raises ValueError for a code of the shipped table, CodeTable.DoesNotExist for a table
    that nobody loaded.
    """
    row = CodeTable.objects.select_for_update().get(key=table)
    rows = [dict(entry) for entry in entries]
    position = CodeEntry.objects.filter(table=row).aggregate(last=Max("position"))["last"] or 0
    codes = [entry["code"] for entry in rows]
    shipped = CodeEntry.objects.filter(table=row, code__in=codes, origin="").values_list("code", flat=True)
    if shipped:
        raise ValueError(f"代码已在标准代码表中：{'、'.join(sorted(shipped))}")
    for offset, entry in enumerate(rows, 1):
        values = {name: entry[name] for name in _BODY if name in entry} | {"origin": source, "retired_from": None}
        defaults = values | {"position": position + offset}
        CodeEntry.objects.update_or_create(table=row, code=entry["code"], defaults=values, create_defaults=defaults)
    base, _, before = row.version.partition("+")
    content = before + json.dumps(rows, ensure_ascii=False, sort_keys=True)
    row.version = f"{base}+{hashlib.sha256(content.encode()).hexdigest()[:16]}"
    row.save(update_fields=["version"])
    selectors.forget(table)
    return len(rows)
