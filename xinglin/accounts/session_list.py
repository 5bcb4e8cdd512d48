"""The sign-ins of an account that are in force, as its owner sees them (P-08)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import HASH_SESSION_KEY
from django.utils.crypto import constant_time_compare

from xinglin.kernel import clock
from xinglin.vault.hashing import keyed_hash

from .models import SignInSession, User


@dataclass(frozen=True, slots=True)
class SignIn:
    """``handle`` names it in a form without telling its key."""

    handle: str
    device: str
    address: str
    started_at: datetime
    last_seen_at: datetime
    current: bool


def handle_of(session_key: str) -> str:
    """A name for a session that opens nothing."""
    return keyed_hash("session-handle", session_key)[:32]


def sessions_of(user: User, own_key: str) -> list[SignIn]:
    """This one first, then the latest; without those that a changed password or an ended identity has closed."""
    rows = SignInSession.objects.filter(user=user, expire_date__gt=clock.now()).order_by("-last_seen_at")
    valid = [row for row in rows if row.session_key == own_key or _is_fresh(row, user)]
    shown = [
        SignIn(
            handle_of(row.session_key), row.device or "未知设备", row.address_masked, row.started_at, row.last_seen_at,
            row.session_key == own_key,
        )
        for row in valid
    ]  # fmt: skip
    return sorted(shown, key=lambda item: not item.current)


def _is_fresh(row: SignInSession, user: User) -> bool:
    return constant_time_compare(row.get_decoded().get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
