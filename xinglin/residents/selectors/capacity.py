"""Specialty bases of a resident's base and how full they are (R-05, P-02)."""

from __future__ import annotations

from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import SpecialtyBase
from xinglin.organizations.selectors import specialty_bases

from ..models import Enrollment


def own_specialties(enrollment: Enrollment) -> list[SpecialtyBase]:
    """What the base may train in the record's track."""
    return list(specialty_bases(enrollment.organization, enrollment.track))


def capacity_warning(enrollment: Enrollment, specialty: str, viewer: Viewer) -> str:
    """Said, not refused: with this resident the specialty has more than its yearly capacity; "" when it fits."""
    row = next((row for row in own_specialties(enrollment) if row.specialty == specialty), None)
    if row is None:
        return ""
    same = Enrollment.objects.visible_to(viewer).filter(
        organization=enrollment.organization_id, intake_year=enrollment.intake_year, specialty=specialty,
        lapsed_at__isnull=True,
    )  # fmt: skip
    number = same.exclude(pk=enrollment.pk).count() + 1
    return f"本专业今年第 {number} 人，超过核定容量（{row.capacity} 人）" if number > row.capacity else ""
