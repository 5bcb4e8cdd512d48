"""The content that was reported, sealed, with its digest."""

from django.db import models
from django.db.models import Q

from xinglin.kernel.scope import ScopedModel
from xinglin.vault.models import DataKey

CONTENT_CONTEXT = "reviews_contentversion.content"
"""Place that the sealed content is bound to."""


class ContentVersion(ScopedModel):
    """``content`` is canonical JSON ``{section: {field: value}}`` under the person's key.

    ``digest`` is SHA-256 over that JSON (64 hex digits): equal content, equal digest.
    """

    kind = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    organization_path = models.CharField(max_length=120)
    key = models.ForeignKey(DataKey, models.PROTECT, related_name="+")
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["kind", "subject_id", "made_at"], name="version_subject")]
        constraints = [models.CheckConstraint(condition=~Q(digest=""), name="version_has_digest")]
