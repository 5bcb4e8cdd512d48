"""Cross-check rules as versioned data, and the reasons that confirm soft contradictions (R-26)."""

from django.db import models
from django.db.models import Q

from xinglin.kernel.scope import ScopedModel

from ..enums import CheckLevel
from .enrollment import Enrollment


class CheckRule(models.Model):
    """Level of one rule from a day on; the newest edition that is in effect counts."""

    code = models.CharField(max_length=48)
    edition = models.PositiveIntegerField()
    level = models.CharField(max_length=4, choices=CheckLevel.choices)
    effective_from = models.DateField()
    source = models.CharField(max_length=200)
    set_by_name = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["code", "-edition"]
        constraints = [
            models.UniqueConstraint(fields=["code", "edition"], name="check_rule_edition"),
            models.CheckConstraint(condition=Q(level__in=CheckLevel.values), name="check_rule_level"),
        ]


class CheckConfirmation(ScopedModel):
    """A soft contradiction confirmed with a reason, once per rule and record.

    ``fingerprint`` is the keyed hash of the compared fields: another value, and the confirmation is void.
    """

    scope_organization = "enrollment__organization__path"
    scope_track = "enrollment__track"
    scope_person = "enrollment__person_id"

    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="+")
    rule = models.CharField(max_length=48)
    fingerprint = models.CharField(max_length=64)
    reason = models.CharField("理由", max_length=200)
    confirmed_at = models.DateTimeField()
    confirmed_by_id = models.BigIntegerField(null=True)
    confirmed_by_name = models.CharField(max_length=100)
    confirmed_by_role = models.CharField(max_length=40)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "rule", "fingerprint"], name="confirmation_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="confirmation_has_reason"),
        ]
