"""Rows against guessing: failed sign-ins and puzzles already answered. No personal data, keyed hashes only."""

from django.db import models


class SignInFailure(models.Model):
    """One failed try. ``pair`` is the keyed hash of account and address together (P-08)."""

    pair = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["pair", "at"], name="sign_in_failure_pair")]

    def __str__(self) -> str:
        return f"{self.pair[:8]} {self.at}"


class UsedToken(models.Model):
    """A captcha or proof of work that was handed in: it is never taken twice."""

    nonce = models.CharField(max_length=43, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.nonce
