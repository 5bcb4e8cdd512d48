"""Taking a backup while people work."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from xinglin.files.storage import private
from xinglin.kernel import clock
from xinglin.vault.masters import masters

from . import keys, postgres, sqlite
from .container import FORMAT, KIND, MANIFEST, Writer, writing

FILES = "files/"
STORED = (
    "SELECT name, thumb_name FROM files_storedfile WHERE purged_at IS NULL",
    "SELECT file, '' FROM exports_exportjob WHERE file <> ''",
)
"""Names in the private storage that rows refer to."""
Tell = Callable[[str], None]


def back_up(path: Path, *, with_keys: bool = True, tell: Tell = lambda words: None) -> dict[str, Any]:
    """Write the archive and return its manifest. Raises OSError.

    The database is copied as of one instant, the files after it: they are written before their row and deleted long
    after it, so every file that a copied row names is there. One that is not is told in the manifest.
    """
    vendor: Any = sqlite if connection.vendor == "sqlite" else postgres
    folder = path.absolute().parent
    with writing(path, settings.XINGLIN_BACKUP_PASSPHRASE) as writer:
        with vendor.snapshot(folder) as view:
            manifest: dict[str, Any] = {
                "kind": KIND,
                "format": FORMAT,
                "made_at": clock.now().isoformat(timespec="seconds"),
                "database": connection.vendor,
                "migrations": _migrations(vendor.rows(view, "SELECT app, name FROM django_migrations ORDER BY id")),
            }
            tell("正在复制数据库 …")
            manifest["tables"] = vendor.put(view, writer, folder)
            if vendor is postgres:
                manifest |= postgres.extras(view)
            names = list(_names(vendor, view))
        tell(f"正在复制 {len(names):,} 个文件 …")
        manifest["files"] = _files(writer, names)
        manifest["keys"] = {"included": with_keys, **keys.marks(masters())}
        if with_keys:
            writer.add_bytes(keys.MEMBER, keys.text())
        manifest["members"] = dict(writer.members)
        writer.add_bytes(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    return manifest


def applied_migrations() -> dict[str, list[str]]:
    """Which migrations the database has seen."""
    return _migrations(sorted(MigrationRecorder(connection).applied_migrations()))


def _migrations(rows: list[tuple[Any, ...]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for app, name in rows:
        found.setdefault(app, []).append(name)
    return {app: sorted(names) for app, names in sorted(found.items())}


def _names(vendor: Any, view: Any) -> Iterator[str]:
    for query in STORED:
        for pair in vendor.rows(view, query):
            yield from filter(None, pair)


def _files(writer: Writer, names: list[str]) -> dict[str, Any]:
    storage, size, missing = private(), 0, []
    for name in names:
        try:
            length = storage.size(name)
            with storage.open(name) as content:
                writer.add(FILES + name, cast(BinaryIO, content), length)
        except FileNotFoundError:
            missing.append(name)
            continue
        size += length
    return {"count": len(names) - len(missing), "bytes": size, "missing": missing}
