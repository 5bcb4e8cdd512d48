"""Bringing an archive back, into an empty installation unless told otherwise."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files import File
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from xinglin.files.storage import private
from xinglin.history.sealing import forget_mark

from . import keys, postgres, sqlite
from .container import BadArchive, checked_manifest, read
from .saving import FILES, applied_migrations

Tell = Callable[[str], None]
FILLED = ("accounts_user", "people_person", "history_historyentry")
NOT_EMPTY = "这里已经有数据，没有恢复。确定要用备份替换现有数据时，请加 --replace；现有数据将不再存在。"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def restore(path: Path, *, replace: bool = False, tell: Tell = lambda words: None) -> dict[str, Any]:
    """Verify the archive, then load it and migrate; returns its manifest.

    Raises BadArchive before anything is touched for an archive that is damaged, newer than this version, of the other
    database, or without its keys, and for a target that has data; OSError.
    """
    passphrase = settings.XINGLIN_BACKUP_PASSPHRASE
    tell("正在核对备份文件 …")
    manifest = checked_manifest(path, passphrase)
    _admissible(manifest, replace)
    tell(keys.put_in_place(_keys(path, passphrase, manifest), manifest))
    tell("正在恢复 …")
    loader: Any = _loader(manifest)
    with _flushed_once():
        try:
            read(path, passphrase, lambda name, content: _take(loader, name, content))
        except BaseException as error:
            if isinstance(loader, postgres.Loader):
                loader.abandon(error)
            raise
    loader.finish()
    tell("正在升级数据库结构 …")
    call_command("migrate", interactive=False, verbosity=0)
    forget_mark()
    return manifest


def _admissible(manifest: dict[str, Any], replace: bool) -> None:
    if manifest["database"] != connection.vendor:
        made, here = NAMES.get(manifest["database"], manifest["database"]), NAMES[connection.vendor]
        raise BadArchive(f"这是 {made} 的备份，这里用的是 {here}，不能恢复。请把 DATABASE_URL 设成同一种数据库。")
    known = MigrationLoader(None).disk_migrations
    newer = [
        f"{app}.{name}" for app, names in manifest["migrations"].items() for name in names if (app, name) not in known
    ]
    if newer:
        raise BadArchive(f"备份来自更新的版本（{newer[0]}），请先升级程序再恢复。")
    if not replace and _has_data():
        raise BadArchive(NOT_EMPTY)


def _has_data() -> bool:
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in FILLED:
            if table in there:
                cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")
                if cursor.fetchone():
                    return True
    return False


def _keys(path: Path, passphrase: str, manifest: dict[str, Any]) -> bytes | None:
    found: list[bytes] = []
    if manifest["keys"]["included"]:
        read(path, passphrase, lambda name, content: found.append(content.read()) if name == keys.MEMBER else None)
    return found[0] if found else None


def _loader(manifest: dict[str, Any]) -> sqlite.Loader | postgres.Loader:
    if connection.vendor == "sqlite":
        return sqlite.Loader(manifest)
    if applied_migrations() != manifest["migrations"] or _has_data():
        postgres.drop_tables()
        _migrate_to(manifest["migrations"])
    return postgres.Loader(manifest)


def _migrate_to(recorded: dict[str, list[str]]) -> None:
    """The schema as the archive's version had it."""
    executor = MigrationExecutor(connection)
    nodes = {(app, name) for app, names in recorded.items() for name in names}
    graph = executor.loader.graph
    nodes &= set(graph.nodes)
    ends = [node for node in nodes if not {child.key for child in graph.node_map[node].children} & nodes]
    executor.migrate(sorted(ends))


def _take(loader: Any, name: str, content: BinaryIO) -> None:
    if loader.take(name, content) or not name.startswith(FILES):
        return
    storage, place = private(), name.removeprefix(FILES)
    if storage.exists(place):
        storage.delete(place)
    storage.save(place, File(content, name=place))


def _flushed_once() -> AbstractContextManager[None]:
    """Many files are flushed to disk together at the end."""
    return getattr(private(), "flushed_once", nullcontext)()
