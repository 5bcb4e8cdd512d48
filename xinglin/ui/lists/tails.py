"""Conditions that are tried on the entries of an index instead of being looked up by it (Q-01).

Behind its key an index may carry columns that only save the way to the table. PostgreSQL takes an equality with such a
column for a condition of the index and goes through the entry from its beginning for each of them. Where a part of a
text is sought among the entries, each is taken apart anyway, and comparing afterwards costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import models
from django.db.models.lookups import Exact


@models.CharField.register_lookup
class Tried(Exact[Any]):
    """``field__tried=value``: equality that PostgreSQL does not take for a condition of an index. The plainest order of
    text, which no index here has, knows the same texts as equal."""

    lookup_name = "tried"

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> tuple[str, Any]:
        left, params = super().process_lhs(compiler, connection, lhs)
        return f'{left} COLLATE "C"' if connection.vendor == "postgresql" else left, params

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return f"= {rhs}"


def tried(model: type[models.Model], sought: Iterable[str]) -> frozenset[str]:
    """Columns whose equality is better tried, where parts of the texts in ``sought`` are looked for; often none."""
    carried = _carried(model)
    return carried if any(path in carried for path in sought) else frozenset()


@cache
def _carried(model: type[models.Model]) -> frozenset[str]:
    """Texts that stand in an index behind the row's key, and in none before it or alone."""
    before: set[str] = set()
    behind: set[str] = set()
    for index in model._meta.indexes:
        names = [name.lstrip("-") for name in index.fields]
        place = names.index("id") if "id" in names else len(names)
        before.update(names[:place])
        behind.update(names[place + 1 :])
    fields: list[Any] = [model._meta.get_field(name) for name in behind - before]
    return frozenset(f.name for f in fields if f.get_internal_type() == "CharField" and not (f.db_index or f.unique))
