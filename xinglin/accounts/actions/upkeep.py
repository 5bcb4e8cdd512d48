"""Letting go of what has run out: sessions, failed tries, used puzzles, known places, codes to the phone, offered secrets."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from django.conf import settings

from xinglin.kernel import clock

from ..defence_selectors import PLACE_KEPT
from ..models import KnownPlace, PhoneCode, SignInFailure, UsedToken
from .defence import KEPT
from .factors import forget_offers

CODES_KEPT = timedelta(days=7)


def forget_ended() -> None:
    """Delete expired sessions, failed tries that no limit counts, nonces that no puzzle can have, old codes and places,
    second factors that were not set up."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    now = clock.now()
    SignInFailure.objects.filter(at__lt=now - KEPT).delete()
    UsedToken.objects.filter(expires_at__lt=now).delete()
    KnownPlace.objects.filter(seen_at__lt=now - PLACE_KEPT).delete()
    PhoneCode.objects.filter(asked_at__lt=now - CODES_KEPT).delete()
    forget_offers()
