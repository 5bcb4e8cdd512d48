"""Many rows at once: COPY on PostgreSQL, executemany on SQLite (Q-02)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

_NOTHING = object()
_AS_IT_IS: dict[type[models.Field[Any, Any]], type] = {
    models.BigAutoField: int, models.BigIntegerField: int, models.IntegerField: int, models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int, models.CharField: str, models.TextField: str, models.BooleanField: bool,
    models.BinaryField: bytes,
}  # fmt: skip
"""Python types that these fields hand to both databases unchanged."""
_CONSTANTS = (str, bytes, int, float, datetime, date, UUID, type(None))


def allocate_ids(model: type[models.Model], count: int) -> list[int]:
    """Reserve ``count`` primary keys, so that rows of several tables can be prepared before any is written.

    On SQLite the caller holds the one write lock (IMMEDIATE transaction), so the sequence row is ours to move.
    """
    if count == 0:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        first = (row[0] if row else 0) + 1
        last = first + count - 1
        if row:
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [last, table])
        else:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
        return list(range(first, last + 1))


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as tuples of Python values in the order of ``columns`` (field or attribute names).

    Columns left out take their field's default. Must run in a transaction of an action.
    """
    fields = [_field(model, name) for name in columns]
    named = {field.name for field in fields}
    rest = [f for f in model._meta.concrete_fields if f.name not in named and not f.primary_key]
    everything = [*fields, *rest]
    names = ", ".join(connection.ops.quote_name(str(f.column)) for f in everything)
    table = connection.ops.quote_name(model._meta.db_table)
    prepare = [_preparer(f) for f in fields]
    tail = [_preparer(f)(f.get_default()) for f in rest]
    ready = ([p(v) for p, v in zip(prepare, row, strict=True)] + tail for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            statement = f"COPY {table} ({names}) FROM STDIN"
            with connection.wrap_database_errors, cursor.cursor.copy(statement) as copy:
                for row in ready:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(everything))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(ready))


def _preparer(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """The field's way from a Python value to the database's; a value that repeats row after row is prepared once."""
    prepare, database = field.get_db_prep_save, connections[DEFAULT_DB_ALIAS]
    plain = _AS_IT_IS.get(type(field.target_field if isinstance(field, models.ForeignKey) else field))
    last: Any = _NOTHING
    prepared: Any = None

    def ready(value: Any) -> Any:
        nonlocal last, prepared
        if type(value) is plain:
            return value
        if value is last:
            return prepared
        prepared = prepare(value, database)
        last = value if isinstance(value, _CONSTANTS) else _NOTHING
        return prepared

    return ready


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    for field in model._meta.concrete_fields:
        if name in (field.name, field.attname):
            return field
    raise ValueError(f"{model.__name__} has no column {name}")


def update_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[tuple[Any, Sequence[Any]]]) -> None:
    """Update many rows, each with values of its own: ``(primary key, values in the order of columns)``.

    Django's ``bulk_update`` builds one CASE a column and crawls on wide tables. Must run in an action's transaction.
    """
    fields = [_field(model, name) for name in columns]
    key = connection.ops.quote_name(str(model._meta.pk.column))
    assignments = ", ".join(f"{connection.ops.quote_name(str(f.column))} = %s" for f in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {assignments} WHERE {key} = %s",
            [
                [*(f.get_db_prep_save(v, connection) for f, v in zip(fields, values, strict=True)), pk]
                for pk, values in rows
            ],
        )
