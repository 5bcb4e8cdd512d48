"""A node of the tree, its dated capabilities and affiliations (P-01, P-03)."""

from django.db import models
from django.db.models import F, Q

from xinglin.kernel.declarations import declared
from xinglin.kernel.scope import ScopedModel
from xinglin.kernel.viewer import Viewer
from xinglin.vault.fields import SealedTextField
from xinglin.vault.models import DataKey

from ..enums import CapabilityKind, Kind, Track


class Organization(ScopedModel):
    """One node. ``path`` is ``/`` + the ids from the root down + ``/``: a subtree is a prefix.

    ``contact_phone`` is sealed under ``key``, for notices; it is empty beside a hash where the number was recorded before
    it was kept (docs/decisions/0024).
    """

    scope_organization = "path"

    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    path = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    province = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    name = declared(models.CharField("名称", max_length=100), example="青屏市中心医院")
    short_name = declared(models.CharField("简称", max_length=40, blank=True), example="市中心医院")
    code = declared(models.CharField("基地代码", max_length=20, blank=True), example="LJ003")
    uscc = declared(
        models.CharField("统一社会信用代码", max_length=18, blank=True), kind="uscc", example="12320199000000770C"
    )
    division = declared(
        models.CharField("行政区划", max_length=12, blank=True), kind="code", code_table="division", example="320199"
    )
    contact_name = declared(models.CharField("联系人", max_length=50, blank=True), example="教学办公室")
    contact_phone_hash = models.CharField(max_length=64, blank=True)
    contact_phone_masked = models.CharField("联系电话", max_length=20, blank=True)
    key = models.ForeignKey(DataKey, models.PROTECT, null=True, related_name="+")
    contact_phone = SealedTextField("联系电话", plain_length=20)
    created_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["name"], name="organization_name"),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="organization_code"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="organization_not_own_parent"),
            models.CheckConstraint(
                condition=Q(kind__in=[Kind.MINISTRY, Kind.ASSOCIATION]) | Q(province__isnull=False),
                name="organization_has_province",
            ),
            models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="organization_uscc"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="organization_kind"),
            models.CheckConstraint(condition=~Q(name=""), name="organization_has_name"),
            models.CheckConstraint(
                condition=Q(kind__in=[Kind.MINISTRY, Kind.ASSOCIATION]) | Q(parent__isnull=False),
                name="organization_has_parent",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.PROVINCE) | Q(province=F("id")), name="organization_province_is_its_own"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lacks_full_phone(self) -> bool:
        """Whether the contact phone is only known as a hash, so that nothing can be sent to it."""
        return bool(self.contact_phone_hash) and not self.contact_phone


class Capability(ScopedModel):
    """What the organisation may be in a track, over a span of days [starts_on, ends_on)."""

    scope_organization = "organization__path"
    scope_track = "track"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24, choices=CapabilityKind.choices)
    track = models.CharField(max_length=12, choices=Track.choices, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "track", "starts_on"], name="capability_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")), name="capability_dates"
            ),
            models.CheckConstraint(condition=Q(kind__in=CapabilityKind.values), name="capability_kind"),
            models.CheckConstraint(condition=Q(track__in=["", *Track.values]), name="capability_track"),
            models.CheckConstraint(
                condition=~Q(kind=CapabilityKind.TRAINING_BASE) | ~Q(track=""), name="capability_base_has_track"
            ),
        ]

    @classmethod
    def scope_q(cls, viewer: Viewer) -> Q:
        """An identity of one track also sees what belongs to no track (协同单位, 医疗卫生机构)."""
        own = super().scope_q(viewer)
        if viewer.is_person or not viewer.track or not viewer.organization_path:
            return own
        return own | Q(organization__path__startswith=viewer.organization_path, track="")


class Affiliation(ScopedModel):
    """A unit that trains part of a base's rotations, over a span of days (P-03)."""

    scope_organization = "base__path"

    base = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    affiliate = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["base", "affiliate", "starts_on"], name="affiliation_once"),
            models.CheckConstraint(condition=~Q(base=F("affiliate")), name="affiliation_two_units"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")), name="affiliation_dates"
            ),
        ]

    @classmethod
    def scope_q(cls, viewer: Viewer) -> Q:
        """Both sides see it: the base its affiliates, the affiliate whom it serves (0024)."""
        if viewer.is_person or not viewer.organization_path:
            return Q(pk__in=[])
        own = super().scope_q(viewer)
        if viewer.organization_path == "/":
            return own
        return own | Q(affiliate__path__startswith=viewer.organization_path)
