"""Answers to what every page asks again, kept in the process for some seconds.

A browser that has just written asks anew, on whichever process it lands (`counts.asked_after`). Tests keep nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from django.conf import settings

T = TypeVar("T")
SECONDS = 10.0
_AT_MOST = 20_000
_kept: dict[Hashable, tuple[float, Any]] = {}


def keep(place: Hashable, ask: Callable[[], T], *, not_before: float = 0.0, seconds: float = SECONDS) -> T:
    """What ``ask`` answers, or its answer for the same ``place`` if younger than ``seconds`` and than ``not_before``."""
    seconds = min(getattr(settings, "XINGLIN_KEPT_SECONDS", seconds), seconds)
    now = time.time()
    kept = _kept.get(place)
    if kept and now - kept[0] < seconds and kept[0] > not_before:
        return kept[1]
    answer = ask()
    if len(_kept) >= _AT_MOST:
        _kept.clear()
    _kept[place] = (now, answer)
    return answer
