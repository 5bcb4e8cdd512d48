"""Letting go of what has run out: sessions, failed tries, used puzzles, known places, codes to the phone."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from django.conf import settings

from xinglin.kernel import clock

from ..defence_selectors import PLACE_KEPT
from ..models import KnownPlace, PhoneCode, SignInFailure, UsedToken
from .defence import KEPT

CODES_KEPT = timedelta(days=7)


def forget_ended() -> None:
    """Delete expired sessions, failed tries that no limit counts, nonces that no puzzle can have, old codes and places."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    now = clock.now()
    SignInFailure.objects.filter(at__lt=now - KEPT).delete()
    UsedToken.objects.filter(expires_at__lt=now).delete()
    KnownPlace.objects.filter(seen_at__lt=now - PLACE_KEPT).delete()
    PhoneCode.objects.filter(asked_at__lt=now - CODES_KEPT).delete()
