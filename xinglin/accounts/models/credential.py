"""Initial credentials: a pending first sign-in that admits to the change page only (P-05)."""

from django.db import models
from django.db.models import Q

from .user import User


class Policy(models.TextChoices):
    """Which initial password: the manuals' fixed default, or a random one-time password."""

    FIXED = "fixed", "固定初始密码"
    RANDOM = "random", "一次性随机密码"


class InitialCredential(models.Model):
    """Never a password hash: a fixed default is compared, a random one is found by its keyed hash ``verifier``.

    Lapses at ``expires_at``; ``failed_tries`` counts wrong answers on the change page.
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
                condition=Q(policy="fixed", verifier="") & ~Q(default="") | Q(policy="random", default="") & ~Q(verifier=""),
            ),
        ]
