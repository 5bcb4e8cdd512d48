"""The authenticator app on somebody's phone, for tests."""

from __future__ import annotations

import time
from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.test import Client

from xinglin.accounts import sessions, totp
from xinglin.accounts.actions.factors import confirm_factor, offer_factor
from xinglin.accounts.factor_selectors import factor_of
from xinglin.accounts.models import User
from xinglin.kernel import clock

from .factories import viewer_of

LATER = timedelta(seconds=totp.SECONDS)


class App:
    """Shows values for one account's secret."""

    def __init__(self, secret: str, codes: list[str]) -> None:
        self.secret, self.codes = secret, codes

    def value(self, ahead: timedelta = LATER) -> str:
        """The next value: what confirmed the app has passed already."""
        return totp.value_at(self.secret, clock.now() + ahead)

    def wrong(self) -> str:
        """Six digits that are none of the values taken now."""
        taken = {totp.value_at(self.secret, clock.now() + step * LATER) for step in (-1, 0, 1)}
        return next(digits for number in range(9) if (digits := f"{number}" * 6) not in taken)


def enrol(user: User) -> App:
    """Set the second factor of an account up, as its owner would."""
    offer_factor(user)
    factor = factor_of(user.pk)
    assert factor is not None
    secret = factor.offered
    codes = confirm_factor(user, first_value(secret), by=viewer_of(user))
    user.refresh_from_db(fields=["session_epoch"])
    return App(secret, codes)


def first_value(secret: str) -> str:
    """The value before this one, so that this one is still unused. It is taken as long as this one lasts: where that is
    not three seconds more, the next one is waited for."""
    left = totp.SECONDS - clock.now().timestamp() % totp.SECONDS
    if left < 3:
        time.sleep(left + 0.05)
    return totp.value_at(secret, clock.now() - LATER)


def lose_recency(client: Client) -> None:
    """As if the password had been given long ago."""
    session: SessionBase = client.session
    session[sessions.CONFIRMED] = 0
    session.save()
