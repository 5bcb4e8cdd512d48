"""Identities: a role at an organisation, from an instant until an instant (P-07)."""

from django.db import models
from django.db.models import F, Q

from xinglin.kernel.scope import ScopedModel
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Track
from xinglin.organizations.models import Department, Organization
from xinglin.organizations.rules import ids_in

from ..roles import KEPT_ABOVE, ROLES
from .user import User


class Grant(ScopedModel):
    """In force in [starts_at, ends_at); without a track it covers both."""

    scope_organization = "organization__path"
    scope_base = "organization_id"
    scope_province = "organization__province_id"
    scope_track = None
    scope_person = "user__person_id"

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    role = models.CharField(max_length=24)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", db_index=False)
    track = models.CharField(max_length=12, choices=Track.choices, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    given_by_id = models.BigIntegerField(null=True)
    given_by_name = models.CharField(max_length=100, blank=True)
    ended_reason = models.CharField(max_length=200, blank=True)

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["department"], condition=Q(department__isnull=False), name="grant_department")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "organization", "track"],
                condition=Q(ends_at__isnull=True, department__isnull=True),
                name="grant_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="grant_dates"
            ),
            models.CheckConstraint(condition=Q(role__in=list(ROLES)), name="grant_role_known"),
        ]

    @classmethod
    def scope_q(cls, viewer: Viewer) -> Q:
        """The subtree's identities, and those above it that the viewer's role keeps (docs/decisions/0025)."""
        own = super().scope_q(viewer)
        kept = KEPT_ABOVE.get(viewer.role)
        if not kept:
            return own
        return own | Q(role__in=kept, organization__in=ids_in(viewer.organization_path)[:-1])
