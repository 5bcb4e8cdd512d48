"""How far somebody comes in the story, with how many of a hundred do so."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from random import Random


class Fate(Enum):
    """One way through an intake. The value tells it in a few words."""

    IMPORTED = "imported, never signed in"
    SIGNED_IN = "signed in, a draft at most"
    PARTLY_FILLED = "some parts saved"
    TRAINING_ONLY = "nothing of the resident, training information complete"
    PERSONAL_ONLY = "personal parts complete, no training information"
    COMPLETE = "complete, not reported"
    RETURNED = "returned to the resident, waiting"
    CORRECTED = "corrected by the resident, not yet seen by the base"
    CORRECTION_SEEN = "corrected and seen"
    PENDING = "reported, waiting for the province"
    RECALLED = "reported and recalled by the base"
    CHANGED = "reported, then changed by the resident, which recalled it"
    SENT_BACK = "returned by the province to the base"
    SENT_BACK_TO_RESIDENT = "returned by the province, then by the base to the resident"
    REPORTED_AGAIN = "returned by the province, corrected, reported again"
    APPROVED = "approved"
    APPROVED_LATER = "approved after a return"
    REVOKED = "approved, the approval revoked: waiting again"
    DELETED = "imported by mistake and deleted"


NOW = {
    Fate.IMPORTED: 12, Fate.SIGNED_IN: 4, Fate.PARTLY_FILLED: 12, Fate.TRAINING_ONLY: 3, Fate.PERSONAL_ONLY: 8,
    Fate.COMPLETE: 12, Fate.RETURNED: 4, Fate.CORRECTED: 4, Fate.CORRECTION_SEEN: 2, Fate.PENDING: 15, Fate.RECALLED: 1,
    Fate.CHANGED: 1, Fate.SENT_BACK: 2, Fate.SENT_BACK_TO_RESIDENT: 1, Fate.REPORTED_AGAIN: 3, Fate.APPROVED: 13,
    Fate.APPROVED_LATER: 1, Fate.REVOKED: 0.3, Fate.DELETED: 1,
}  # fmt: skip
BEFORE = {
    Fate.APPROVED: 83, Fate.APPROVED_LATER: 3, Fate.IMPORTED: 4, Fate.PARTLY_FILLED: 2, Fate.COMPLETE: 2,
    Fate.SENT_BACK: 3, Fate.PENDING: 2, Fate.DELETED: 1,
}  # fmt: skip

# Which parts of the record somebody of this fate has, and what the base and the province did.
NO_ACCOUNT_YET = {Fate.IMPORTED, Fate.TRAINING_ONLY, Fate.DELETED}
NOTHING_FILLED = {*NO_ACCOUNT_YET, Fate.SIGNED_IN}
NO_TRAINING = {Fate.IMPORTED, Fate.SIGNED_IN, Fate.PARTLY_FILLED, Fate.PERSONAL_ONLY, Fate.DELETED}
RETURNED_ONCE = {Fate.RETURNED, Fate.CORRECTED, Fate.CORRECTION_SEEN}
REPORTED_ONCE = {
    Fate.PENDING, Fate.RECALLED, Fate.CHANGED, Fate.SENT_BACK, Fate.SENT_BACK_TO_RESIDENT, Fate.REPORTED_AGAIN,
    Fate.APPROVED, Fate.APPROVED_LATER, Fate.REVOKED,
}  # fmt: skip
PROVINCE_RETURNED = {Fate.SENT_BACK, Fate.SENT_BACK_TO_RESIDENT, Fate.REPORTED_AGAIN, Fate.APPROVED_LATER}
REPORTED_TWICE = {Fate.REPORTED_AGAIN, Fate.APPROVED_LATER}


def cast(rng: Random, count: int, shares: Mapping[Fate, float], *, every: bool) -> list[Fate]:
    """Fates of ``count`` people; with ``every`` each fate occurs, even if that makes them more."""
    chosen = list(shares) if every else []
    missing = count - len(chosen)
    if missing > 0:
        chosen += rng.choices(list(shares), list(shares.values()), k=missing)
    rng.shuffle(chosen)
    return chosen
