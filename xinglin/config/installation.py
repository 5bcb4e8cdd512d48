"""The data folder of one installation: making it, saying that it is being served, throwing it away."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

LOCK = "served.lock"
UNFINISHED = "demo.unfinished"


class BeingServed(Exception):
    """The data folder is in use by a running server."""


def make_folder() -> Path:
    """The data folder, readable by its owner only."""
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@contextmanager
def in_use() -> Iterator[None]:
    """Hold the sign that this folder is being served; any number of servers may."""
    with _lock(fcntl.LOCK_SH):
        yield


@contextmanager
def alone() -> Iterator[None]:
    """Hold the folder for oneself. Raises BeingServed while a server runs on it."""
    with _lock(fcntl.LOCK_EX):
        yield


@contextmanager
def _lock(kind: int) -> Iterator[None]:
    with open(make_folder() / LOCK, "w") as handle:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BeingServed(str(settings.DATA_DIR)) from error
        yield


@contextmanager
def demo_under_way() -> Iterator[None]:
    """Leave a sign in the folder unless the block comes to its end, so that a half-told demo is never taken for one."""
    sign = make_folder() / UNFINISHED
    sign.touch()
    yield
    sign.unlink()


def demo_is_half_told() -> bool:
    """Whether loading the demo was broken off here."""
    return (Path(settings.DATA_DIR) / UNFINISHED).exists()


def remove_files() -> None:
    """Delete the SQLite database, the keys and the stored files; anything else in the folder stays."""
    folder = Path(settings.DATA_DIR)
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(str(database["NAME"]) + ending).unlink(missing_ok=True)
    for name in ("keys", UNFINISHED):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "files", ignore_errors=True)
