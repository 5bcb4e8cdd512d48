"""One look at what matches: how many rows there are and which stand on the page, in one walk over the index (Q-01).

To count and to fetch the first page were two walks over the same entries; where few rows match a part of a name, the
walk is nearly all that a page costs. The keys of all that matches, up to the bound of exact counts, are laid aside by
the database, counted and sorted there, and only those of the page travel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db import connections
from django.db.models import Model, QuerySet

from . import counting
from .counting import Count


@dataclass(frozen=True, slots=True)
class Look:
    """``keys``: primary keys of the wanted rows in order; None where more match than are counted exactly, or where the
    page lies behind the end."""

    count: Count
    keys: list[Any] | None


def possible(found: QuerySet[Any], order: Sequence[str]) -> bool:
    """Whether the order is one of columns of the table itself, and the rows are plain instances."""
    query = found.query
    plain = not (query.annotations or query.extra or query.combinator or query.values_select or query.distinct)
    return plain and all(_column(found.model, name) for name in order)


def at(found: QuerySet[Any], order: Sequence[str], start: int, size: int) -> Look:
    """The count of what matches and the keys of ``size`` rows from ``start`` (0 is the first)."""
    names = list(dict.fromkeys(["pk", *(_column(found.model, name) for name in order)]))
    inner = found.order_by().values_list(*names)[: counting.BOUND + 1]
    try:
        text, params = inner.query.sql_with_params()
    except EmptyResultSet:
        return Look(Count(0, True), [])
    sorting = ", ".join(
        f"found.k{names.index(_column(found.model, name))} {'DESC' if name.startswith('-') else 'ASC'}"
        for name in order
    )
    columns = ", ".join(f"k{place}" for place in range(len(names)))
    sql = (
        f"WITH found({columns}) AS MATERIALIZED ({text}), counted(n) AS (SELECT COUNT(*) FROM found) "
        f"SELECT counted.n, found.k0 FROM counted LEFT JOIN found ON counted.n <= {counting.BOUND} "
        f"ORDER BY {sorting} LIMIT {size:d} OFFSET {start:d}"
    )
    with connections[found.db].cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    return _read(rows, found)


def _read(rows: list[tuple[int, Any]], found: QuerySet[Any]) -> Look:
    if not rows:  # the page lies behind the last row
        return Look(counting.up_to_bound(found), None)
    number = rows[0][0]
    if number > counting.BOUND:
        return Look(Count(counting.BOUND, False), None)
    convert = found.model._meta.pk.to_python
    return Look(Count(number, True), [convert(key) for _, key in rows if key is not None])


def _column(model: type[Model], name: str) -> str:
    """The name of the table's own column behind a word of the order, "" for anything else."""
    word = name.lstrip("-")
    if word == "pk":
        return "pk"
    try:
        field = model._meta.get_field(word)
    except FieldDoesNotExist:
        return ""
    if not getattr(field, "concrete", False) or field.is_relation:
        return ""
    return "pk" if getattr(field, "primary_key", False) else word
