"""Specialty bases: accreditation and yearly capacity (P-02). None is deleted: records refer to it; it is withdrawn."""

from __future__ import annotations

from django.db import transaction

from xinglin.dictionaries import selectors as dictionaries
from xinglin.history.enums import UpdateType
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from .. import rules
from ..enums import Accreditation, CapabilityKind, Track
from ..models import Capability, Organization, SpecialtyBase
from .guarding import EDIT, clean_reason, lock, note, require

LARGEST = 2000


@transaction.atomic
def add_specialty_base(
    organization: Organization,
    track: str,
    specialty: str,
    capacity: int,
    *,
    accreditation: str = Accreditation.ACCREDITED,
    reason: str = "",
    by: Viewer,
) -> SpecialtyBase:
    """Accredit a base for one specialty, ``capacity`` persons a year. Raises NotAllowed or Refused (field)."""
    require(by, organization.path, EDIT, track)
    if reason_against := rules.why_no_specialty(_entry(specialty), track):
        raise Refused(reason_against, field="specialty")
    _check_capacity(capacity)
    reason = clean_reason(reason)
    organization = lock(organization)
    label = dictionaries.label("specialty", specialty)
    if not _is_base(organization, track):
        raise Refused(f"{organization.name}没有{Track(track).label}培训基地资质，请先新增资质。", field="track")
    known = SpecialtyBase.objects.for_system("one a base, track and specialty")
    if known.filter(organization=organization, track=track, specialty=specialty).exists():
        raise Refused(f"{organization.name}已经有{label}专业基地。", field="specialty")
    made = SpecialtyBase(
        organization=organization, track=track, specialty=specialty, capacity=capacity, accreditation=accreditation
    )
    made.save(force_insert=True)
    what = {f"{label}专业基地": ["", _said(accreditation, capacity)]}
    subject = ("specialty_base", made.pk)
    note(by, organization, "specialty_base.add", UpdateType.CREATED, subject, what, track=track, reason=reason)
    return made


@transaction.atomic
def change_specialty_base(
    specialty_base: SpecialtyBase, *, capacity: int, accreditation: str, reason: str = "", by: Viewer
) -> bool:
    """Change yearly capacity or status; withdrawing, and taking it back, needs its 依据. Whether anything changed.

    Raises NotAllowed or Refused (field).
    """
    organization = specialty_base.organization
    require(by, organization.path, EDIT, specialty_base.track)
    _check_capacity(capacity)
    rows = SpecialtyBase.objects.for_system("the caller has checked the scope")
    row = rows.select_for_update(of=("self",)).get(pk=specialty_base.pk)
    withdrawn = Accreditation.WITHDRAWN
    turned = (row.accreditation == withdrawn) != (accreditation == withdrawn)
    reason = clean_reason(reason, needed="撤销或恢复认定要写依据（文号或说明）。" if turned else "")
    before, after = _said(row.accreditation, row.capacity), _said(accreditation, capacity)
    if before == after:
        return False
    row.capacity, row.accreditation = capacity, accreditation
    row.save(update_fields=["capacity", "accreditation"])
    what = {f"{dictionaries.label('specialty', row.specialty)}专业基地": [before, after]}
    subject = ("specialty_base", row.pk)
    note(by, organization, "specialty_base.change", UpdateType.CHANGED, subject, what, track=row.track, reason=reason)
    return True


def _entry(specialty: str) -> rules.Specialty | None:
    entry = dictionaries.entry("specialty", specialty)
    if entry is None:
        return None
    usable = specialty in dict(dictionaries.choices("specialty"))
    return rules.Specialty(entry.label, str(entry.extra.get("track", "")), usable)


def _check_capacity(capacity: int) -> None:
    if not 0 <= capacity <= LARGEST:
        raise Refused(f"年度招收容量应在 0 至 {LARGEST} 人之间。", field="capacity")


def _said(accreditation: str, capacity: int) -> str:
    return f"{Accreditation(accreditation).label}，年度容量 {capacity} 人"


def _is_base(organization: Organization, track: str) -> bool:
    held = Capability.objects.for_system("a base is one by its capability")
    held = held.filter(organization=organization, kind=CapabilityKind.TRAINING_BASE, track=track)
    return held.exclude(ends_on__lte=clock.today()).exists()
