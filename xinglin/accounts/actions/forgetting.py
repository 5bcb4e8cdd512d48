"""What the door keeps of a person who is erased: the verified phone, codes, known places, sign-ins, the second factor."""

from __future__ import annotations

from xinglin.people.registry import Erasure, ErasurePart

from ..models import KnownPlace, PhoneCode, RecoveryCode, SecondFactor, SignInSession, VerifiedPhone


def _erase(erasure: Erasure) -> None:
    """Keyed hashes of the phone are no use to anybody once the person is gone; the sign-ins end at once."""
    for model in (VerifiedPhone, PhoneCode, KnownPlace, SignInSession, SecondFactor, RecoveryCode):
        model._base_manager.filter(user__person=erasure.person).delete()


PART = ErasurePart("accounts.door", erase=_erase)
