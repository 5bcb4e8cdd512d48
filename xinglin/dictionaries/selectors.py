"""Reads of the code tables, from a cache in the process.

A table is read whole once. Every few seconds (settings.DICTIONARY_POLL_SECONDS, None = never) the versions are asked
for in one small query, so that a change made by another process is seen. An unknown table raises UnknownTable.
"""

import time
from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings

from xinglin.kernel import clock, text

from .models import CodeEntry, CodeTable
from .rules import Spellings


class UnknownTable(LookupError):
    """A programming fault: no such code table is loaded."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One code as read; see models.CodeEntry."""

    code: str
    label: str
    short_label: str
    parent_code: str
    retired_from: date | None
    aliases: tuple[str, ...]
    extra: dict[str, Any]

    def choosable_on(self, day: date) -> bool:
        retired = self.retired_from is not None and self.retired_from <= day
        return not retired and self.extra.get("choosable", True)


class Table:
    """One code table in memory, with its indexes."""

    def __init__(self, row: CodeTable) -> None:
        self.key, self.title, self.source, self.edition = row.key, row.title, row.source, row.edition
        self.version, self.ours, self.note = row.version, row.ours, row.note
        self.day = clock.today()  # what may be chosen depends on it
        fields = ("code", "label", "short_label", "parent_code", "retired_from", "aliases", "extra")
        rows = CodeEntry.objects.filter(table=row).order_by("position", "id").values_list(*fields)
        self.entries = {
            code: Entry(code, label, short_label, parent_code, retired_from, tuple(aliases), extra)
            for code, label, short_label, parent_code, retired_from, aliases, extra in rows
        }
        self.labels = {code: entry.label for code, entry in self.entries.items()}
        self.exact: dict[str, str] = {}  # as typed → code, for the ways met so far

    @cached_property
    def choosable(self) -> list[Entry]:
        return [entry for entry in self.entries.values() if entry.choosable_on(self.day)]

    @cached_property
    def codes(self) -> dict[str, str]:
        """Folded code, label or short label → code. A short label that two entries share says nothing."""
        found = {text.fold(way): entry.code for entry in reversed(self.choosable) for way in (entry.label, entry.code)}
        shorts: dict[str, set[str]] = {}
        for entry in self.choosable:
            if entry.short_label:
                shorts.setdefault(text.fold(entry.short_label), set()).add(entry.code)
        return {way: next(iter(codes)) for way, codes in shorts.items() if len(codes) == 1} | found

    @cached_property
    def spellings(self) -> Spellings:
        return Spellings(
            (way, entry.label) for entry in self.choosable for way in (entry.label, entry.short_label, *entry.aliases)
        )

    @cached_property
    def nearest_found(self) -> dict[str, str | None]:
        return {}


_tables: dict[str, Table] = {}
_looked_at = 0.0
_REMEMBERED = 20_000


def table(key: str) -> Table:
    """The whole table. Raises UnknownTable."""
    _notice_changes()
    if (found := _tables.get(key)) is None:
        row = CodeTable.objects.filter(key=key).first()
        if row is None:
            raise UnknownTable(f"code table {key!r} is not loaded (manage.py load_dictionaries)")
        found = _tables[key] = Table(row)
    return found


def labels(key: str) -> dict[str, str]:
    """Code → label, retired ones included, in the table's order. Not to be changed by the caller."""
    return table(key).labels


def label(key: str, code: str | None) -> str:
    """The label, "" for an empty code, the code itself when the table does not know it."""
    return table(key).labels.get(code, code) if code else ""


def short_label(key: str, code: str | None) -> str:
    """The short label where there is one, else the label."""
    entry = table(key).entries.get(code) if code else None
    return (entry.short_label or entry.label) if entry else (code or "")


def entry(key: str, code: str) -> Entry | None:
    return table(key).entries.get(code)


def choices(key: str, include_retired: bool = False) -> list[tuple[str, str]]:
    """(code, label) for forms and drop-down lists; retired codes only where they are asked for (P-10)."""
    found = table(key)
    entries = found.entries.values() if include_retired else found.choosable
    return [(entry.code, entry.label) for entry in entries]


def codes(key: str) -> Container[str]:
    """All codes, retired ones included."""
    return table(key).entries.keys()


def children(key: str, parent_code: str) -> list[Entry]:
    """Choosable entries directly under a code; under "" the top of the tree.

    One that only groups others (市辖区) is looked through: what lies under it stands in its place.
    """
    found = table(key)
    return [entry for entry in found.choosable if parent_code in (entry.parent_code, parent_of(key, entry))]


def parent_of(key: str, entry: Entry) -> str:
    """The code above an entry, looking through those that only group others; "" at the top."""
    entries = table(key).entries
    above = entries.get(entry.parent_code)
    while above is not None and not above.extra.get("choosable", True):
        above = entries.get(above.parent_code)
    return above.code if above else ""


def code_for(key: str, typed: object) -> str | None:
    """The choosable code whose label, short label or code was typed, in any width and spacing; None otherwise.

    An alias is not accepted here: `nearest` names it as a suggestion.
    """
    found = table(key)
    if typed is None:
        return None
    way = typed if isinstance(typed, str) else str(typed)
    if (code := found.exact.get(way)) is None:
        code = found.codes.get(text.fold(way))
        if code is not None and len(found.exact) < _REMEMBERED:
            found.exact[way] = code
    return code


def nearest(key: str, typed: object) -> str | None:
    """The label that was probably meant (内科学 → 内科), None when nothing is near."""
    found = table(key)
    way = text.normalise(typed)
    if way not in found.nearest_found:
        if len(found.nearest_found) >= _REMEMBERED:
            found.nearest_found.clear()
        code = code_for(key, way)
        found.nearest_found[way] = found.labels[code] if code else found.spellings.nearest(way)
    return found.nearest_found[way]


def forget(key: str | None = None) -> None:
    """Drop one table, or all, from this process's cache."""
    if key is None:
        _tables.clear()
    else:
        _tables.pop(key, None)


def _notice_changes() -> None:
    global _looked_at
    pause = getattr(settings, "DICTIONARY_POLL_SECONDS", 3)
    now = time.monotonic()
    if pause is None or not _tables or now - _looked_at < pause:
        return
    _looked_at = now
    versions, today = dict(CodeTable.objects.values_list("key", "version")), clock.today()
    for key, cached in list(_tables.items()):
        if versions.get(key) != cached.version or cached.day != today:
            _tables.pop(key, None)
