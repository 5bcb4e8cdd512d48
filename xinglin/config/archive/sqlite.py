"""The SQLite database: a copy by the online backup interface, taken while people write."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.db import connection

from .container import BadArchive, Writer
from .spool import spooled

MEMBER = "database.sqlite3.gz"
Tables = dict[str, dict[str, Any]]


def database_path() -> Path:
    """Where the database lies."""
    return Path(str(connection.settings_dict["NAME"]))


@contextmanager
def snapshot(folder: Path) -> Iterator[sqlite3.Connection]:
    """A consistent copy in ``folder`` for as long as the block lasts; writers go on meanwhile."""
    with spooled(folder) as place:
        with closing(sqlite3.connect(database_path(), timeout=60)) as source, closing(sqlite3.connect(place)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        with closing(sqlite3.connect(place)) as copy:
            copy.execute("PRAGMA query_only=1")
            yield copy


def put(copy: sqlite3.Connection, writer: Writer, folder: Path) -> Tables:
    """Write the copy into the archive; counts and digests of its tables."""
    place = copy.execute("PRAGMA database_list").fetchone()[2]
    with spooled(folder) as packed:
        with open(place, "rb") as plain, gzip.open(packed, "wb", compresslevel=1) as target:
            shutil.copyfileobj(plain, target, 1024 * 1024)
        with open(packed, "rb") as content:
            writer.add(MEMBER, content, packed.stat().st_size)
    return tables(copy)


def tables(copy: sqlite3.Connection) -> Tables:
    """Rows and digest of every table, in the order of its key."""
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    return {name: _table(copy, name) for (name,) in copy.execute(names).fetchall()}


def _table(copy: sqlite3.Connection, name: str) -> dict[str, Any]:
    columns = copy.execute("SELECT name, pk FROM pragma_table_info(?)", [name]).fetchall()
    listed = ", ".join(f'"{column}"' for column, _ in columns)
    key = ", ".join(f'"{column}"' for column, place in sorted(columns, key=lambda c: c[1]) if place) or listed
    digest, count = hashlib.sha256(), 0
    for row in copy.execute(f'SELECT {listed} FROM "{name}" ORDER BY {key}'):
        digest.update(repr(row).encode("utf-8", "surrogatepass"))
        count += 1
    return {"rows": count, "sha256": digest.hexdigest()}


def rows(copy: sqlite3.Connection, query: str) -> list[tuple[Any, ...]]:
    """Some rows of the copy."""
    return copy.execute(query).fetchall()


class Loader:
    """Takes the database out of the archive beside its place, checks it, and puts it there."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        self.manifest = manifest
        self.place = database_path()
        self.beside = self.place.with_name(f"{self.place.name}.restored")

    def take(self, name: str, content: BinaryIO) -> bool:
        """Whether this member was the database."""
        if name != MEMBER:
            return False
        self.place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as target, gzip.open(content) as plain:
            shutil.copyfileobj(plain, target, 1024 * 1024)
            target.flush()
            os.fsync(target.fileno())
        return True

    def finish(self) -> None:
        """Compare with the manifest and put it in place. Raises BadArchive; then the old database stands."""
        try:
            with closing(sqlite3.connect(self.beside)) as copy:
                if tables(copy) != self.manifest["tables"]:
                    raise BadArchive("恢复出来的数据与清单不符，没有替换现有数据库。")
            connection.close()
            for ending in ("-wal", "-shm", "-journal"):
                Path(f"{self.place}{ending}").unlink(missing_ok=True)
            os.replace(self.beside, self.place)
        finally:
            self.beside.unlink(missing_ok=True)
