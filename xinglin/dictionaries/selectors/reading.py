"""Reads of the code tables, from a cache in the process.

A table is read whole once. Every few seconds (settings.DICTIONARY_POLL_SECONDS, None = never) the versions are asked
for in one small query, so that a change made by another process is seen; before anything is written, and for whoever
has just written, `look_again` asks at once. An unknown table raises UnknownTable.
"""

import time
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from pypinyin import lazy_pinyin

from xinglin.kernel import clock, text

from ..models import CodeEntry, CodeTable, CodeWording
from ..rules import Spellings


class UnknownTable(LookupError):
    """A programming fault: no such code table is loaded."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One code as read; see models.CodeEntry. `former`: (until, label, short label) of earlier wordings, in order."""

    code: str
    label: str
    short_label: str
    parent_code: str
    retired_from: date | None
    aliases: tuple[str, ...]
    extra: dict[str, Any]
    valid_from: date | None = None
    former: tuple[tuple[datetime, str, str], ...] = ()

    def choosable_on(self, day: date) -> bool:
        return self.usable_on(day) and self.extra.get("choosable", True)

    def usable_on(self, day: date) -> bool:
        """In force on a day: begun, and not retired."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.retired_from is None or day < self.retired_from)

    def called_at(self, instant: datetime) -> tuple[str, str]:
        """(label, short label) as they were at an instant."""
        for until, label, short_label in self.former:
            if instant < until:
                return label, short_label
        return self.label, self.short_label


class Table:
    """One code table in memory, with its indexes."""

    def __init__(self, row: CodeTable) -> None:
        self.key, self.title, self.source, self.edition = row.key, row.title, row.source, row.edition
        self.version, self.ours, self.note = row.version, row.ours, row.note
        self.day = clock.today()  # what may be chosen depends on it
        fields = ("code", "label", "short_label", "parent_code", "retired_from", "aliases", "extra", "valid_from")
        rows = CodeEntry.objects.filter(table=row).order_by("position", "id").values_list(*fields)
        former, now = _former(row), clock.now()
        self.entries: dict[str, Entry] = {}
        for code, label, short_label, parent_code, retired_from, aliases, extra, valid_from in rows:
            entry = Entry(code, label, short_label, parent_code, retired_from, tuple(aliases), extra, valid_from)
            if code in former:
                # the row has the newest wording, which may be for a day to come
                newest = (datetime.max.replace(tzinfo=clock.SHANGHAI), label, short_label)
                entry = replace(entry, former=(*former[code], newest))
                label, short_label = entry.called_at(now)
                entry = replace(entry, label=label, short_label=short_label)
            self.entries[code] = entry
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
    def usable(self) -> frozenset[str]:
        """Codes in force today, groups included."""
        return frozenset(code for code, entry in self.entries.items() if entry.usable_on(self.day))

    @cached_property
    def initials(self) -> dict[str, tuple[str, str]]:
        """Code → (first letters, whole pinyin) of its label, for searching by sound."""
        spoken = {code: lazy_pinyin(entry.label) for code, entry in self.entries.items()}
        return {code: ("".join(s[:1] for s in parts).lower(), "".join(parts).lower()) for code, parts in spoken.items()}

    @cached_property
    def nearest_found(self) -> dict[str, str | None]:
        return {}


def _former(row: CodeTable) -> dict[str, tuple[tuple[datetime, str, str], ...]]:
    """Code → earlier wordings, oldest first."""
    found: dict[str, tuple[tuple[datetime, str, str], ...]] = {}
    rows = CodeWording.objects.filter(entry__table=row).order_by("until")
    for code, until, label, short_label in rows.values_list("entry__code", "until", "label", "short_label"):
        found[code] = (*found.get(code, ()), (until, label, short_label))
    return found


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


def label(key: str, code: str | None, at: datetime | None = None) -> str:
    """The label, "" for an empty code, the code itself when the table does not know it.

    ``at``: as it was at that instant, for records that were sealed then.
    """
    if at is not None and code and (entry := table(key).entries.get(code)):
        return entry.called_at(at)[0]
    return table(key).labels.get(code, code) if code else ""


def short_label(key: str, code: str | None, at: datetime | None = None) -> str:
    """The short label where there is one, else the label; ``at`` as in `label`."""
    entry = table(key).entries.get(code) if code else None
    if entry is None:
        return code or ""
    called = entry.called_at(at) if at is not None else (entry.label, entry.short_label)
    return called[1] or called[0]


def entry(key: str, code: str) -> Entry | None:
    return table(key).entries.get(code)


def choices(key: str, include_retired: bool = False) -> list[tuple[str, str]]:
    """(code, label) for forms and drop-down lists; retired codes only where they are asked for (P-10)."""
    found = table(key)
    entries = found.entries.values() if include_retired else found.choosable
    return [(entry.code, entry.label) for entry in entries]


def usable(key: str) -> Container[str]:
    """Codes in force today: begun and not retired."""
    return table(key).usable


def sounding_like(key: str, letters: str) -> list[str]:
    """Codes whose label begins with the letters, as initials or as whole pinyin (nk, neike → 内科)."""
    asked = letters.lower()
    return [code for code, ways in table(key).initials.items() if any(way.startswith(asked) for way in ways)]


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


def look_again() -> None:
    """Ask for the versions at the next read, whatever the pause: before a write, or after the reader's own."""
    global _looked_at
    _looked_at = float("-inf")


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
