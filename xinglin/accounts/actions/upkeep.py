"""Letting go of what has run out: sessions, failed tries, used puzzles."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings

from xinglin.kernel import clock

from ..models import SignInFailure, UsedToken
from .defence import KEPT


def forget_ended() -> None:
    """Delete expired sessions, failed tries older than a day, and nonces that no puzzle can have any more."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    now = clock.now()
    SignInFailure.objects.filter(at__lt=now - KEPT).delete()
    UsedToken.objects.filter(expires_at__lt=now).delete()
