"""Where an account stands: own password, initial password waiting, lapsed, locked (P-05)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer

from .models import MAX_TRIES, Grant, InitialCredential, User
from .selectors import open_credentials

UNUSABLE = "!"
CHOICES = (("active", "已设密码"), ("waiting", "待首次登录"), ("stuck", "初始密码不能用"))


@dataclass(frozen=True, slots=True)
class Standing:
    """``tone``: idle, run, wait, ok or bad, as tags have it."""

    tone: str
    label: str


def until(instant: datetime) -> str:
    """2026-12-20 17:54 in Asia/Shanghai."""
    return f"{instant.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"


def standings(users: Sequence[User]) -> dict[int, Standing]:
    """The standing of each account, in one query."""
    open_ones = {credential.user_id: credential for credential in open_credentials(users)}
    return {user.pk: _standing(user, open_ones.get(user.pk)) for user in users}


def _standing(user: User, credential: InitialCredential | None) -> Standing:
    if user.has_usable_password():
        return Standing("ok", "已设密码")
    if credential is None:
        return Standing("bad", "没有初始密码")
    if credential.is_locked:
        return Standing("bad", "初始密码已锁定")
    if not credential.is_pending(clock.now()):
        return Standing("bad", f"初始密码已于 {until(credential.expires_at)} 失效")
    return Standing("wait", f"待首次登录，初始密码 {until(credential.expires_at)}前有效")


def having(rows: QuerySet[Grant], value: str, _viewer: Viewer) -> QuerySet[Grant]:
    """Grants whose account stands so (one of CHOICES)."""
    if value == "active":
        return rows.exclude(user__password__startswith=UNUSABLE)
    good = InitialCredential.objects.filter(
        user=OuterRef("user"), used_at=None, revoked_at=None, expires_at__gt=clock.now(), failed_tries__lt=MAX_TRIES
    )
    waiting = rows.filter(user__password__startswith=UNUSABLE)
    return waiting.filter(Exists(good)) if value == "waiting" else waiting.exclude(Exists(good))
