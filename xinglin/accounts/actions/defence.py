"""Failed tries, known places and used puzzles, each a small row of its own (P-08)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from xinglin.kernel import clock

from ..enums import Guess
from ..models import KnownPlace, SignInFailure, UsedToken, User
from ..throttle import Guesser

KEPT = timedelta(hours=25)  # longer than the longest span that is counted


def record_failure(who: Guesser, kind: Guess = Guess.PASSWORD) -> None:
    """Count one failed try of an account from an address; rows that no limit counts any more go."""
    now = clock.now()
    SignInFailure.objects.filter(at__lt=now - KEPT).delete()
    SignInFailure.objects.create(kind=kind, pair=who.pair, account=who.account, address=who.address, at=now)


def forget_failures(who: Guesser, kind: Guess = Guess.PASSWORD) -> None:
    """After a right answer the count of this account from this address starts anew; other addresses keep theirs."""
    SignInFailure.objects.filter(kind=kind, pair=who.pair).delete()


def remember_places(user: User, who: Guesser) -> None:
    """The account was entered with the right password from this network and browser."""
    now = clock.now()
    for place in who.places:
        KnownPlace.objects.update_or_create(place=place, defaults={"user": user, "seen_at": now})


def claim_token(nonce: str, expires_at: datetime) -> bool:
    """Take a puzzle's nonce; False when it was taken before."""
    UsedToken.objects.filter(expires_at__lt=clock.now()).delete()
    try:
        with transaction.atomic():
            UsedToken.objects.create(nonce=nonce, expires_at=expires_at)
    except IntegrityError:
        return False
    return True
