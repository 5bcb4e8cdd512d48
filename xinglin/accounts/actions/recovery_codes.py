"""Recovery codes: eight of sixty bits, shown once, kept as argon2id with a salt each (P-08, ASVS 6.5.2)."""

from __future__ import annotations

import re
import secrets

from django.contrib.auth.hashers import check_password, make_password

from xinglin.kernel import clock, text

from ..factor_selectors import unused_codes
from ..models import RecoveryCode, User

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
GROUPS, GROUP = 3, 4
COUNT = 8
_WRITTEN = re.compile(f"[{ALPHABET}]{{{GROUPS * GROUP}}}")


def make_codes(user: User) -> list[str]:
    """New codes in place of all earlier ones; part of an action that records it."""
    forget_codes(user)
    codes = [_new_code() for _ in range(COUNT)]
    now = clock.now()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=make_password(_bare(code)), made_at=now) for code in codes
    )
    return codes


def use_code(user: User, typed: str) -> bool:
    """Whether this is an unused code of the account; it is used now. What is no code costs no hash."""
    bare = _bare(typed)
    if not _WRITTEN.fullmatch(bare):
        return False
    found = next((row for row in unused_codes(user.pk) if check_password(bare, row.digest)), None)
    if found is None:
        return False
    return bool(RecoveryCode.objects.filter(pk=found.pk, used_at=None).update(used_at=clock.now()))


def forget_codes(user: User) -> None:
    """None of them opens the door any more."""
    RecoveryCode.objects.filter(user=user).delete()


def _new_code() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def _bare(code: str) -> str:
    """Hyphens, spaces and case do not matter."""
    return text.normalise_code(code[:64]).replace("-", "")
