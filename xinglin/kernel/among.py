"""``field__among=values``: one of many values, in one parameter.

Django's ``in`` gives every value a placeholder of its own and walks over it several times; an import asks for
thousands at once. Here they travel as one array (PostgreSQL) or one JSON list (SQLite). Give a set or a frozenset.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models

from .bulk import plain_type
from .compiled import Asked, Slot


@models.ForeignKey.register_lookup
@models.Field.register_lookup
class Among(models.Lookup):
    """``ANY`` of an array on PostgreSQL, ``IN`` of a JSON list on SQLite; no values match nothing."""

    lookup_name = "among"
    prepare_rhs = False

    def _field(self) -> models.Field[Any, Any]:
        field = self.lhs.output_field
        return field.target_field if isinstance(field, models.ForeignKey) else field

    def _param(self, pack: Callable[[models.Field[Any, Any], Collection[Any], Any], str], connection: Any) -> Any:
        """The values as one parameter; for a slot, what makes it of the values that are given later."""
        field = self._field()
        if isinstance(self.rhs, Slot):
            return Asked(self.rhs.name, lambda values, connection: pack(field, values, connection))
        if not self.rhs:
            raise EmptyResultSet
        return pack(field, self.rhs, connection)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        left, params = self.process_lhs(compiler, connection)
        return f"{left} IN (SELECT value FROM json_each(%s))", [*params, self._param(_json_list, connection)]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, params = self.process_lhs(compiler, connection)
        kind = self._field().rel_db_type(connection)
        return f"{left} = ANY(%s::{kind}[])", [*params, self._param(_array, connection)]


def _prepared(field: models.Field[Any, Any], values: Collection[Any], connection: Any) -> Collection[Any]:
    if set(map(type, values)) == {plain_type(field)}:
        return values
    return [field.get_db_prep_value(value, connection) for value in values]


def _json_list(field: models.Field[Any, Any], values: Collection[Any], connection: Any) -> str:
    ready = _prepared(field, values, connection)
    known = set(map(type, ready)) <= {str, int}
    return json.dumps(list(ready) if known else [v if isinstance(v, str | int) else str(v) for v in ready])


def _array(field: models.Field[Any, Any], values: Collection[Any], connection: Any) -> str:
    written = [_array_item(value) for value in _prepared(field, values, connection)]
    return '{"' + '","'.join(written) + '"}' if written else "{}"


def _array_item(value: Any) -> str:
    text = str(value)
    return text.replace("\\", r"\\").replace('"', r"\"") if "\\" in text or '"' in text else text
