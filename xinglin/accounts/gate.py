"""The sign-in itself: who is meant, is it a human, is the password right, may the account come in (P-04, P-05, P-08).

Every way out with a wrong name or password says the same and costs the same hash and the same queries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth import authenticate

from xinglin.kernel import clock, text
from xinglin.kernel.errors import Refused

from . import throttle
from .actions import forget_failures, record_failure
from .actions.passwords import count_failed_try
from .enums import Guess, Policy
from .models import InitialCredential, User
from .rules import credential_matches
from .selectors import find_users, grants_of, open_credential_of, organization_of
from .throttle import Guesser

WRONG = "用户名或密码不对，请核对后再试。第一次登录请用初始密码。"
NOBODY = User(pk=0)
"""Stands for an account that does not exist where the same question is asked for its time."""

Human = Callable[[Guesser], None]
"""Raises Refused unless a captcha, some work or a code to the phone shows that a human sits there."""


@dataclass(frozen=True, slots=True)
class Admission:
    """Who may come in; with a credential only as far as the page that sets the first password."""

    user: User
    credential: InitialCredential | None = None


def identify(
    *, entrance: str, name: str, address: str, id_type: str = "", device: str = ""
) -> tuple[list[User], Guesser]:
    """Accounts meant by what was typed, and who is counted for a failure: the account if there is exactly one."""
    users = find_users(entrance, name, id_type)
    account = f"user:{users[0].pk}" if len(users) == 1 else f"{entrance}:{text.normalise_code(name)}"
    return users, throttle.guesser(account, address, device)


def admit(
    *, entrance: str, name: str, password: str, address: str, id_type: str = "", device: str = "",
    human: Human | None = None,
) -> Admission:  # fmt: skip
    """Raises Refused with the field at fault and what to do."""
    users, who = identify(entrance=entrance, name=name, address=address, id_type=id_type, device=device)
    if human is not None:
        check_human(human, who)
    throttle.check(who)
    if len(users) > 1:
        raise Refused("这个号码对应不止一种证件，请选择证件类型。", field="id_type")
    user = users[0] if users else None
    credential = open_credential_of(user or NOBODY)
    right = authenticate(user=user, password=password) is not None
    if credential is not None and user is not None and not user.has_usable_password():
        right = credential_matches(credential, password)
    if user is None or not right:
        _count(who, credential)
        raise Refused(WRONG, field="password")
    forget_failures(who)
    if not grants_of(user):
        raise Refused("账号目前没有有效的身份，请联系所在单位的管理员。", field="name")
    if user.has_usable_password():
        return Admission(user)
    return Admission(user, _usable(credential))


def check_human(human: Human, who: Guesser) -> None:
    """Ask for the captcha, within its own limits. Raises Refused."""
    throttle.check(who, Guess.CAPTCHA)
    try:
        human(who)
    except Refused:
        record_failure(who, Guess.CAPTCHA)
        raise


def _count(who: Guesser, credential: InitialCredential | None) -> None:
    """A random initial password also has its own few tries; a fixed default is no secret and needs none here."""
    record_failure(who)
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
