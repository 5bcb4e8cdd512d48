"""Values of an authenticator app (RFC 6238): six digits for thirty seconds by the server's clock (P-08)."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

from xinglin.kernel import text

DIGITS, SECONDS = 6, 30
DRIFT = 1  # steps before and after: clocks of phones differ, and people need time to type
GROUP = 4


def new_secret() -> str:
    """160 random bits in base 32."""
    return pyotp.random_base32()


def matching_step(secret: str, typed: str, at: datetime) -> int | None:
    """Which thirty seconds the digits belong to, of those that are taken now; None for other digits."""
    digits, totp = text.normalise_code(typed), _totp(secret)
    now = totp.timecode(at)
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode()):
            found = step
    return found


def value_at(secret: str, at: datetime) -> str:
    """What the app shows at an instant."""
    return str(_totp(secret).at(at))


def address_for_app(secret: str, *, account: str, site: str) -> str:
    """The otpauth:// address that the app reads from the picture."""
    return str(_totp(secret).provisioning_uri(name=account, issuer_name=site))


def in_groups(secret: str) -> str:
    """ABCD EFGH …: for typing."""
    return " ".join(secret[start : start + GROUP] for start in range(0, len(secret), GROUP))


def _totp(secret: str) -> pyotp.TOTP:
    return pyotp.TOTP(secret, digits=DIGITS, interval=SECONDS)
