"""Slows down guessing: so many failed tries of one account from one address, then a pause (P-08).

A whole hospital sits behind one address, and anybody may type anybody's name: only both together count.
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.vault.hashing import keyed_hash

from .selectors import failure_times

TRIES = 10
SPAN = timedelta(minutes=15)


def pair_of(account: str, address: str) -> str:
    """Keyed hash of an account (as found, or as typed) and an address."""
    return keyed_hash("sign-in", f"{account}\x00{address}")


def check(pair: str) -> None:
    """Raises Refused with the minutes to wait after TRIES failures within SPAN."""
    now = clock.now()
    times = failure_times(pair, now - SPAN, TRIES)
    if len(times) == TRIES:
        minutes = max(1, ceil((times[-1] + SPAN - now).total_seconds() / 60))
        raise Refused(f"输错次数太多，请 {minutes} 分钟后再试。忘记密码请联系能重置密码的单位。", field="password")
