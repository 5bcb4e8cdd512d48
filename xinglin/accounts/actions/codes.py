"""Codes to the phone: asked for by a page, made by a worker, typed in once (P-06, P-08).

The page that asks does the same work for every name, known or not; whether there is an account with a verified phone
is found out by the worker, out of sight.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from xinglin.kernel import clock, text
from xinglin.kernel.errors import Refused
from xinglin.vault.hashing import keyed_hash

from .. import throttle
from ..courier import courier
from ..defence_selectors import codes_sent_to, latest_code
from ..enums import CodePurpose, Guess
from ..models import CODE_TRIES, PhoneCode, User
from ..reach import Reach, reach_of
from ..selectors import grants_of
from ..throttle import Guesser
from .defence import record_failure

LIFETIME = timedelta(minutes=10)
RESEND = timedelta(seconds=60)
PER_PHONE = 8  # codes a day to one phone, whatever for
DIGITS = 6


@dataclass(frozen=True, slots=True)
class MadeCode:
    """What the courier carries: ``digits`` to ``reach.phone``, good until ``expires_at``."""

    reach: Reach
    purpose: CodePurpose
    digits: str
    organization_path: str
    expires_at: datetime


@transaction.atomic
def ask_code(purpose: CodePurpose, who: Guesser, user: User | None) -> PhoneCode:
    """Ask for a code; an earlier one for the same purpose is void from now on.

    Raises Refused within a minute of the last one, and beyond the limits of a day.
    """
    throttle.check(who, Guess.ASKED)
    now = clock.now()
    last = latest_code(purpose, who.account)
    if last is not None and now - last.asked_at < RESEND:
        raise _too_soon(last.asked_at + RESEND - now)
    PhoneCode.objects.filter(purpose=purpose, account=who.account, ended_at=None).update(ended_at=now)
    record_failure(who, Guess.ASKED)
    try:
        with transaction.atomic():
            code = PhoneCode.objects.create(
                purpose=purpose, user=user, account=who.account, network=who.address, asked_at=now,
                expires_at=now + LIFETIME,
            )  # fmt: skip
    except IntegrityError:
        raise _too_soon(RESEND) from None
    courier().post_code(code.pk)
    return code


def _too_soon(left: timedelta) -> Refused:
    return Refused(f"验证码刚刚发过，请 {max(1, round(left.total_seconds()))} 秒后再试。", field="name")


@transaction.atomic
def make_code(code_id: int) -> MadeCode | None:
    """The worker's part: the digits for whoever may have them, None for everybody else. Makes them once."""
    rows = PhoneCode.objects.select_for_update(of=("self",)).select_related("user")
    code = rows.filter(pk=code_id, made_at=None, ended_at=None, expires_at__gt=clock.now()).first()
    if code is None or code.user is None or not code.user.is_active:
        return None
    purpose, reach = CodePurpose(code.purpose), reach_of([code.user.pk])[code.user.pk]
    grants = grants_of(code.user)
    phone = _ALLOWED[purpose](code.user, reach)
    now = clock.now()
    if not phone or not grants or codes_sent_to(reach.phone_hash, now - timedelta(days=1)) >= PER_PHONE:
        return None
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    code.digest, code.phone_hash, code.made_at = _digest(code.pk, digits), reach.phone_hash, now
    code.save(update_fields=["digest", "phone_hash", "made_at"])
    return MadeCode(reach, purpose, digits, grants[0].organization.path, code.expires_at)


def _for_owner(user: User, reach: Reach) -> str:
    """Only to a phone that was verified, of an account that has a password of its own."""
    return reach.verified_phone if user.has_usable_password() else ""


def _on_record(_user: User, reach: Reach) -> str:
    return reach.phone


_ALLOWED: dict[CodePurpose, Callable[[User, Reach], str]] = {
    CodePurpose.RESET: _for_owner,
    CodePurpose.SIGN_IN: _for_owner,
    CodePurpose.FIRST: _on_record,
    CodePurpose.PHONE: _on_record,
}


def _digest(code_id: int, digits: str) -> str:
    return keyed_hash("phone-code", f"{code_id}\x00{digits}")


@transaction.atomic
def try_code(code: PhoneCode, typed: str) -> bool:
    """Whether these are the code's digits; a wrong answer costs one of its five tries.

    The try is taken before the comparison, so that many at once are no more than five.
    """
    open_rows = PhoneCode.objects.filter(pk=code.pk, ended_at=None, expires_at__gt=clock.now(), tries__lt=CODE_TRIES)
    if not open_rows.update(tries=F("tries") + 1):
        return False
    code.refresh_from_db(fields=["tries", "digest"])
    right = hmac.compare_digest(code.digest or "-", _digest(code.pk, text.normalise_code(typed)))
    if right:
        PhoneCode.objects.filter(pk=code.pk).update(tries=F("tries") - 1)
    return right


def spend_code(code: PhoneCode) -> bool:
    """Use the code up; False when it was used or replaced meanwhile. Part of the action that it permits."""
    return bool(PhoneCode.objects.filter(pk=code.pk, ended_at=None).update(ended_at=clock.now()))
