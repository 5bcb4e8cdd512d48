"""Python's cycle collector rests during bulk work.

Tens of thousands of new rows make it walk over everything that lives, again and again, and find nothing: rows hold no
cycles. That was an eighth of an import's time.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_resting = 0


@contextmanager
def resting_collector() -> Iterator[None]:
    """No cycle collection inside, for at most seconds; nests, and counts the threads that ask for it.

    Where the process runs without the collector it stays off.
    """
    global _resting
    with _lock:
        if _resting or gc.isenabled():
            _resting += 1
            mine = True
            gc.disable()
        else:
            mine = False
    try:
        yield
    finally:
        if mine:
            with _lock:
                _resting -= 1
                if not _resting:
                    gc.enable()
