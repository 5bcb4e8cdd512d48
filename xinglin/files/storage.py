"""The local folder for encrypted files; another Django storage (S3) takes its place by the setting STORAGES["private"]."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from django.utils.deconstruct import deconstructible

ALIAS = "private"
UNFINISHED = ".part"


def private() -> Storage:
    """The installation's storage of encrypted files."""
    return storages[ALIAS]


@deconstructible
class PrivateFolder(Storage):
    """Files `xx/yy/…` under `location` (default: `files` in the data folder), never served by a web server.

    A file appears whole or not at all: it is written beside its place, flushed to disk and renamed. Names come from our
    own code; one that leads outside raises SuspiciousFileOperation.
    """

    def __init__(self, location: str | os.PathLike[str] | None = None, *, durable: bool = True) -> None:
        self._location = location
        self._durable = durable

    @property
    def root(self) -> Path:
        """The folder, made on first use, readable by this account only."""
        folder = Path(self._location or Path(settings.DATA_DIR) / "files")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def path(self, name: str) -> str:
        """Where a file lies. Raises SuspiciousFileOperation for a name that leads outside."""
        parts = PurePosixPath(name).parts
        if not parts or any(part in ("..", "/") or "\\" in part or "\0" in part for part in parts):
            raise SuspiciousFileOperation("file name outside the private storage")
        return str(self.root.joinpath(*parts))

    @contextmanager
    def flushed_once(self) -> Iterator[None]:
        """For many files at once that nobody is told about yet: flushed to disk together at the end, not one by one."""
        durable, self._durable = self._durable, False
        try:
            yield
        finally:
            self._durable = durable
            if durable:
                os.sync()

    def _open(self, name: str, mode: str = "rb") -> File:
        return ContentFile(Path(self.path(name)).read_bytes(), name=name)

    def _save(self, name: str, content: File) -> str:
        place = Path(self.path(name))
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=place.parent, suffix=UNFINISHED)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                if self._durable:
                    file.flush()
                    os.fsync(file.fileno())
            os.replace(unfinished, place)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        if self._durable:
            _flush_folder(place.parent)
        return name

    def delete(self, name: str) -> None:
        """Remove the file; one that is gone already is no error."""
        Path(self.path(name)).unlink(missing_ok=True)

    def exists(self, name: str) -> bool:
        """Whether the file is there."""
        return Path(self.path(name)).is_file()

    def size(self, name: str) -> int:
        """Bytes on disk."""
        return Path(self.path(name)).stat().st_size

    def get_modified_time(self, name: str) -> datetime:
        """When the file was written, aware."""
        return datetime.fromtimestamp(Path(self.path(name)).stat().st_mtime, tz=UTC)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Folders and files in a folder; "" is the top."""
        folder = Path(self.path(path)) if path else self.root
        entries = sorted(folder.iterdir()) if folder.is_dir() else []
        return [e.name for e in entries if e.is_dir()], [e.name for e in entries if e.is_file()]


def walk(storage: Storage, folder: str = "") -> Iterator[str]:
    """Names of all files below a folder."""
    folders, files = storage.listdir(folder)
    prefix = f"{folder}/" if folder else ""
    yield from (prefix + name for name in files)
    for name in folders:
        yield from walk(storage, prefix + name)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
