"""A return of the personal part to the resident, and its answer (R-07)."""

from django.db import models
from django.db.models import Q

from xinglin.kernel.scope import ScopedModel
from xinglin.reviews.models import ContentVersion

from .enrollment import Enrollment


class Correction(ScopedModel):
    """One return: comment on the whole or on single fields, each answered by a change or a reply.

    ``field_comments`` and ``replies`` map field keys (``education.bachelor.degree_number``) to text. ``before`` is
    the personal record as it stood at the return; the difference to it is what the base is shown.
    """

    scope_organization = "enrollment__organization__path"
    scope_base = "enrollment__organization_id"
    scope_province = "enrollment__province_id"
    scope_track = "enrollment__track"
    scope_person = "enrollment__person_id"

    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="corrections")
    comment = models.TextField("退回意见")
    field_comments = models.JSONField(default=dict)
    reply = models.TextField("说明", blank=True)
    replies = models.JSONField(default=dict)
    before = models.ForeignKey(ContentVersion, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    requested_by_id = models.BigIntegerField(null=True)
    requested_by_name = models.CharField(max_length=100)
    corrected_at = models.DateTimeField(null=True)
    correction_seen_at = models.DateTimeField(null=True)
    correction_seen_by_id = models.BigIntegerField(null=True)
    correction_seen_by_name = models.CharField(max_length=100, blank=True)

    class Meta(ScopedModel.Meta):
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(comment=""), name="correction_has_comment"),
            models.UniqueConstraint(
                fields=["enrollment"], condition=Q(corrected_at__isnull=True), name="correction_one_open"
            ),
            models.CheckConstraint(
                condition=Q(correction_seen_at__isnull=True) | Q(corrected_at__isnull=False),
                name="correction_seen_after_answer",
            ),
        ]
