"""Places in an order without numbers: the rows after, or before, a row whose sort values are known (Q-01).

A place is the values of the sort fields of one row, in the address as a short word. It holds when the row itself has
gone, and costs the same at the first row and at the millionth.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import connections
from django.db.models import Field, Model, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

Values = tuple[Any, ...]
_LONGEST = 1_000


def word_of(row: Any, order: Sequence[str]) -> str:
    """The place of a row as a word for an address."""
    told = [_told(_value(row, name.lstrip("-"))) for name in order]
    return urlsafe_b64encode(json.dumps(told, ensure_ascii=False).encode()).decode().rstrip("=")


def values_of(word: str, model: type[Model], order: Sequence[str]) -> Values | None:
    """The sort values that a word tells; None when it tells nothing for this order."""
    if not word or len(word) > _LONGEST:
        return None
    try:
        told = json.loads(urlsafe_b64decode(word + "=" * (-len(word) % 4)))
    except (ValueError, Error, RecursionError):
        return None
    if not isinstance(told, list) or len(told) != len(order):
        return None
    try:
        return tuple(_read(model, name.lstrip("-"), value) for name, value in zip(order, told, strict=True))
    except (ValidationError, ValueError, TypeError, OverflowError):
        return None


def after(ordered: QuerySet[Any], order: Sequence[str], values: Values) -> QuerySet[Any]:
    """The rows of ``ordered`` that come after the place, in the same order."""
    fields = [_field(ordered.model, name.lstrip("-")) for name in order]
    ends = {name.startswith("-") for name in order}
    if len(ends) == 1 and len(order) > 1 and None not in values and not any(f is None or f.null for f in fields):
        way = TupleLessThan if ends.pop() else TupleGreaterThan
        return ordered.filter(way(Tuple(*(name.lstrip("-") for name in order)), values))
    return ordered.filter(_beyond(order, values, nulls_first=connections[ordered.db].features.order_by_nulls_first))


def turned(order: Sequence[str]) -> tuple[str, ...]:
    """The order read backwards."""
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def _beyond(order: Sequence[str], values: Values, *, nulls_first: bool) -> Q:
    """(a after x) or (a = x and b after y) or …; missing values stand where the database sorts them."""
    found, same = Q(pk__in=[]), Q()
    for name, value in zip(order, values, strict=True):
        field, falling = name.lstrip("-"), name.startswith("-")
        nulls_at_end = falling == nulls_first
        if value is None:
            later = Q(pk__in=[]) if nulls_at_end else Q(**{f"{field}__isnull": False})
        else:
            later = Q(**{f"{field}__{'lt' if falling else 'gt'}": value})
            if nulls_at_end:
                later |= Q(**{f"{field}__isnull": True})
        found |= same & later
        same &= Q(**{f"{field}__isnull": True}) if value is None else Q(**{field: value})
    return found


def _value(row: Any, name: str) -> Any:
    if isinstance(row, dict):
        return row[name]
    for step in name.split("__"):
        row = getattr(row, step, None)
    return row


def _told(value: Any) -> Any:
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _field(model: type[Model], name: str) -> Field[Any, Any] | None:
    """The model field behind a sort name; None for what only the query knows, and behind a relation that may be empty."""
    found: Any = None
    for step in name.split("__"):
        try:
            found = model._meta.pk if step == "pk" else model._meta.get_field(step)
        except FieldDoesNotExist:
            return None
        if found.is_relation and (found.null or not found.concrete):
            return None
        model = found.related_model or model
    return found


def _read(model: type[Model], name: str, value: Any) -> Any:
    if isinstance(value, list | dict | bool):
        raise ValueError("not a value of a sort field")
    field = None
    for step in name.split("__"):
        try:
            field = model._meta.pk if step == "pk" else model._meta.get_field(step)
        except FieldDoesNotExist:
            return value
        model = getattr(field, "related_model", None) or model
    if value is None:
        return None
    read = field.to_python(value) if isinstance(field, Field) else value
    if isinstance(read, int) and not isinstance(read, bool) and abs(read) >= 2**63:
        raise OverflowError
    return read
