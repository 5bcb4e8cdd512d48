"""Room for what is too large for memory, beside the archive and readable by its owner only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def spooled(folder: Path) -> Iterator[Path]:
    """An empty file (mode 0600) that is gone afterwards."""
    handle, name = tempfile.mkstemp(prefix=".xinglin-", dir=folder)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(name + ending).unlink(missing_ok=True)
