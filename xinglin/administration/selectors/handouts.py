"""Past batches of initial passwords in the viewer's subtree: what they came to, never what was in them (P-05, P-06)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from xinglin.accounts.models import CredentialHandout, Grant, HandoutItem, User
from xinglin.kernel.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Tally:
    """Accounts of one batch: all, issued, used for a first sign-in, left alone; until when what was issued counts."""

    accounts: int = 0
    issued: int = 0
    used: int = 0
    refused: int = 0
    until: datetime | None = None


def batches(viewer: Viewer) -> QuerySet[CredentialHandout]:
    """Batches that were handed out by an identity in the viewer's subtree, and in its track where it has one; passwords
    stay with whoever did (`own`)."""
    rows = CredentialHandout.objects.for_system("that it was handed out, without the passwords")
    if viewer.is_person or not viewer.organization_path:
        return rows.none()
    rows = rows.filter(organization_path__startswith=viewer.organization_path)
    if viewer.track:
        own_track = Grant.objects.for_system("handed out under which track").filter(track=viewer.track)
        rows = rows.filter(grant_id__in=own_track.values("pk"))
    return rows


def own(viewer: Viewer, ids: Iterable[UUID]) -> set[UUID]:
    """Which of these batches the viewer may open."""
    return set(CredentialHandout.objects.visible_to(viewer).filter(pk__in=list(ids)).values_list("pk", flat=True))


def tallies(ids: Iterable[UUID]) -> dict[UUID, Tally]:
    """What became of some batches, in one query."""
    rows = HandoutItem.objects.filter(handout__in=list(ids)).values("handout").order_by("handout")
    counted = rows.annotate(
        accounts=Count("pk"), issued=Count("credential"), used=Count("pk", filter=Q(credential__used_at__isnull=False)),
        refused=Count("pk", filter=~Q(refusal="")), until=Max("credential__expires_at"),
    )  # fmt: skip
    names = ("accounts", "issued", "used", "refused", "until")
    return {row[0]: Tally(*row[1:]) for row in counted.values_list("handout", *names)}


def names_of(user_ids: Iterable[int | None]) -> dict[int, str]:
    """Who handed out, by account."""
    rows = User.objects.for_system("who handed out in the viewer's subtree").select_related("person", "organization")
    return {user.pk: user.display_name for user in rows.filter(pk__in={pk for pk in user_ids if pk})}
