"""Initial credentials: a pending first sign-in that admits to the change page only (P-05)."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from ..enums import Policy
from .user import User

MAX_TRIES = 5


class InitialCredential(models.Model):
    """Never a password hash: a fixed default is compared, a random one is found by its keyed hash ``verifier``.

    Lapses at ``expires_at``; ``failed_tries`` counts wrong answers on the change page and, for random passwords,
    at the sign-in; at MAX_TRIES it is locked until it is renewed.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    policy = models.CharField(max_length=8, choices=Policy.choices)
    default = models.CharField(max_length=12, blank=True)
    verifier = models.CharField(max_length=64, blank=True)
    issuer_organization_id = models.BigIntegerField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    failed_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(used_at__isnull=True, revoked_at__isnull=True),
                name="credential_one_pending",
            ),
            models.CheckConstraint(
                name="credential_policy_has_means",
                condition=Q(policy="fixed", verifier="") & ~Q(default="")
                | Q(policy="random", default="") & ~Q(verifier=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_policy_display()} {self.pk}"

    @property
    def is_locked(self) -> bool:
        return self.failed_tries >= MAX_TRIES

    @property
    def tries_left(self) -> int:
        return max(MAX_TRIES - self.failed_tries, 0)

    @property
    def asks_phone(self) -> bool:
        """A default that everybody knows proves nothing: the imported mobile number must be typed as well."""
        return self.policy == Policy.FIXED

    def is_pending(self, at: datetime) -> bool:
        """Neither used nor renewed nor lapsed."""
        return self.used_at is None and self.revoked_at is None and at < self.expires_at
