"""Live numbers of the menus, kept for a few seconds so that a page does not ask the database for each of them.

Every write answers with a cookie that makes the writer's next pages ask anew, on whichever process they land.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from xinglin.kernel.viewer import Viewer

KEPT_SECONDS = 10.0
COOKIE = f"{settings.COOKIE_PREFIX}xl_fresh"
_KEPT_AT_MOST = 20_000
_kept: dict[tuple[int | None, str], tuple[float, int | None]] = {}


def count_of(viewer: Viewer, key: str, ask: Callable[[Viewer], int | None], not_before: float = 0.0) -> int | None:
    """The number for ``key``: kept if younger than KEPT_SECONDS and than ``not_before`` (epoch seconds)."""
    place = (viewer.grant_id, key)
    now = time.time()
    kept = _kept.get(place)
    if viewer.grant_id is not None and kept and now - kept[0] < KEPT_SECONDS and kept[0] > not_before:
        return kept[1]
    value = ask(viewer)
    if len(_kept) >= _KEPT_AT_MOST:
        _kept.clear()
    _kept[place] = (now, value)
    return value


def asked_after(request: HttpRequest) -> float:
    """The instant (epoch seconds) of the browser's last write; numbers kept before it are not shown."""
    try:
        return float(request.COOKIES.get(COOKIE, "0"))
    except ValueError:
        return 0.0


def mark_written(request: HttpRequest, response: HttpResponse) -> None:
    """After a POST: let the same browser see fresh numbers until the kept ones have run out."""
    if request.method == "POST":
        stamp = f"{time.time():.3f}"
        response.set_cookie(
            COOKIE, stamp, max_age=int(KEPT_SECONDS) + 1, httponly=True, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip


def forget() -> None:
    """Drop every kept number (tests, and after another process changed everything)."""
    _kept.clear()
