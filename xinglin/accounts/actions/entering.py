"""What a sign-in leaves behind: the last identity and one history row."""

from __future__ import annotations

from django.db import transaction

from xinglin.history.actions import record

from ..models import Grant, User
from ..selectors import viewer_for
from .entries import about_grant


def note_choice(grant: Grant) -> None:
    """Remember the identity for the next time (P-07)."""
    if grant.user.last_grant_id != grant.pk:
        User.objects.for_system("the account's own choice").filter(pk=grant.user_id).update(last_grant_id=grant.pk)


@transaction.atomic
def enter(grant: Grant, *, address: str, request_id: str, verb: str = "signed_in") -> None:
    """A sign-in under an identity, or a switch to it: history, and the identity is remembered."""
    note_choice(grant)
    viewer = viewer_for(grant, address=address, request_id=request_id)
    record([about_grant(verb, grant, grant.organization)], by=viewer)
