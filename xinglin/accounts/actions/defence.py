"""Failed tries and used puzzles, each a small row of its own (P-08)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from xinglin.kernel import clock

from ..models import SignInFailure, UsedToken

KEPT = timedelta(days=1)


def record_failure(pair: str) -> None:
    """Count one failed try of an account from an address; rows older than a day go."""
    now = clock.now()
    SignInFailure.objects.filter(at__lt=now - KEPT).delete()
    SignInFailure.objects.create(pair=pair, at=now)


def forget_failures(pair: str) -> None:
    """After a right password the count starts anew."""
    SignInFailure.objects.filter(pair=pair).delete()


def claim_token(nonce: str, expires_at: datetime) -> bool:
    """Take a puzzle's nonce; False when it was taken before."""
    UsedToken.objects.filter(expires_at__lt=clock.now()).delete()
    try:
        with transaction.atomic():
            UsedToken.objects.create(nonce=nonce, expires_at=expires_at)
    except IntegrityError:
        return False
    return True
