"""Loading what the product ships, and adding the entries of an installation."""

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from xinglin.kernel import bulk, clock

from .. import selectors, sources
from ..enums import EditionKind
from ..models import CodeEdition, CodeEntry, CodeTable
from .wording import keep_wording, touch

_log = logging.getLogger(__name__)
_HEAD = ("title", "source", "edition", "effective_from", "ours", "note", "version")
_BODY = ("label", "short_label", "parent_code", "retired_from", "aliases", "extra")


def load_dictionaries(only: Iterable[str] | None = None) -> dict[str, int]:
    """Bring the tables (all, or those of `only`) to what is shipped; returns key → entries written.

    Idempotent: a table whose content is unchanged is not touched, unless it is empty. An entry that is no longer shipped is retired
    today; added entries stay, and so does what the installation changed itself. A changed label keeps its former
    wording for old records. Divisions are left out, with a warning in the log, when the package is missing.
    """
    filled = CodeTable.objects.filter(Exists(CodeEntry.objects.filter(table=OuterRef("pk"))))
    known = dict(filled.values_list("key", "version"))
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
    table, fresh = CodeTable.objects.update_or_create(key=shipped.key, defaults=values)
    present = {entry.code: entry for entry in CodeEntry.objects.filter(table=table)}
    new, changed, renamed = [], [], []
    for position, entry in enumerate(shipped.entries, 1):
        found = present.pop(entry.code, None)
        wanted = {name: getattr(entry, name) for name in _BODY} | {"position": position, "origin": ""}
        if found is None:
            new.append((table.pk, entry.code, *wanted.values(), None, 0, []))
            continue
        wanted = {name: value for name, value in wanted.items() if name not in found.amended}
        if any(getattr(found, name) != value for name, value in wanted.items()):
            if "label" in wanted and (found.label, found.short_label) != (entry.label, entry.short_label):
                renamed.append((found, found.label, found.short_label))
            for name, value in wanted.items():
                setattr(found, name, value)
            changed.append(found)
    gone = [left for left in present.values() if not left.origin and left.retired_from is None and not left.amended]
    for vanished in gone:
        vanished.retired_from = clock.today()
    bulk.insert_rows(
        CodeEntry, ("table_id", "code", *_BODY, "position", "origin", "valid_from", "edition", "amended"), new
    )
    CodeEntry.objects.bulk_update([*changed, *gone], [*_BODY, "position", "origin"], batch_size=500)
    if not fresh:
        keep_wording(renamed, until=clock.now())
        counts = {"added": len(new), "renamed": len(renamed), "retired": len(gone)}
        _edition(table, {name: number for name, number in counts.items() if number})
    return len(new) + len(changed) + len(gone)


def _edition(table: CodeTable, counts: dict[str, int]) -> None:
    """What an update of the product brought, among the table's editions. Nothing where nothing moved."""
    if not counts:
        return
    last = CodeEdition.objects.filter(table=table).aggregate(last=Max("number"))["last"] or 0
    CodeEdition.objects.create(
        table=table, number=last + 1, kind=EditionKind.SHIPPED, name=table.edition, source=table.source,
        effective_from=clock.today(), counts=counts, made_by_name="系统", made_at=clock.now(),
    )  # fmt: skip


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
    touch(row, json.dumps(rows, ensure_ascii=False, sort_keys=True))
    selectors.forget(table)
    return len(rows)
