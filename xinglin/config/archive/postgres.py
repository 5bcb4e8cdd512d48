"""The PostgreSQL database: every table by COPY in one snapshot; the schema comes from the migrations.

No pg_dump is needed, so no version of it can be wrong, and each table has a digest that can be compared after a
restore on another server.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.db import connection, transaction

from xinglin.history import partitions

from .container import CHUNK, BadArchive, Writer
from .spool import spooled

FOLDER, ENDING = "tables/", ".copy.gz"
LEFT_OUT = {"django_migrations"}
Tables = dict[str, dict[str, Any]]
_FORM = ("timezone = 'UTC'", "datestyle = 'ISO, YMD'", "bytea_output = 'hex'", "extra_float_digits = 3")
_PARTITION = re.compile(rf"{partitions.TABLE}_(\d{{6}})")


@contextmanager
def snapshot(folder: Path) -> Iterator[Any]:
    """A cursor whose reads all see the same instant; writers go on meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _set_form(cursor)
        yield cursor


def _set_form(cursor: Any) -> None:
    for setting in _FORM:
        cursor.execute(f"SET LOCAL {setting}")


def table_names() -> list[str]:
    """The product's tables, none of their partitions."""
    return sorted(set(connection.introspection.django_table_names(only_existing=True)) - LEFT_OUT)


def put(cursor: Any, writer: Writer, folder: Path) -> Tables:
    """Write every table into the archive; columns, counts and digests."""
    found: Tables = {}
    for name in table_names():
        columns = _columns(cursor, name)
        with spooled(folder) as packed:
            with gzip.open(packed, "wb", compresslevel=1) as target:
                entry = _copy_out(cursor, name, columns, cast(BinaryIO, target))
            with open(packed, "rb") as content:
                writer.add(f"{FOLDER}{name}{ENDING}", content, packed.stat().st_size)
        found[name] = {"columns": columns, **entry}
    return found


def _columns(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = '' ORDER BY attnum",
        [_quoted(table)],
    )
    return [name for (name,) in cursor.fetchall()]


def _key(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
        " WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY array_position(i.indkey::int[], a.attnum::int)",
        [_quoted(table)],
    )
    return [name for (name,) in cursor.fetchall()]


def _copy_out(cursor: Any, table: str, columns: list[str], target: BinaryIO | None) -> dict[str, Any]:
    """Rows in the order of their key as PostgreSQL's text, hashed on the way."""
    order = ", ".join(map(_quoted, _key(cursor, table)))
    listed = ", ".join(map(_quoted, columns))
    digest, count = hashlib.sha256(), 0
    query = f"COPY (SELECT {listed} FROM {_quoted(table)} ORDER BY {order}) TO STDOUT"
    with cursor.cursor.copy(query) as copy:
        for data in copy:
            digest.update(data)
            count += bytes(data).count(b"\n")
            if target is not None:
                target.write(data)
    return {"rows": count, "sha256": digest.hexdigest()}


def rows(cursor: Any, query: str) -> list[tuple[Any, ...]]:
    """Some rows of the snapshot."""
    cursor.execute(query)
    return cursor.fetchall()


def extras(cursor: Any) -> dict[str, Any]:
    """Where sequences stand (numbers of deleted rows are never given again), and the months of the history."""
    cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()")
    sequences = {name: value for name, value in cursor.fetchall() if value is not None}
    cursor.execute(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = %s::regclass",
        [partitions.TABLE],
    )
    months = [found[1] for (name,) in cursor.fetchall() if (found := _PARTITION.fullmatch(name))]
    return {"sequences": sequences, "months": sorted(months)}


def drop_tables() -> None:
    """Remove the product's tables and nothing else."""
    with connection.cursor() as cursor:
        for table in [*connection.introspection.django_table_names(only_existing=True), "django_migrations"]:
            cursor.execute(f"DROP TABLE IF EXISTS {_quoted(table)} CASCADE")


class Loader:
    """Loads the tables in one transaction into a schema of the archive's migrations."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        self.manifest = manifest
        self.tables: Tables = manifest["tables"]
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        self.cursor = connection.cursor()
        _set_form(self.cursor)
        for month in manifest["months"]:
            self.cursor.execute(partitions.partition_sql(partitions.month_of(month)))
        self.cursor.execute(f"TRUNCATE {', '.join(map(_quoted, table_names()))}")
        for name in self.tables:
            self.cursor.execute(f"ALTER TABLE {_quoted(name)} DISABLE TRIGGER USER")

    def take(self, name: str, content: BinaryIO) -> bool:
        """Whether this member was a table."""
        if not name.startswith(FOLDER):
            return False
        table = name.removeprefix(FOLDER).removesuffix(ENDING)
        listed = ", ".join(map(_quoted, self.tables[table]["columns"]))
        with (
            gzip.open(content) as plain,
            self.cursor.cursor.copy(f"COPY {_quoted(table)} ({listed}) FROM STDIN") as copy,
        ):
            while data := plain.read(CHUNK):
                copy.write(data)
        return True

    def finish(self) -> None:
        """Check references and digests, set the sequences, commit. Raises BadArchive; then nothing is loaded."""
        try:
            self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for name, entry in self.tables.items():
                self.cursor.execute(f"ALTER TABLE {_quoted(name)} ENABLE TRIGGER USER")
                found = _copy_out(self.cursor, name, entry["columns"], None)
                if found != {"rows": entry["rows"], "sha256": entry["sha256"]}:
                    raise BadArchive(f"恢复出来的表 {name} 与清单不符，没有写入任何数据。")
            for name, value in self.manifest["sequences"].items():
                self.cursor.execute("SELECT setval(to_regclass(%s), %s)", [_quoted(name), value])
        except BaseException as error:
            self.abandon(error)
            raise
        self.cursor.close()
        self._transaction.__exit__(None, None, None)

    def abandon(self, error: BaseException) -> None:
        """Take everything back."""
        self.cursor.close()
        self._transaction.__exit__(type(error), error, error.__traceback__)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
