"""Reading what is kept against guessing: failed tries, known places, codes to the phone (P-08)."""

from __future__ import annotations

from datetime import datetime, timedelta

from .enums import CodePurpose
from .models import KnownPlace, PhoneCode, SignInFailure

PLACE_KEPT = timedelta(days=90)


def nth_failure(kind: str, scope: str, value: str, since: datetime, most: int) -> datetime | None:
    """The instant of the ``most``-th latest failure after ``since``; None when there were fewer.

    ``scope``: pair, account or address. The pause ends when this failure is older than the span.
    """
    rows = SignInFailure.objects.filter(kind=kind, at__gt=since, **{scope: value}).order_by("-at")
    found = list(rows.values_list("at", flat=True)[most - 1 : most])
    return found[0] if found else None


def is_known_place(places: tuple[str, ...], now: datetime) -> bool:
    """Whether the account was entered from one of these within the last ninety days."""
    return KnownPlace.objects.filter(place__in=places, seen_at__gt=now - PLACE_KEPT).exists()


def latest_code(purpose: CodePurpose, account: str) -> PhoneCode | None:
    """The code that was asked for last, in whatever state."""
    return PhoneCode.objects.filter(purpose=purpose, account=account).order_by("-asked_at", "-pk").first()


def code_of(code_id: int, purpose: CodePurpose) -> PhoneCode | None:
    """One code that was asked for."""
    return PhoneCode.objects.filter(pk=code_id, purpose=purpose).select_related("user").first()


def codes_sent_to(phone_hash: str, since: datetime) -> int:
    """How many codes went to a phone, whatever for."""
    return PhoneCode.objects.filter(phone_hash=phone_hash, made_at__gt=since).count()
