"""Is somebody still there: the last sign of life, kept in a signed cookie so that no look at a page writes a row (P-08).

A session that was left alone for too long is over, for its owner and for whoever sits down at the same PC or holds a
stolen cookie. The database knows a coarser sign of life (``SignInSession.last_seen_at``); the later one counts.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core import signing
from django.http import HttpRequest, HttpResponse

from xinglin.kernel import clock

from . import sessions
from .roles import ROLES

COOKIE = f"{settings.COOKIE_PREFIX}xl_seen"
STEP = timedelta(seconds=60)
"""So long a cookie is good enough; not every answer needs to carry a new one."""


def idle_limit(role_code: str = "") -> timedelta:
    """Longer for faces that are used on one's own phone; the office's while no identity is chosen."""
    what = ROLES.get(role_code)
    phone = what is not None and what.phone_first
    return timedelta(minutes=settings.XINGLIN_IDLE_MINUTES_PHONE if phone else settings.XINGLIN_IDLE_MINUTES)


def is_idle(request: HttpRequest, limit: timedelta) -> bool:
    """Whether nothing was heard of this session for longer than the limit."""
    seen = seen_at(request)
    return seen is not None and clock.now() - seen >= limit


def seen_at(request: HttpRequest) -> datetime | None:
    """The later of cookie and row; None for a session that is not stored."""
    signs = [getattr(request.session, "seen_at", None), _cookie(request)]
    return max((sign for sign in signs if sign is not None), default=None)


def touch(request: HttpRequest, response: HttpResponse) -> None:
    """Let the browser carry the sign of life on, at most once a minute."""
    key = request.session.session_key
    if not key or not holds_somebody(request):
        return
    now, carried = clock.now(), _cookie(request)
    if carried is None or now - carried >= STEP:
        value = _signer().sign(f"{_mark(key)}:{int(now.timestamp())}")
        response.set_cookie(COOKIE, value, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


def holds_somebody(request: HttpRequest) -> bool:
    """A sign-in, or one that is not complete."""
    return any(word in request.session for word in (SESSION_KEY, sessions.INITIAL, sessions.HALFWAY))


def _cookie(request: HttpRequest) -> datetime | None:
    """What the cookie says of this very session; None for a forged one, or another session's."""
    key = request.session.session_key
    try:
        mark, seconds = _signer().unsign(request.COOKIES.get(COOKIE, "")).split(":")
    except (signing.BadSignature, ValueError):
        return None
    if not key or mark != _mark(key):
        return None
    return datetime.fromtimestamp(int(seconds), clock.SHANGHAI)


def _signer() -> signing.Signer:
    return signing.Signer(salt="xinglin.seen")


def _mark(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()[:16]
