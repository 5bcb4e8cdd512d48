"""Many rows at once: COPY on PostgreSQL, hundreds a statement on SQLite (Q-02).

Rows are prepared column by column: a column of plain values needs nothing, one that repeats a value is prepared once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from . import behind
from .copy_text import Same, lines_of
from .sqlite_rows import insert_statements

_NOTHING = object()
_AS_IT_IS: dict[type[models.Field[Any, Any]], type] = {
    models.BigAutoField: int, models.BigIntegerField: int, models.IntegerField: int, models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int, models.CharField: str, models.TextField: str, models.BooleanField: bool,
    models.BinaryField: bytes,
}  # fmt: skip
"""Python types that these fields hand to both databases unchanged."""
_SHORT_WAYS: dict[tuple[str, type[models.Field[Any, Any]]], tuple[type, Callable[[Any], Any] | None]] = {
    ("sqlite", models.UUIDField): (UUID, attrgetter("hex")), ("postgresql", models.UUIDField): (UUID, None),
    ("sqlite", models.DateField): (date, str), ("postgresql", models.DateField): (date, None),
}  # fmt: skip
"""What a database gets for values of exactly this type, where that is one step; None: the value itself."""
_CONSTANTS = (str, bytes, int, float, datetime, date, UUID, type(None))
_BLOCK = 5_000
"""Rows that are prepared and sent together: bounds the memory of an endless source."""


def plain_type(field: models.Field[Any, Any]) -> type | None:
    """The Python type whose values this field hands to both databases unchanged, if there is one.

    A field of another app says so itself: ``handed_over_as``.
    """
    target = _target(field)
    return getattr(target, "handed_over_as", None) or _AS_IT_IS.get(type(target))


def _target(field: models.Field[Any, Any]) -> models.Field[Any, Any]:
    return field.target_field if isinstance(field, models.ForeignKey) else field


def allocate_ids(model: type[models.Model], count: int) -> list[int]:
    """Reserve ``count`` primary keys, so that rows of several tables can be prepared before any is written.

    On SQLite the caller holds the one write lock (IMMEDIATE transaction), so the sequence row is ours to move.
    """
    if count == 0:
        return []
    open_block = behind.active()
    if open_block is not None and (reserved := open_block.take_ids(model, count)) is not None:
        return reserved
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # OFFSET 0 keeps the name of the sequence from being looked up for every row
            cursor.execute(
                "SELECT nextval(q.name) FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name OFFSET 0) AS q,"
                " generate_series(1, %s)",
                [table, count],
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


def reserve_ids(wanted: Mapping[type[models.Model], int]) -> None:
    """Take primary keys for the rows of an open block of `behind` before any is handed over: to ask for them later would
    wait. Elsewhere there is nothing to do."""
    open_block = behind.active()
    if open_block is not None:
        for model, count in wanted.items():
            open_block.keep_ids(model, allocate_ids(model, count))


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as tuples of Python values in the order of ``columns`` (field or attribute names).

    Columns left out take their field's default. A value that was handed over is not changed afterwards: many rows may
    share one dict. Must run in a transaction of an action. Raises ValueError for a row of another length.
    """
    fields = [_field(model, name) for name in columns]
    named = {field.name for field in fields}
    rest = [f for f in model._meta.concrete_fields if f.name not in named and not f.primary_key]
    everything = [*fields, *rest]
    names = ", ".join(connection.ops.quote_name(str(f.column)) for f in everything)
    table = connection.ops.quote_name(model._meta.db_table)
    tail = [Same(_prepared(f, [f.get_default()])[0]) for f in rest]
    blocks = ((count, [*prepared, *tail]) for count, prepared in _prepared_blocks(fields, rows))
    if connection.vendor == "postgresql":
        _copy(f"COPY {table} ({names}) FROM STDIN", blocks)
        return
    for count, values in blocks:
        for statement in insert_statements(table, names, values, count):
            behind.hand_over(lambda raw, statement=statement: raw.execute(*statement))  # type: ignore[misc]


def _copy(statement: str, blocks: Iterator[tuple[int, list[Sequence[Any] | Same]]]) -> None:
    """Send the blocks, or hand each over as text where the block of `behind` is open."""
    open_block = behind.active()
    if open_block is not None:
        for count, values in blocks:
            lines = lines_of(values, count, connection.connection)
            open_block.later(lambda raw, lines=lines: _send(raw, statement, [lines]))  # type: ignore[misc]
        return
    connection.ensure_connection()
    with connection.wrap_database_errors:
        raw = connection.connection
        _send(raw, statement, (lines_of(values, count, raw) for count, values in blocks))


def _send(raw: Any, statement: str, texts: Iterable[bytes]) -> None:
    with raw.cursor().copy(statement) as copy:
        for text in texts:
            copy.write(text)


def _prepared_blocks(
    fields: Sequence[models.Field[Any, Any]], rows: Iterable[Sequence[Any]]
) -> Iterator[tuple[int, list[Sequence[Any] | Same]]]:
    source = iter(rows)
    while block := list(islice(source, _BLOCK)):
        values = list(zip(*block, strict=True))
        yield len(block), [_column(field, column) for field, column in zip(fields, values, strict=True)]


def _column(field: models.Field[Any, Any], values: Sequence[Any]) -> Sequence[Any] | Same:
    """The values as the database takes them; one alone when all rows hold the same."""
    first, kinds = values[0], set(map(type, values))
    if len(kinds) == 1 and (
        first == values[-1] and values.count(first) == len(values)
        if isinstance(first, _CONSTANTS)
        else all(value is first for value in values)
    ):
        return Same(_prepared(field, [first])[0])
    if kinds == {plain_type(field)}:
        return values
    kind, way = _SHORT_WAYS.get((connection.vendor, type(_target(field))), (None, None))
    if kinds == {kind}:
        return values if way is None else list(map(way, values))
    return _prepared(field, values)


def _prepared(field: models.Field[Any, Any], values: Sequence[Any]) -> list[Any]:
    """The field's way from Python values to the database's; a value that repeats row after row is prepared once."""
    prepare, database = field.get_db_prep_save, connections[DEFAULT_DB_ALIAS]
    last: Any = _NOTHING
    done: Any = None
    ready = []
    for value in values:
        if value is not last:
            done, last = prepare(value, database), value
        ready.append(done)
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
