"""Reading the conditions of a list from its address, and applying them. Nonsense is left out with a note, never an error."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from xinglin.kernel import clock, text
from xinglin.kernel.viewer import Viewer

from . import tails
from .choices import options
from .parts import Filter
from .spec import ListSpec

_HASH = re.compile(r"[0-9a-f]{64}")
_YEARS = (1900, 2200)
_LONGEST = 100
_MATCH = {"prefix": "__startswith", "contains": "__contains", "exact": ""}


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter in force: its value for the query, its words in the address (``raw``) and on the screen."""

    filter: Filter
    value: Any
    raw: tuple[tuple[str, str], ...]
    shown: str
    by_default: bool = False


@dataclass(slots=True)
class Conditions:
    """What the address asks for: conditions in the order of the bar, and notes about what was left out."""

    items: list[Condition] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)

    def pairs(self, *, without: str = "") -> list[tuple[str, str]]:
        """Words of the address. A default that was taken off is named with an empty value."""
        found = [
            pair for item in self.items if item.filter.name != without and not item.by_default for pair in item.raw
        ]
        gone = [*self.cleared, *(i.filter.name for i in self.items if i.filter.name == without and i.filter.default)]
        return found + [(name, "") for name in gone]

    def get(self, name: str) -> Condition | None:
        return next((item for item in self.items if item.filter.name == name), None)


def read(spec: ListSpec, params: QueryDict, viewer: Viewer) -> Conditions:
    """The conditions that the address asks for, within what the viewer may choose."""
    found = Conditions()
    for item in spec.filters:
        try:
            condition = _READERS[item.kind](item, params, viewer)
        except ValueError as error:
            found.notes.append(f"“{item.label}”{error}，已忽略这个条件。")
            continue
        if condition is not None:
            found.items.append(condition)
        elif item.default:
            if item.name in params:
                found.cleared.append(item.name)
            elif (condition := _by_default(item, viewer)) is not None:
                found.items.append(condition)
    return found


def _by_default(item: Filter, viewer: Viewer) -> Condition | None:
    value = item.default(viewer) if callable(item.default) else item.default
    if not value:
        return None
    params = QueryDict(mutable=True)
    params[item.name] = value
    made = _READERS[item.kind](item, params, viewer)
    return made and Condition(made.filter, made.value, made.raw, made.shown, by_default=True)


def apply(queryset: QuerySet[Any], conditions: Iterable[Condition], viewer: Viewer) -> QuerySet[Any]:
    """The rows that meet all conditions. Plain comparisons go in together: each `filter` copies the whole query."""
    plain: list[tuple[Condition, str]] = []
    computed = []
    for condition in conditions:
        lookup = condition.filter.lookup
        if callable(lookup):
            computed.append((lookup, condition.value))
        else:
            plain.append((condition, lookup or condition.filter.name))
    tried = tails.tried(queryset.model, [path for condition, path in plain if _seeks_a_part(condition.filter)])
    wanted = [pair for condition, path in plain for pair in _comparison(condition, path, path in tried)]
    found = queryset.filter(Q(*wanted)) if wanted else queryset
    for lookup, value in computed:
        found = lookup(found, value, viewer)
    return found


def _seeks_a_part(item: Filter) -> bool:
    return item.kind == "text" and item.match == "contains"


def _comparison(condition: Condition, path: str, tried: bool) -> list[tuple[str, Any]]:
    item, value = condition.filter, condition.value
    if item.kind == "text":
        return [(path + _MATCH[item.match], value)]
    if item.kind == "multi":
        return [(f"{path}__in", value)]
    if item.kind == "id_number":
        way, hashed = value
        return [(item.last6 if way == "last6" else path, hashed)]
    if item.kind == "date_range":
        return _span(item, path, *value)
    return [(f"{path}__tried" if tried else path, value)]


def _span(item: Filter, path: str, start: date | None, end: date | None) -> list[tuple[str, Any]]:
    if not item.with_time:
        return [(f"{path}__{word}", day) for word, day in (("gte", start), ("lte", end)) if day]
    found: list[tuple[str, Any]] = []
    if start:
        found.append((f"{path}__gte", datetime.combine(start, time(), clock.SHANGHAI)))
    if end:
        found.append((f"{path}__lt", datetime.combine(end + timedelta(days=1), time(), clock.SHANGHAI)))
    return found


def _word(item: Filter, params: QueryDict) -> str:
    value = item.tidy(params.get(item.name, ""))
    if len(value) > _LONGEST:
        raise ValueError(f"最多 {_LONGEST} 个字")
    return value


def _text(item: Filter, params: QueryDict, viewer: Viewer) -> Condition | None:
    value = _word(item, params)
    return Condition(item, value, ((item.name, value),), value) if value else None


def _choice(item: Filter, params: QueryDict, viewer: Viewer) -> Condition | None:
    value = _word(item, params)
    if not value:
        return None
    label = dict(options(item, viewer)).get(value)
    if label is None:
        raise ValueError(f"没有“{value}”这一项")
    typed: Any = {"1": True, "0": False, "none": None}[value] if item.kind == "bool" else value
    return Condition(item, typed, ((item.name, value),), label)


def _multi(item: Filter, params: QueryDict, viewer: Viewer) -> Condition | None:
    known = dict(options(item, viewer))
    asked = list(dict.fromkeys(value for value in params.getlist(item.name) if value))
    strange = [value for value in asked if value not in known]
    if strange:
        raise ValueError(f"没有“{strange[0][:20]}”这一项")
    if not asked:
        return None
    return Condition(item, asked, tuple((item.name, v) for v in asked), "、".join(known[v] for v in asked))


def _year(item: Filter, params: QueryDict, viewer: Viewer) -> Condition | None:
    value = _word(item, params)
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) == 4 and _YEARS[0] <= int(value) <= _YEARS[1]):
        raise ValueError("应为四位年份，如 2026")
    return Condition(item, int(value), ((item.name, value),), value)


def _day(word: str) -> date | None:
    if not word:
        return None
    try:
        day = date.fromisoformat(word)
    except ValueError:
        day = None
    if day is None or day.isoformat() != word or not _YEARS[0] <= day.year <= _YEARS[1]:
        raise ValueError("的日期应如 2026-11-20")
    return day


def _date_range(item: Filter, params: QueryDict, viewer: Viewer) -> Condition | None:
    names = (f"{item.name}_from", f"{item.name}_to")
    words = [text.normalise_code(params.get(name, "")) for name in names]
    start, end = _day(words[0]), _day(words[1])
    if start is None and end is None:
        return None
    if start and end and start > end:
        raise ValueError("的开始日期晚于结束日期")
    raw = tuple((name, word) for name, word in zip(names, words, strict=True) if word)
    return Condition(item, (start, end), raw, f"{words[0] or '不限'} ～ {words[1] or '不限'}")


def _id_number(item: Filter, params: QueryDict, viewer: Viewer) -> Condition | None:
    for way, words in (("hash", "已按号码筛选"), ("last6", "已按后六位筛选")):
        value = params.get(f"{item.name}_{way}", "")
        if value and (way == "hash" or item.last6):
            if not _HASH.fullmatch(value):
                raise ValueError("的筛选地址不完整")
            return Condition(item, (way, value), ((f"{item.name}_{way}", value),), words)
    return None


_READERS = {
    "text": _text,
    "choice": _choice,
    "bool": _choice,
    "multi": _multi,
    "year": _year,
    "date_range": _date_range,
    "id_number": _id_number,
}
