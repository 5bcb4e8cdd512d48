"""How a phone becomes a verified one (P-06, P-08; docs/decisions/0026)."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction

from xinglin.history.actions import record
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.actions import complete_phone
from xinglin.organizations.models import Organization
from xinglin.people.selectors import phone_hash
from xinglin.vault.actions import new_key

from ..enums import PhoneProof
from ..models import PhoneCode, User, VerifiedPhone
from ..reach import reach_of
from ..selectors import organization_of
from .codes import spend_code
from .entries import about_user


@transaction.atomic
def note_phone(user: User, proof: PhoneProof, *, by: Viewer, organization: Organization, phone: str = "") -> None:
    """The number on record is the owner's. ``phone``: as typed, needed where only its hash is on record.

    A number that a code has proven stays proven. Raises Refused for a number that is not the one on record.
    """
    reach = reach_of([user.pk])[user.pk]
    if phone and phone_hash(phone) != reach.phone_hash:
        raise Refused("手机号与登记的不一致，请核对；不清楚登记的是哪个号码，请联系发放账号的单位。", field="phone")
    if not reach.phone_hash or (reach.is_proven and proof == PhoneProof.MATCHED):
        return
    words = {"proof": proof, "phone_hash": reach.phone_hash, "verified_at": clock.now()}
    if user.person_id is None:
        number = phone or (reach.phone if proof == PhoneProof.CODE else "")
        if not number:
            return
        words |= {"key": reach.key or new_key("system"), "phone": number}
        complete_phone(organization_of(user.organization_id), number, by=by)
    VerifiedPhone.objects.update_or_create(user=user, defaults=words)
    record([about_user("phone_verified", user.pk, organization, person_id=user.person_id, proof=proof)], by=by)


@transaction.atomic
def prove_phone(user: User, code: PhoneCode, *, by: Viewer, organization: Organization) -> None:
    """The code came back: the number on record is proven. Raises Refused when it changed meanwhile."""
    if not spend_code(code) or code.phone_hash != reach_of([user.pk])[user.pk].phone_hash:
        raise Refused("验证码已失效，或手机号已经改过，请重新发送。", field="code")
    note_phone(user, PhoneProof.CODE, by=by, organization=organization)


@transaction.atomic
def trust_phones(user_ids: Iterable[int], *, by: Viewer) -> None:
    """Invented people have verified their phones. Raises Refused outside a trial installation."""
    if settings.PRODUCTION:
        raise Refused("正式系统的手机只能由本人验证。")
    people = User.objects.for_system(by.user_name).filter(pk__in=list(user_ids), person__isnull=False)
    now = clock.now()
    rows = [
        VerifiedPhone(user_id=pk, proof=PhoneProof.MATCHED, phone_hash=number, verified_at=now)
        for pk, number in people.exclude(person__phone_hash="").values_list("pk", "person__phone_hash")
    ]
    VerifiedPhone.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
