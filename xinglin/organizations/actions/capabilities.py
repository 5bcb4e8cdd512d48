"""What an organisation may be, dated (P-01): add, end, cancel before it begins."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from xinglin.history.enums import UpdateType
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from .. import rules
from ..enums import CapabilityKind, Kind, Track
from ..models import Capability, Organization
from . import spans
from .guarding import EDIT, clean_reason, lock, note, require


@transaction.atomic
def add_capability(
    organization: Organization,
    kind: str,
    *,
    starts_on: date,
    track: str = "",
    ends_on: date | None = None,
    reason: str = "",
    by: Viewer,
) -> Capability:
    """Allow a hospital to be something from a day on, until the day before ``ends_on``.

    Raises NotAllowed, or Refused for overlapping spans, other kinds of node and a training base without a track.
    """
    require(by, organization.path, EDIT, track)
    if organization.kind != Kind.HOSPITAL:
        raise Refused(f"{organization.name}是{Kind(organization.kind).label}，资质只属于医院（单位）。", field="kind")
    if kind == CapabilityKind.TRAINING_BASE and not track:
        raise Refused("培训基地资质分西医、中医，请选择体系。", field="track")
    spans.check_dates(starts_on, ends_on)
    reason = clean_reason(reason)
    organization = lock(organization)
    if spans.overlaps(_same(organization, kind, track), starts_on, ends_on):
        raise Refused(f"{organization.name}在这段时间已经是{CapabilityKind(kind).label}。", field="starts_on")
    made = Capability(organization=organization, kind=kind, track=track, starts_on=starts_on, ends_on=ends_on)
    made.save(force_insert=True)
    what = {label_of(made): ["", rules.span_text(starts_on, ends_on)]}
    subject = ("capability", made.pk)
    note(by, organization, "capability.add", UpdateType.CREATED, subject, what, track=track, reason=reason)
    return made


@transaction.atomic
def end_capability(capability: Capability, ends_on: date | None, *, reason: str = "", by: Viewer) -> None:
    """Set, move or take off the end; ``ends_on`` is the first day without it. Raises NotAllowed or Refused (field)."""
    organization = capability.organization
    require(by, organization.path, EDIT, capability.track)
    reason = clean_reason(reason)
    lock(organization)
    row = _present(capability)
    again = f"{organization.name}后面已有一段{label_of(row)}资质，两段不能重叠。"
    what = {label_of(row): spans.set_end(row, ends_on, _same(organization, row.kind, row.track), again)}
    subject = ("capability", row.pk)
    note(by, organization, "capability.end", UpdateType.CHANGED, subject, what, track=row.track, reason=reason)


@transaction.atomic
def cancel_capability(capability: Capability, *, by: Viewer) -> None:
    """Take back a capability that has not begun. Raises NotAllowed or Refused."""
    organization = capability.organization
    require(by, organization.path, EDIT, capability.track)
    lock(organization)
    row = _present(capability)
    pk, label, track = row.pk, label_of(row), row.track
    what = {label: [spans.cancel(row), ""]}
    note(by, organization, "capability.cancel", UpdateType.DELETED, ("capability", pk), what, track=track)


def label_of(capability: Capability) -> str:
    """培训基地（西医）."""
    label = CapabilityKind(capability.kind).label
    return label + (f"（{Track(capability.track).label}）" if capability.track else "")


def _present(capability: Capability) -> Capability:
    found = Capability.objects.for_system("the caller has checked the scope").filter(pk=capability.pk).first()
    if found is None:
        raise Refused("这段资质已经被撤销。请刷新页面。")
    return found


def _same(organization: Organization, kind: str, track: str) -> QuerySet[Capability]:
    """Spans that may not meet: one without a track counts for every track."""
    rows = Capability.objects.for_system("spans of one capability do not overlap")
    rows = rows.filter(organization=organization, kind=kind)
    return rows.filter(track__in=[track, ""]) if track else rows
