"""The second factor of an account, and the codes for the day on which it is lost (P-08)."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from xinglin.vault.fields import SealedTextField
from xinglin.vault.models import DataKey

from .user import User

OFFER_KEPT = timedelta(hours=1)


class SecondFactor(models.Model):
    """The secret that an authenticator app holds too, sealed under the person's key (an organisation's: one of its own).

    ``offered`` is shown while somebody sets an app up, and becomes ``secret`` with the first right value; the old
    secret works until then. ``last_step``: the thirty seconds of the value that passed last; none passes twice.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    key = models.ForeignKey(DataKey, models.PROTECT, related_name="+")
    secret = SealedTextField(plain_length=32)
    offered = SealedTextField(plain_length=32)
    offered_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="second_factor_confirmed_by_a_value",
                condition=Q(confirmed_at__isnull=True, last_step__isnull=True)
                | Q(confirmed_at__isnull=False, last_step__isnull=False),
            ),
            models.CheckConstraint(
                name="second_factor_offered_or_confirmed",
                condition=Q(confirmed_at__isnull=False) | Q(offered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {'in force' if self.is_in_force else 'offered'}"

    @property
    def is_in_force(self) -> bool:
        """Whether sign-ins ask for it."""
        return self.confirmed_at is not None

    def is_offered(self, at: datetime) -> bool:
        """Whether a new secret waits for its first value."""
        return self.offered_at is not None and at < self.offered_at + OFFER_KEPT


class RecoveryCode(models.Model):
    """Stands for one value of a lost app, once. Kept like a password: argon2id with a salt of its own."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=128)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user"], condition=Q(used_at__isnull=True), name="recovery_code_unused")]
        constraints = [models.CheckConstraint(condition=~Q(digest=""), name="recovery_code_has_digest")]

    def __str__(self) -> str:
        return f"{self.user_id} {'used' if self.used_at else 'unused'}"
