"""Where an account stands: own password, initial password waiting, lapsed, locked (P-05)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer

from .models import MAX_TRIES, InitialCredential, User
from .selectors import open_credentials

UNUSABLE = "!"
CHOICES = (
    ("active", "已设密码"),
    ("waiting", "待首次登录"),
    ("stuck", "初始密码不能用"),
    ("lapsed", "初始密码失效"),
    ("locked", "初始密码已锁定"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """``tone``: idle, run, wait, ok or bad, as tags have it. ``code``: active, waiting, lapsed or locked."""

    tone: str
    label: str
    code: str = ""

    @property
    def short(self) -> str:
        """Without dates, for a tag."""
        return dict(CHOICES)[self.code]

    @property
    def is_waiting(self) -> bool:
        """An initial password admits now."""
        return self.code == "waiting"


def until(instant: datetime) -> str:
    """2026-12-20 17:54 in Asia/Shanghai."""
    return f"{instant.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"


def standings(users: Sequence[User]) -> dict[int, Standing]:
    """The standing of each account, in one query."""
    open_ones = {credential.user_id: credential for credential in open_credentials(users)}
    return {user.pk: _standing(user, open_ones.get(user.pk)) for user in users}


def _standing(user: User, credential: InitialCredential | None) -> Standing:
    if user.has_usable_password():
        return Standing("ok", "已设密码", "active")
    if credential is None:
        return Standing("bad", "没有初始密码", "lapsed")
    if credential.is_locked:
        return Standing("bad", "初始密码已锁定", "locked")
    if not credential.is_pending(clock.now()):
        return Standing("bad", f"初始密码已于 {until(credential.expires_at)} 失效", "lapsed")
    return Standing("wait", f"待首次登录，初始密码 {until(credential.expires_at)}前有效", "waiting")


def having(rows: QuerySet[Any], value: str, _viewer: Viewer) -> QuerySet[Any]:
    """Grants whose account stands so (one of CHOICES)."""
    return rows.filter(stands(value, "user"))


def stands(value: str, at: str = "") -> Q:
    """The condition that an account stands so; ``at``: path from the row to the account, "" for accounts themselves."""
    before = f"{at}__" if at else ""
    unset = Q(**{f"{before}password__startswith": UNUSABLE})
    if value == "active":
        return ~unset
    mine = InitialCredential.objects.filter(user=OuterRef(at or "pk"), used_at=None, revoked_at=None)
    locked = Exists(mine.filter(failed_tries__gte=MAX_TRIES))
    good = Exists(mine.filter(expires_at__gt=clock.now(), failed_tries__lt=MAX_TRIES))
    return (
        unset
        & {
            "waiting": Q(good),
            "stuck": ~Q(good),
            "locked": Q(locked),
            "lapsed": ~Q(good) & ~Q(locked),
        }[value]
    )
