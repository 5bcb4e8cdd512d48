"""The sign-in itself: who is meant, is the password right, may the account come in (P-04, P-05, P-08).

Every way out with a wrong name or password says the same and costs the same hash.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import authenticate

from xinglin.kernel import clock, text
from xinglin.kernel.errors import Refused

from . import throttle
from .actions import forget_failures, record_failure
from .actions.passwords import count_failed_try
from .enums import Policy
from .models import InitialCredential, User
from .rules import credential_matches
from .selectors import find_users, grants_of, open_credential_of, organization_of

WRONG = "用户名或密码不对，请核对后再试。第一次登录请用初始密码。"


@dataclass(frozen=True, slots=True)
class Admission:
    """Who may come in; with a credential only as far as the page that sets the first password."""

    user: User
    credential: InitialCredential | None = None


def admit(*, entrance: str, name: str, password: str, address: str, id_type: str = "") -> Admission:
    """Raises Refused with the field at fault and what to do."""
    users = find_users(entrance, name, id_type)
    user = users[0] if len(users) == 1 else None
    pair = throttle.pair_of(f"user:{user.pk}" if user else f"{entrance}:{text.normalise_code(name)}", address)
    throttle.check(pair)
    if len(users) > 1:
        raise Refused("这个号码对应不止一种证件，请选择证件类型。", field="id_type")
    credential = open_credential_of(user) if user else None
    right = authenticate(user=user, password=password) is not None
    if credential is not None and user is not None and not user.has_usable_password():
        right = credential_matches(credential, password)
    if user is None or not right:
        _count(pair, credential)
        raise Refused(WRONG, field="password")
    forget_failures(pair)
    if not grants_of(user):
        raise Refused("账号目前没有有效的身份，请联系所在单位的管理员。", field="name")
    if user.has_usable_password():
        return Admission(user)
    return Admission(user, _usable(credential))


def _count(pair: str, credential: InitialCredential | None) -> None:
    """A random initial password also has its own few tries; a fixed default is no secret and needs none here."""
    record_failure(pair)
    if credential is not None and credential.policy == Policy.RANDOM:
        count_failed_try(credential)


def _usable(credential: InitialCredential | None) -> InitialCredential:
    if credential is None:
        raise Refused(WRONG, field="password")
    issuer = organization_of(credential.issuer_organization_id)
    if credential.is_locked:
        raise Refused(f"初始密码输错次数太多，已经锁定。请联系“{issuer}”重新发放。", field="password")
    if not credential.is_pending(clock.now()):
        day = credential.expires_at.astimezone(clock.SHANGHAI)
        raise Refused(f"初始密码已于 {day:%Y-%m-%d %H:%M:%S} 失效。请联系“{issuer}”重新发放。", field="password")
    return credential
