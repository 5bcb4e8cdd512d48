"""Python's cycle collector: it rests during bulk work, and leaves alone what a process has loaded for good.

Tens of thousands of new rows make it walk over everything that lives, again and again, and find nothing: rows hold no
cycles. That was an eighth of an import's time.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 50_000
"""Containers that may be made before the collector looks: a page of a list makes about a thousand that stay a while."""

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


def settle() -> None:
    """Call once when a process has loaded what it serves with: that is never walked over again, and pages in the making
    are walked over every fifty pages instead of at each (a sixteenth of a page's processor time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
