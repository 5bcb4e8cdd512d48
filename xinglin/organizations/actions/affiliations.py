"""Which unit trains part of a base's rotations, dated (P-03). The history stands on both sides."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from xinglin.history.enums import UpdateType
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from .. import rules
from ..enums import CapabilityKind, Kind
from ..models import Affiliation, Capability, Organization
from . import spans
from .guarding import EDIT, clean_reason, lock, note, require


@transaction.atomic
def affiliate(
    base: Organization,
    unit: Organization,
    *,
    starts_on: date,
    ends_on: date | None = None,
    reason: str = "",
    by: Viewer,
) -> Affiliation:
    """Attach a unit to a training base from a day on. Raises NotAllowed or Refused (field)."""
    require(by, base.path, EDIT)
    if base.pk == unit.pk:
        raise Refused("协同单位不能是基地自己。", field="affiliate")
    if unit.kind != Kind.HOSPITAL:
        raise Refused(f"{unit.name}是{Kind(unit.kind).label}，协同单位只能是医院（单位）。", field="affiliate")
    spans.check_dates(starts_on, ends_on)
    reason = clean_reason(reason)
    base = lock(base)
    if not _is_base_on(base, starts_on):
        raise Refused(
            f"{base.name}在 {starts_on} 不是培训基地，不能有协同单位。请先新增培训基地资质。", field="starts_on"
        )
    if spans.overlaps(_same(base, unit), starts_on, ends_on):
        raise Refused(f"{unit.name}在这段时间已经是{base.name}的协同单位。", field="starts_on")
    made = Affiliation(base=base, affiliate=unit, starts_on=starts_on, ends_on=ends_on)
    made.save(force_insert=True)
    what = {"协同关系": ["", _said(base, unit, rules.span_text(starts_on, ends_on))]}
    subject = ("affiliation", made.pk)
    note(by, base, "affiliation.add", UpdateType.CREATED, subject, what, reason=reason, also=unit)
    return made


@transaction.atomic
def end_affiliation(affiliation: Affiliation, ends_on: date | None, *, reason: str = "", by: Viewer) -> None:
    """Set, move or take off the end; ``ends_on`` is the first day without it. Raises NotAllowed or Refused (field)."""
    base, unit = affiliation.base, affiliation.affiliate
    require(by, base.path, EDIT)
    reason = clean_reason(reason)
    lock(base)
    row = _present(affiliation)
    again = f"{unit.name}后面已有一段协同关系，两段不能重叠。"
    before, after = spans.set_end(row, ends_on, _same(base, unit), again)
    what = {"协同关系": [_said(base, unit, before), _said(base, unit, after)]}
    subject = ("affiliation", row.pk)
    note(by, base, "affiliation.end", UpdateType.CHANGED, subject, what, reason=reason, also=unit)


@transaction.atomic
def cancel_affiliation(affiliation: Affiliation, *, by: Viewer) -> None:
    """Take back an affiliation that has not begun. Raises NotAllowed or Refused."""
    base, unit = affiliation.base, affiliation.affiliate
    require(by, base.path, EDIT)
    lock(base)
    row = _present(affiliation)
    pk = row.pk
    what = {"协同关系": [_said(base, unit, spans.cancel(row)), ""]}
    note(by, base, "affiliation.cancel", UpdateType.DELETED, ("affiliation", pk), what, also=unit)


def _said(base: Organization, unit: Organization, span: str) -> str:
    return f"{unit.name}协同{base.name}，{span}"


def _present(affiliation: Affiliation) -> Affiliation:
    found = Affiliation.objects.for_system("the caller has checked the scope").filter(pk=affiliation.pk).first()
    if found is None:
        raise Refused("这段协同关系已经被撤销。请刷新页面。")
    return found


def _same(base: Organization, unit: Organization) -> QuerySet[Affiliation]:
    return Affiliation.objects.for_system("spans of one affiliation do not overlap").filter(base=base, affiliate=unit)


def _is_base_on(base: Organization, day: date) -> bool:
    held = Capability.objects.for_system("a base is one by its capability")
    held = held.filter(organization=base, kind=CapabilityKind.TRAINING_BASE, starts_on__lte=day)
    return held.exclude(ends_on__lte=day).exists()
