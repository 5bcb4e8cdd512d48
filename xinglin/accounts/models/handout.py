"""What was handed out in one go: initial passwords of accounts that were opened, reset or renewed (P-05, P-06)."""

import uuid

from django.db import models
from django.db.models import Q

from xinglin.kernel.scope import ScopedModel
from xinglin.kernel.viewer import Viewer
from xinglin.vault.fields import SealedTextField
from xinglin.vault.models import DataKey

from ..enums import HandoutVerb
from .credential import InitialCredential
from .user import User


class CredentialHandout(ScopedModel):
    """One batch, whether of one account or of thousands; seen by whoever handed it out, under the same identity.

    One-time passwords are sealed under ``key``, which is destroyed at ``expires_at``: the batch stays, the passwords go.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.ForeignKey(DataKey, models.PROTECT, related_name="+")
    verb = models.CharField("方式", max_length=8, choices=HandoutVerb.choices)
    owner_user_id = models.BigIntegerField(null=True)
    grant_id = models.BigIntegerField(null=True)
    organization_path = models.CharField(max_length=120)
    reason = models.CharField("理由", max_length=200, blank=True)
    job_id = models.UUIDField(null=True)
    created_at = models.DateTimeField("时间")
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    wiped_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["owner_user_id", "-created_at"], name="handout_owner_recent")]
        constraints = [
            models.CheckConstraint(condition=Q(verb__in=HandoutVerb.values), name="handout_verb_known"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="handout_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.created_at}"

    @classmethod
    def scope_q(cls, viewer: Viewer) -> Q:
        """Passwords are for the identity that handed them out, and for nobody else."""
        if viewer.user_id is None:
            return Q() if viewer.role == "system" else Q(pk__in=[])
        return Q(owner_user_id=viewer.user_id, grant_id=viewer.grant_id)

    @property
    def is_open(self) -> bool:
        """Whether some accounts still wait for their turn."""
        return self.finished_at is None


class HandoutItem(models.Model):
    """One account of a batch: waiting, issued (``credential``) or left alone, with the reason (``refusal``)."""

    handout = models.ForeignKey(CredentialHandout, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    credential = models.ForeignKey(InitialCredential, models.SET_NULL, null=True, related_name="+")
    password = SealedTextField("初始密码", plain_length=20)
    refusal = models.CharField("原因", max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handout", "user"], name="handout_item_once"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=False) | Q(credential__isnull=True, refusal=""),
                name="handout_item_result_when_done",
            ),
        ]
        indexes = [
            models.Index(fields=["handout"], condition=Q(done_at__isnull=True), name="handout_item_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.handout_id} {self.user_id}"

    @property
    def key(self) -> DataKey:
        """The batch's key seals the password."""
        return self.handout.key
