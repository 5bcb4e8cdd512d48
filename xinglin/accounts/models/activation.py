"""One-time links on activation sheets: they stand for an initial password that somebody need not type (P-05)."""

import uuid

from django.db import models
from django.db.models import Q

from .credential import MAX_TRIES, InitialCredential


class ActivationToken(models.Model):
    """A printed link of one pending credential. Its secret is kept as keyed hash ``digest`` only.

    The row's id stands in the address and is no secret. It admits once; it lapses, locks and is revoked together with
    its credential, and a newer sheet replaces an older one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    credential = models.ForeignKey(InitialCredential, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    failed_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["credential"], condition=Q(used_at__isnull=True, revoked_at__isnull=True),
                name="activation_one_live",
            ),
            models.CheckConstraint(condition=~Q(digest=""), name="activation_has_digest"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True), name="activation_one_end"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_live(self) -> bool:
        """Neither used nor replaced nor locked; whether the credential still stands is the credential's word."""
        return self.used_at is None and self.revoked_at is None and self.failed_tries < MAX_TRIES
