"""Who can sign in to the demo with what (Q-14). The passwords are public: only invented accounts have them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xinglin.accounts.models import Grant, InitialCredential, User
from xinglin.accounts.roles import ROLES
from xinglin.accounts.selectors import in_force
from xinglin.kernel import clock

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
    """Every open account's identities in force, by role from the top of the tree down."""
    pending = _initial_passwords()
    for role in reversed(ROLES):
        rows = Grant.objects.for_system(REASON).filter(in_force(clock.now()), role=role, user__is_active=True)
        joined = rows.select_related("organization__province", "user__person__key", "user__organization")
        for grant in joined.order_by("organization__path", "pk").iterator():
            yield _sign_in(grant, pending)


def _initial_passwords() -> dict[int, str]:
    """Fixed defaults that still wait for a first sign-in, by user; a random one is known to nobody but its owner."""
    open_ones = InitialCredential.objects.filter(used_at=None, revoked_at=None, expires_at__gt=clock.now())
    return dict(open_ones.values_list("user", "default"))


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
