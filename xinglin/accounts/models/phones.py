"""Verified phones, and the codes that are sent to them (P-06, P-08)."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from xinglin.vault.fields import SealedTextField
from xinglin.vault.models import DataKey

from ..enums import CodePurpose, PhoneProof
from .user import User

CODE_TRIES = 5


class VerifiedPhone(models.Model):
    """The number that the account's owner showed to be his own.

    It counts only while it is the number on record (``accounts.reach``). A person's number is kept with the person,
    an organisation's contact phone with the organisation; the number that its account typed is kept here as well,
    sealed, for rows that had a hash only.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    proof = models.CharField(max_length=8, choices=PhoneProof.choices)
    phone_hash = models.CharField(max_length=64)
    key = models.ForeignKey(DataKey, models.PROTECT, null=True, related_name="+")
    phone = SealedTextField(plain_length=20)
    verified_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(proof__in=PhoneProof.values), name="verified_phone_proof_known"),
            models.CheckConstraint(condition=~Q(phone_hash=""), name="verified_phone_has_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.get_proof_display()}"


class PhoneCode(models.Model):
    """A code of six digits that was asked for. Made and sent by a worker: the page that asks cannot know whether.

    Whoever names an account that does not exist, or has no verified phone, leaves the same row; it never gets a
    ``digest``. ``account`` and ``network`` are keyed hashes; the digits are kept as a keyed hash bound to the row.
    """

    purpose = models.CharField(max_length=8, choices=CodePurpose.choices)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    account = models.CharField(max_length=64)
    network = models.CharField(max_length=64)
    phone_hash = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["phone_hash", "made_at"], name="phone_code_phone")]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "account"], condition=Q(ended_at__isnull=True), name="phone_code_one_open"
            ),
            models.CheckConstraint(condition=Q(purpose__in=CodePurpose.values), name="phone_code_purpose_known"),
            models.CheckConstraint(condition=Q(tries__lte=CODE_TRIES), name="phone_code_tries"),
            models.CheckConstraint(
                name="phone_code_made_whole",
                condition=Q(made_at__isnull=True, digest="", phone_hash="")
                | Q(made_at__isnull=False, user__isnull=False) & ~Q(digest="") & ~Q(phone_hash=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.pk}"

    def is_open(self, at: datetime) -> bool:
        """Neither used nor replaced, nor out of time or tries."""
        return self.ended_at is None and at < self.expires_at and self.tries < CODE_TRIES
