"""Windows, their phases and extensions. Instants to the second, half-open [starts_at, ends_at)."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from xinglin.kernel.scope import ScopedModel
from xinglin.organizations.enums import Track
from xinglin.organizations.models import Organization

from .enums import PhaseKind, Purpose


class CollectionWindow(models.Model):
    """One batch of a year in a track; a province's own lies within the association's (``within``)."""

    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    year = models.PositiveSmallIntegerField("年份")
    batch = models.PositiveSmallIntegerField("批次")
    track = models.CharField(max_length=12, choices=Track.choices)
    province = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    within = models.ForeignKey("self", models.PROTECT, null=True, related_name="own_windows")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-year", "-batch", "track", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "year", "batch", "track"],
                condition=Q(province__isnull=True),
                name="window_once",
            ),
            models.UniqueConstraint(
                fields=["purpose", "year", "batch", "track", "province"],
                condition=Q(province__isnull=False),
                name="window_once_a_province",
            ),
            models.CheckConstraint(
                name="window_of_province_within",
                condition=Q(province__isnull=True, within__isnull=True)
                | Q(province__isnull=False, within__isnull=False),
            ),
            models.CheckConstraint(condition=Q(batch__gte=1), name="window_batch_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年第 {self.batch} 批"


class WindowPhase(models.Model):
    """One phase of a window."""

    window = models.ForeignKey(CollectionWindow, models.CASCADE, related_name="phases")
    kind = models.CharField(max_length=8, choices=PhaseKind.choices)
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")

    class Meta:
        ordering = ["window_id", "starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["window", "kind"], name="phase_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="phase_dates"),
        ]

    def __str__(self) -> str:
        return PhaseKind(self.kind).label


class Extension(ScopedModel):
    """A later end of one phase for one organisation's subtree, with its reason.

    One that was taken back ends at ``ended_at``, with a reason of its own; the row stays.
    """

    scope_organization = "organization__path"
    scope_track = "phase__window__track"

    phase = models.ForeignKey(WindowPhase, models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    ends_at = models.DateTimeField("延长至")
    reason = models.CharField("理由", max_length=200)
    given_by_id = models.BigIntegerField(null=True)
    given_by_name = models.CharField(max_length=100)
    given_at = models.DateTimeField()
    given_by_organization_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField("撤销时间", null=True)
    ended_reason = models.CharField("撤销理由", max_length=200, blank=True)
    ended_by_name = models.CharField(max_length=100, blank=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_reason"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_reason="") | (Q(ended_at__isnull=False) & ~Q(ended_reason="")),
                name="extension_end_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__lte=F("ends_at")),
                name="extension_ended_before_its_end",
            ),
        ]

    @property
    def in_force_until(self) -> datetime:
        """The end that counts: the one given, or when it was taken back."""
        return self.ended_at or self.ends_at
