"""Many rows at once: COPY on PostgreSQL, executemany on SQLite (Q-02)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


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
    defaults = [f.get_default() for f in rest]
    if connection.vendor == "postgresql":
        _copy(table, names, everything, rows, defaults)
        return
    prepare = [f.get_db_prep_save for f in everything]
    tail = [f.get_db_prep_save(value, connection) for f, value in zip(rest, defaults, strict=True)]
    head = prepare[: len(fields)]
    marks = ", ".join(["%s"] * len(everything))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",
            [[p(v, connection) for p, v in zip(head, row, strict=True)] + tail for row in rows],
        )


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    for field in model._meta.concrete_fields:
        if name in (field.name, field.attname):
            return field
    raise ValueError(f"{model.__name__} has no column {name}")


def _copy(
    table: str,
    names: str,
    fields: Sequence[models.Field[Any, Any]],
    rows: Iterable[Sequence[Any]],
    defaults: Sequence[Any],
) -> None:
    prepare = [f.get_db_prep_save for f in fields]
    with connection.cursor() as cursor, cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([p(v, connection) for p, v in zip(prepare, [*row, *defaults], strict=True)])


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
