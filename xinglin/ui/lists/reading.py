"""The rows of a page by their keys, as a list that says what it reads wants them (Q-01).

The keys come from the scoped, filtered query of the same look; only the columns are read here. The text of this query
depends on list, columns and order, not on what somebody filters, and is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db.models import Model, QuerySet

from xinglin.kernel.compiled import Compiled, Slot

from . import narrowing
from .parts import Column
from .spec import ListSpec


def rows_of(
    spec: ListSpec, found: QuerySet[Any], columns: Sequence[Column], order: Sequence[str], keys: Sequence[Any]
) -> list[Any]:
    """The rows in the order of ``keys``; one that has gone since is left out. ``found``: where the keys come from."""
    if not keys:
        return []
    if spec.reads is None or spec.model is not found.model:
        rows = list(narrowing.narrowed(spec, found.order_by().filter(pk__in=keys), columns, order))
    else:
        rows = _by_keys(spec, tuple(column.name for column in columns), tuple(order)).rows(found.db, keys=keys)
    place = {row.pk: row for row in rows}
    return [place[key] for key in keys if key in place]


@lru_cache(maxsize=512)
def _by_keys(spec: ListSpec, columns: tuple[str, ...], order: tuple[str, ...]) -> Compiled[Model]:
    def build() -> QuerySet[Model]:
        model = spec.model
        assert model is not None  # rows_of asks before
        keyed = model._base_manager.filter(pk__among=Slot("keys", model._meta.pk))
        return narrowing.narrowed(spec, keyed, [spec.column_of[name] for name in columns], order)

    return Compiled(build)
