"""What happened to a review: append-only, the source of receipts and of the record's stepper."""

from django.db import models
from django.db.models import Q

from xinglin.kernel.scope import ScopedModel

from ..enums import Verb
from .version import ContentVersion


class ReviewEvent(ScopedModel):
    """One verb on one record, with the comment, the version it spoke of, and who spoke."""

    kind = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    organization_path = models.CharField(max_length=120)
    province_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=8, choices=Verb.choices)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=100)
    by_role = models.CharField(max_length=40)
    from_id = models.BigIntegerField(null=True)
    from_name = models.CharField(max_length=100)
    version = models.ForeignKey(ContentVersion, models.PROTECT, null=True, related_name="+")
    comment = models.TextField(blank=True)
    field_comments = models.JSONField(default=dict)

    class Meta(ScopedModel.Meta):
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["kind", "subject_id", "at"], name="review_event_subject")]
        constraints = [
            models.CheckConstraint(condition=~Q(verb="return") | ~Q(comment=""), name="review_event_return_comment"),
            models.CheckConstraint(condition=~Q(verb="revoke") | ~Q(comment=""), name="review_event_revoke_reason"),
        ]
