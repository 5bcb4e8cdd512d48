"""Rows against guessing: failed tries, places known to be the owner's, puzzles already answered. Keyed hashes only."""

from django.db import models

from ..enums import Guess
from .user import User


class SignInFailure(models.Model):
    """One failed try, or one code that was asked for (P-08).

    ``pair`` is the keyed hash of account and address together, ``account`` and ``address`` of each alone; rows from
    before there were ceilings have the pair only.
    """

    kind = models.CharField(max_length=8, choices=Guess.choices, default=Guess.PASSWORD)
    pair = models.CharField(max_length=64)
    account = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["pair", "at"], name="sign_in_failure_pair"),
            models.Index(fields=["account", "at"], name="sign_in_failure_account"),
            models.Index(fields=["address", "at"], name="sign_in_failure_address"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=Guess.values), name="sign_in_failure_kind_known")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pair[:8]} {self.at}"


class KnownPlace(models.Model):
    """A network or browser from which the account was entered with the right password: its owner's, most likely."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    place = models.CharField(max_length=64, unique=True)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.place[:8]}"


class UsedToken(models.Model):
    """A captcha or proof of work that was handed in: it is never taken twice."""

    nonce = models.CharField(max_length=43, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.nonce
