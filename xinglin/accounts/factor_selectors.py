"""Reading second factors: whether an account has one, whether its identities must (P-08)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .models import Grant, RecoveryCode, SecondFactor, User
from .rules import needs_factor


@dataclass(frozen=True, slots=True)
class FactorState:
    """What pages say of an account's second factor. ``since`` is empty where there is none in force."""

    since: datetime | None = None
    codes_left: int = 0

    @property
    def is_on(self) -> bool:
        return self.since is not None


def factor_of(user_id: int) -> SecondFactor | None:
    """The row of an account, in force or only offered."""
    return SecondFactor.objects.select_related("key").filter(pk=user_id).first()


def has_factor(user_id: int) -> bool:
    """Whether sign-ins of the account ask for a second factor."""
    return SecondFactor.objects.filter(pk=user_id, confirmed_at__isnull=False).exists()


def unused_codes(user_id: int) -> list[RecoveryCode]:
    """Recovery codes that still open the door."""
    return list(RecoveryCode.objects.filter(user_id=user_id, used_at=None).order_by("pk"))


def state_of(user: User) -> FactorState:
    """For 我的账号 and for the level above."""
    factor = factor_of(user.pk)
    if factor is None or not factor.is_in_force:
        return FactorState()
    return FactorState(factor.confirmed_at, len(unused_codes(user.pk)))


def demanding(grants: Iterable[Grant]) -> Grant | None:
    """The first of these identities that may not be used without a second factor."""
    return next((grant for grant in grants if needs_factor(grant.role)), None)
