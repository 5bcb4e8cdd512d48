"""The second factor: set up, given at a sign-in, replaced, turned off, taken away by the level above (P-08)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from xinglin.history.actions import record
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import Organization
from xinglin.vault.actions import destroy_key, new_key

from .. import throttle, totp
from ..courier import courier
from ..enums import Guess
from ..factor_selectors import demanding, factor_of
from ..models import OFFER_KEPT, SecondFactor, SignInFailure, User
from ..roles import role
from ..selectors import grants_of, organization_of
from .entries import about_user
from .passwords import reset_refusals
from .recovery_codes import forget_codes, make_codes, use_code

WRONG = "动态码不对。请看验证器上现在的 6 位数字；一直不对，请把手机的时间设为自动校准。"
OVER = "等的时间太长，或没有开始设置。请点“开始设置”，重新扫码。"
NONE = "这个账号没有开启两步验证。"
REASON = "the account's own second factor"


@transaction.atomic
def offer_factor(user: User) -> None:
    """A new secret to be put into an app; one that is in force goes on until the new one is confirmed."""
    known = _locked(user)
    key = known.key if known else user.person.key if user.person else new_key("system")
    factor = known or SecondFactor(user=user, key=key)
    factor.offered, factor.offered_at = totp.new_secret(), clock.now()
    factor.save(update_fields=["offered", "offered_at"] if known else None)


@transaction.atomic
def confirm_factor(user: User, typed: str, *, by: Viewer) -> list[str]:
    """The first value of the new app is right: sign-ins ask for it, other sessions end. Returns new recovery codes.

    Raises Refused.
    """
    now, factor = clock.now(), _locked(user)
    if factor is None or not factor.is_offered(now):
        raise Refused(OVER, field="code")
    step = totp.matching_step(factor.offered, typed, now)
    if step is None:
        raise Refused(WRONG, field="code")
    verb = "factor_replaced" if factor.is_in_force else "factor_on"
    factor.secret, factor.offered, factor.offered_at = factor.offered, "", None
    factor.confirmed_at, factor.last_step = now, step
    factor.save()
    _end_sessions(user)
    _note(verb, user, by, organization_of(by.organization_id), told="已开启" if verb == "factor_on" else "换了验证器")
    return make_codes(user)


def pass_factor(user: User, typed: str, *, by: Viewer, organization: Organization) -> bool:
    """Whether this is a value of the app, or a recovery code; either passes once."""
    factor, now = factor_of(user.pk), clock.now()
    if factor is None or not factor.is_in_force:
        return False
    step = totp.matching_step(factor.secret, typed, now)
    if step is not None:
        later = SecondFactor.objects.filter(pk=user.pk, confirmed_at=factor.confirmed_at, last_step__lt=step)
        return bool(later.update(last_step=step))
    with transaction.atomic():
        if not use_code(user, typed):
            return False
        _note("recovery_code_used", user, by, organization, told="用恢复码通过了一次")
    return True


@transaction.atomic
def renew_codes(user: User, *, by: Viewer) -> list[str]:
    """New recovery codes; earlier ones are void. Raises Refused without a factor in force."""
    _in_force(user)
    _note("recovery_codes_renewed", user, by, organization_of(by.organization_id))
    return make_codes(user)


@transaction.atomic
def turn_off(user: User, *, by: Viewer) -> None:
    """Sign-ins ask for the password alone. Raises Refused where one of the account's identities must have a factor."""
    grant = demanding(grants_of(user))
    if grant is not None:
        raise Refused(f"本平台要求“{role(grant.role).label}”使用两步验证，不能关闭。换了手机请用“更换验证器”。")
    _take_away(_in_force(user), user)
    _note("factor_off", user, by, organization_of(by.organization_id), told="已关闭")


def factor_refusals(users: Sequence[User], by: Viewer) -> dict[int, str]:
    """Why the viewer may not take these accounts' factors away: whoever may reset the password may (P-06)."""
    own = "请在“我的账号”里更换或关闭。"
    return reset_refusals(users, by, what="两步验证", own=own)


@transaction.atomic
def reset_factor(user: User, *, by: Viewer, reason: str) -> None:
    """重置两步验证 by the level above, once it is sure whom it has before it: sessions end, the owner is told.

    Raises NotAllowed that says who can, Refused without a factor in force.
    """
    refused = factor_refusals([user], by)
    if refused:
        raise NotAllowed(refused[user.pk])
    _take_away(_in_force(user), user)
    told = f"被“{by.organization_name}”重置"
    _note("factor_reset", user, by, organization_of(by.organization_id), told=told, reason=reason)


@transaction.atomic
def forget_offers() -> None:
    """Let go of secrets that nobody put into an app in time."""
    late = SecondFactor.objects.filter(offered_at__lt=clock.now() - OFFER_KEPT)
    for factor in late.filter(confirmed_at=None).select_related("user", "key"):
        _delete(factor, factor.user)
    late.filter(confirmed_at__isnull=False).update(offered=b"", offered_at=None)


def _take_away(factor: SecondFactor, user: User) -> None:
    """Wrong values of it count no more, so that its owner is not kept out of a new one."""
    _delete(factor, user)
    forget_codes(user)
    SignInFailure.objects.filter(kind=Guess.FACTOR, account=throttle.guesser(f"user:{user.pk}", "").account).delete()
    _end_sessions(user)


def _delete(factor: SecondFactor, user: User) -> None:
    factor.delete()
    if user.person_id is None:
        destroy_key(factor.key)


def _in_force(user: User) -> SecondFactor:
    """Raises Refused where there is none."""
    factor = _locked(user)
    if factor is None or not factor.is_in_force:
        raise Refused(NONE)
    return factor


def _locked(user: User) -> SecondFactor | None:
    rows = SecondFactor.objects.select_for_update(of=("self",)).select_related("key")
    return rows.filter(pk=user.pk).first()


def _end_sessions(user: User) -> None:
    User.objects.for_system(REASON).filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)


def _note(verb: str, user: User, by: Viewer, place: Organization, *, told: str = "", reason: str = "") -> None:
    """History, and a word to the owner about what he may not have done himself."""
    record([about_user(verb, user.pk, place, person_id=user.person_id, reason=reason)], by=by)
    if told:
        courier().tell_factor(user.pk, told)
