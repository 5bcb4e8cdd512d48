"""How an account's owner can be reached: the verified phone, the number on record, the mail address (P-06, P-13)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from xinglin.kernel import clock, masks
from xinglin.organizations.models import Organization
from xinglin.vault.models import DataKey

from .enums import PhoneProof
from .models import Grant, User, VerifiedPhone
from .selectors import in_force

REASON = "whoever is meant is reached by the platform itself"


@dataclass(frozen=True, slots=True)
class Reach:
    """``phone``: the number on record, "" when there is none or it is only known as a hash; ``key`` seals what is
    written about the owner. ``proof`` is empty while the number is not verified."""

    user_id: int
    person_id: int | None
    key: DataKey | None
    phone: str = ""
    phone_hash: str = ""
    masked: str = ""
    email: str = ""
    proof: str = ""
    verified_at: datetime | None = None

    @property
    def verified_phone(self) -> str:
        """The number that codes for a forgotten password may go to, "" for none."""
        return self.phone if self.proof else ""

    @property
    def is_proven(self) -> bool:
        """Whether a code was once sent there and typed in."""
        return self.proof == PhoneProof.CODE


def reach_of(user_ids: Iterable[int]) -> dict[int, Reach]:
    """By user id, in two queries. Addresses are for sending to, never for showing."""
    ids = list(user_ids)
    users = User.objects.for_system(REASON).select_related("person__key", "organization__key").filter(pk__in=ids)
    verified = VerifiedPhone.objects.select_related("key").in_bulk(ids)
    return {user.pk: _reach(user, verified.get(user.pk)) for user in users}


def _reach(user: User, verified: VerifiedPhone | None) -> Reach:
    on_record = _number_on_record(user)
    if verified is not None and verified.phone_hash != on_record:
        verified = None  # the number changed since: whoever has the old one must get nothing
    proof = verified.proof if verified else ""
    verified_at = verified.verified_at if verified else None
    if user.person is not None:
        person = user.person
        return Reach(
            user.pk, person.pk, person.key, person.phone, on_record, masks.phone(person.phone), person.email, proof,
            verified_at,
        )  # fmt: skip
    masked = user.organization.contact_phone_masked if user.organization else ""
    phone, key = _contact_phone(user.organization)
    if not phone and verified is not None:
        phone, key = verified.phone, verified.key
    return Reach(user.pk, None, key, phone, on_record, masked, "", proof, verified_at)


def _contact_phone(organization: Organization | None) -> tuple[str, DataKey | None]:
    return (organization.contact_phone, organization.key) if organization else ("", None)


def _number_on_record(user: User) -> str:
    if user.person is not None:
        return user.person.phone_hash
    return user.organization.contact_phone_hash if user.organization else ""


def staff_ids(organization_id: int, roles: tuple[str, ...], track: str = "") -> list[int]:
    """Accounts with one of the roles in force at an organisation, of a track or of both."""
    rows = Grant.objects.for_system(REASON).filter(
        in_force(clock.now()), organization_id=organization_id, role__in=roles
    )
    if track:
        rows = rows.filter(track__in=[track, ""])
    return list(rows.filter(user__is_active=True).order_by("user_id").values_list("user_id", flat=True).distinct())
