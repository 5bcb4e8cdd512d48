"""Data keys, each wrapped by a master key."""

import uuid

from django.db import models

PURPOSES = {"person": "人员", "job": "任务", "system": "系统"}


class DataKey(models.Model):
    """One AES-256 key, stored wrapped. ``wrapped`` is emptied when the key is destroyed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=8, choices=list(PURPOSES.items()))
    wrapped = models.BinaryField(null=True)
    master_id = models.CharField(max_length=16)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="vault_key_destroyed_is_empty",
                condition=models.Q(wrapped__isnull=True, destroyed_at__isnull=False)
                | models.Q(wrapped__isnull=False, destroyed_at__isnull=True),
            ),
        ]
