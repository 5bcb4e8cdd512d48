"""Who can sign in to the demo with what (Q-14). The passwords are public: only invented accounts have them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from xinglin.accounts.door import TrialAccount
from xinglin.accounts.enums import Entrance
from xinglin.accounts.models import MAX_TRIES, Grant, InitialCredential, User
from xinglin.accounts.roles import ROLES
from xinglin.accounts.selectors import in_force
from xinglin.kernel import clock
from xinglin.organizations.enums import Track
from xinglin.residents.enums import CorrectionStatus
from xinglin.residents.models import Enrollment

PASSWORD = "Apricot-2026"
REASON = "the demo tells who can sign in"


@dataclass(frozen=True, slots=True)
class SignIn:
    """One identity of one account. ``phone`` is asked for, together with a new password, at a first sign-in only."""

    role: str
    role_label: str
    name: str
    organization: str
    province: str
    track: str
    user_name: str
    password: str
    phone: str


def sign_ins() -> Iterator[SignIn]:
    """Every open account's identities in force, by role from the top of the tree down.

    Accounts whose initial credential lapsed unused are left out: their base has to renew it first.
    """
    pending = dict(_open_credentials().values_list("user", "default"))
    for role in reversed(ROLES):
        for grant in _grants(role).order_by("organization__path", "pk").iterator():
            if grant.user.activated_at or grant.user_id in pending:
                yield _sign_in(grant, pending)


def examples() -> Iterator[SignIn]:
    """For the sign-in page: of each role the first account that has its password, and a resident who has none yet;
    of the ministry one for each track.

    The resident with a password is one whose turn it is: the base returned the personal information.
    """
    waiting = _open_credentials()
    for role in reversed(ROLES):
        accounts = _grants(role).order_by("pk")
        in_use = accounts.filter(user__activated_at__isnull=False)
        ready = in_use.filter(user__person__in=_returned()).first() if role == "resident" else None
        if role == "ministry_reader":
            firsts = (in_use.filter(track=track).first() for track in Track.values)
            yield from (_sign_in(found, {}) for found in firsts if found)
        elif ready := ready or in_use.first():
            yield _sign_in(ready, {})
        if role == "resident" and (newcomer := accounts.filter(user__in=waiting.values("user")).first()):
            yield _sign_in(newcomer, dict(waiting.filter(user=newcomer.user).values_list("user", "default")))


def trial_accounts() -> Iterator[TrialAccount]:
    """The examples as the sign-in page shows them (P-04)."""
    for found in examples():
        entrance = Entrance.RESIDENT if found.role == "resident" else Entrance.ORGANIZATION
        more = f"（第一次登录，手机 {found.phone}）" if found.phone else ""
        if found.role == "ministry_reader":
            more = f"（{Track(found.track).label}）"
        yield TrialAccount(entrance, found.role_label + more, found.organization, found.user_name, found.password)


def _grants(role: str) -> QuerySet[Grant]:
    rows = Grant.objects.for_system(REASON).filter(in_force(clock.now()), role=role, user__is_active=True)
    return rows.select_related("organization__province", "user__person__key", "user__organization")


def _returned() -> QuerySet[Any]:
    """Persons who are to correct something."""
    rows = Enrollment.objects.for_system(REASON).filter(holding=True, correction_status=CorrectionStatus.REQUESTED)
    return rows.values("person")


def _open_credentials() -> QuerySet[InitialCredential]:
    """What waits for a first sign-in. ``default`` is empty where a random password is known to its owner only."""
    rows = InitialCredential.objects.filter(used_at=None, revoked_at=None, expires_at__gt=clock.now())
    return rows.filter(failed_tries__lt=MAX_TRIES)


def _sign_in(grant: Grant, pending: dict[int, str]) -> SignIn:
    user, province = grant.user, grant.organization.province
    first = user.pk in pending
    return SignIn(
        role=grant.role,
        role_label=ROLES[grant.role].label,
        name=user.display_name,
        organization=grant.organization.name,
        province=province.name if province else "",
        track=grant.track,
        user_name=_user_name(user),
        password=pending[user.pk] if first else PASSWORD,
        phone=user.person.phone if first and user.person else "",
    )


def _user_name(user: User) -> str:
    """What is typed at the entrance: the chosen name, the ID number, or the organisation's name."""
    if user.sign_in_name:
        return user.sign_in_name
    return user.person.id_number if user.person else user.display_name
