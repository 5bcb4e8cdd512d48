"""Specialty bases and departments of a base (P-02)."""

from django.db import models
from django.db.models import Q

from xinglin.kernel.declarations import declared
from xinglin.kernel.scope import ScopedModel

from ..enums import Accreditation, Track
from .organization import Organization


class SpecialtyBase(ScopedModel):
    """A base's accreditation for one specialty, with its yearly capacity in persons."""

    scope_organization = "organization__path"
    scope_track = "track"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    track = models.CharField(max_length=12, choices=Track.choices)
    specialty = declared(
        models.CharField("培训专业", max_length=8), kind="code", code_table="specialty", example="内科"
    )
    capacity = models.PositiveIntegerField("年度招收容量（人）")
    accreditation = models.CharField("认定状态", max_length=12, choices=Accreditation.choices)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "track", "specialty"], name="specialty_base_once"),
            models.CheckConstraint(condition=Q(track__in=Track.values), name="specialty_base_track"),
            models.CheckConstraint(condition=Q(accreditation__in=Accreditation.values), name="specialty_base_state"),
            models.CheckConstraint(condition=~Q(specialty=""), name="specialty_base_names_one"),
        ]


class Department(ScopedModel):
    """A department of a base, linked to one or more 诊疗科目."""

    scope_organization = "organization__path"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    name = declared(models.CharField("科室名称", max_length=50), example="心血管内科")
    medical_subjects = models.JSONField("诊疗科目", default=list)
    disabled_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="department_name"),
            models.CheckConstraint(condition=~Q(name=""), name="department_has_name"),
        ]
