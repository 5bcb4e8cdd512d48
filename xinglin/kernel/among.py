"""``field__among=values``: one of many values, in one parameter.

Django's ``in`` gives every value a placeholder of its own and walks over it several times; an import asks for
thousands at once. Here they travel as one array (PostgreSQL) or one JSON list (SQLite). Give a set or a frozenset.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models

from .bulk import plain_type


@models.ForeignKey.register_lookup
@models.Field.register_lookup
class Among(models.Lookup):
    """``ANY`` of an array on PostgreSQL, ``IN`` of a JSON list on SQLite; no values match nothing."""

    lookup_name = "among"
    prepare_rhs = False

    def _values(self, connection: Any) -> Collection[Any]:
        field = self.lhs.output_field
        field = field.target_field if isinstance(field, models.ForeignKey) else field
        if not self.rhs:
            raise EmptyResultSet
        if set(map(type, self.rhs)) == {plain_type(field)}:
            return self.rhs
        return [field.get_db_prep_value(value, connection) for value in self.rhs]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        left, params = self.process_lhs(compiler, connection)
        values = [v if isinstance(v, str | int) else str(v) for v in self._values(connection)]
        return f"{left} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(values)]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, params = self.process_lhs(compiler, connection)
        field = self.lhs.output_field
        field = field.target_field if isinstance(field, models.ForeignKey) else field
        written = '","'.join(map(_array_item, self._values(connection)))
        return f"{left} = ANY(%s::{field.rel_db_type(connection)}[])", [*params, f'{{"{written}"}}']


def _array_item(value: Any) -> str:
    text = str(value)
    return text.replace("\\", r"\\").replace('"', r"\"") if "\\" in text or '"' in text else text
