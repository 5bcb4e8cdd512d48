"""Writes: opening windows, setting and extending phases; and the refusal that every bound action asks for (P-09)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from xinglin.history.actions import Entry, record
from xinglin.history.enums import UpdateType
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused, WindowClosed
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind, Track
from xinglin.organizations.models import Organization
from xinglin.organizations.selectors import association

from . import rules, selectors
from .enums import PhaseKind, Purpose
from .models import CollectionWindow, Extension, WindowPhase

When = date | datetime
PERMISSION = "windows.edit"


def require_open(window: CollectionWindow, kind: str, organization: Organization, at: datetime | None = None) -> None:
    """Raise WindowClosed, with dates and who can extend, unless the phase is open for the organisation."""
    reason = selectors.closed_reason(window, kind, organization, at)
    if reason is not None:
        raise WindowClosed(reason)


@transaction.atomic
def open_window(
    purpose: str,
    year: int,
    batch: int,
    track: str,
    phases: Mapping[str, tuple[When, When]],
    *,
    province: Organization | None = None,
    by: Viewer,
) -> CollectionWindow:
    """Arrange a batch. A province's own lies within the association's of the same year, batch and track.

    Raises NotAllowed, or Refused where it exists already or its times do not fit.
    """
    _require(by, province, track)
    same = CollectionWindow.objects.filter(purpose=purpose, year=year, batch=batch, track=track)
    within = None
    if province is not None:
        within = same.filter(within__isnull=True).first()
        if within is None:
            raise Refused(f"中国医师协会还没有安排 {year} 年第 {batch} 批，不能设置本省时间。", field="year")
    if same.filter(province=province).exists():
        raise Refused(f"{year} 年第 {batch} 批（{Track(track).label}）已经有时间安排。", field="batch")
    if not 2014 <= year <= clock.today().year + 2 or batch < 1:
        raise Refused("年份或批次不合理。", field="year")
    window = CollectionWindow.objects.create(
        purpose=purpose, year=year, batch=batch, track=track, province=province, within=within, created_at=clock.now()
    )
    record([_entry(window, "open", UpdateType.CREATED, {"批次": ["", selectors.batch_text(window)]})], by=by)
    for kind, (starts, ends) in phases.items():
        set_phase(window, kind, starts, ends, by=by)
    return window


@transaction.atomic
def set_phase(window: CollectionWindow, kind: str, starts: When, ends: When, *, by: Viewer) -> WindowPhase:
    """Set start and end of a phase; a day given as the end means its 24:00. Raises NotAllowed or Refused."""
    _require(by, window.province, window.track)
    starts_at, ends_at = rules.as_start(starts), rules.as_end(ends)
    if ends_at <= starts_at:
        raise Refused("结束时间要在开始时间之后。", field="ends_at")
    if window.within is not None:
        _within(WindowPhase.objects.filter(window=window.within, kind=kind).first(), kind, starts_at, ends_at)
    else:
        _around(window, kind, starts_at, ends_at)
    phase = WindowPhase.objects.select_for_update().filter(window=window, kind=kind).first()
    before = [phase.starts_at, phase.ends_at] if phase else None
    if before == [starts_at, ends_at] and phase is not None:
        return phase
    phase = phase or WindowPhase(window=window, kind=kind)
    phase.starts_at, phase.ends_at = starts_at, ends_at
    phase.save()
    dates = [rules.range_text(*before) if before else "", rules.range_text(starts_at, ends_at)]
    kind_of_update = UpdateType.CHANGED if before else UpdateType.CREATED
    record([_entry(window, "set_phase", kind_of_update, {PhaseKind(kind).label: dates})], by=by)
    return phase


@transaction.atomic
def set_own_phase(
    window: CollectionWindow, province: Organization, kind: str, starts: When, ends: When, *, by: Viewer
) -> WindowPhase:
    """A province's own times of one phase within the association's window; its window is made on first use.

    Raises NotAllowed or Refused.
    """
    _require(by, province, window.track)
    own = CollectionWindow.objects.filter(within=window, province=province).first()
    if own is None:
        own = open_window(window.purpose, window.year, window.batch, window.track, {}, province=province, by=by)
    return set_phase(own, kind, starts, ends, by=by)


@transaction.atomic
def extend(phase: WindowPhase, organization: Organization, ends: When, reason: str, *, by: Viewer) -> Extension:
    """Give one organisation's subtree a later end, with a reason.

    A province extends for its own bases only and not beyond the association's end. Raises NotAllowed or Refused.
    """
    by.require(PERMISSION)
    if not by.covers(organization.path):
        raise NotAllowed(f"{organization.name}不在您的管理范围内，不能延长。")
    window = phase.window
    _require_track(by, window.track)
    if window.province is not None and not organization.path.startswith(window.province.path):
        raise Refused(f"这是{window.province.name}的时间安排，不能用于{organization.name}。", field="organization")
    reason, ends_at = reason.strip(), rules.as_end(ends)
    if not reason:
        raise Refused("请写明延长的理由。", field="reason")
    _short_enough(reason)
    if by.organization_kind == Kind.PROVINCE:
        _not_beyond_association(phase, organization, ends_at)
    present = selectors.effective_end(window, phase.kind, organization)
    _later(ends_at, present)
    extension = Extension.objects.for_system("new row").create(
        phase=phase,
        organization=organization,
        ends_at=ends_at,
        reason=reason,
        given_by_id=by.user_id,
        given_by_name=by.user_name,
        given_at=clock.now(),
        given_by_organization_id=by.organization_id,
    )
    label = f"{PhaseKind(phase.kind).label}结束时间"
    ends_text = [rules.end_text(present) if present else "", rules.end_text(ends_at)]
    entry = _entry(window, "extend", UpdateType.CHANGED, {label: ends_text}, reason)
    entry.organization_path, entry.organization_name = organization.path, organization.name
    entry.province_id = organization.province_id
    record([entry], by=by)
    return extension


@transaction.atomic
def take_back(extension_id: int, reason: str, *, by: Viewer) -> Extension:
    """End an extension now, with a reason: what was done under it stays, nothing more can be done.

    A province takes back what it gave itself. Raises NotAllowed; Refused for one that has run out or was taken back
    already, or without a reason.
    """
    by.require(PERMISSION)
    visible = Extension.objects.visible_to(by).select_related("organization", "phase__window__province")
    extension = visible.select_for_update(of=("self",)).filter(pk=extension_id).first()
    if extension is None:
        raise NotAllowed("这次延长不在您的管理范围内。")
    if (why := why_not_taken_back(extension, by)) is not None:
        raise Refused(why)
    reason = reason.strip()
    if not reason:
        raise Refused("请写明撤销的理由。", field="reason")
    _short_enough(reason)
    window, node = extension.phase.window, extension.organization
    before = selectors.effective_end(window, extension.phase.kind, node)
    extension.ended_at, extension.ended_reason, extension.ended_by_name = clock.now(), reason, by.user_name
    extension.save(update_fields=["ended_at", "ended_reason", "ended_by_name"])
    after = selectors.effective_end(window, extension.phase.kind, node)
    label = f"{PhaseKind(extension.phase.kind).label}结束时间"
    ends_text = [rules.end_text(moment) if moment else "" for moment in (before, after)]
    entry = _entry(window, "take_back", UpdateType.CHANGED, {label: ends_text}, reason)
    entry.organization_path, entry.organization_name, entry.province_id = node.path, node.name, node.province_id
    record([entry], by=by)
    return extension


def why_not_taken_back(extension: Extension, by: Viewer) -> str | None:
    """Why the extension cannot be taken back now by this viewer, None when it can."""
    if extension.ended_at is not None:
        return f"这次延长已于 {rules.start_text(extension.ended_at)} 撤销。"
    if extension.ends_at <= clock.now():
        return f"这次延长已于 {rules.end_text(extension.ends_at)} 到期，不用撤销。"
    if by.organization_kind == Kind.PROVINCE and extension.given_by_organization_id != by.organization_id:
        return "这次延长是中国医师协会给的，要撤销请联系中国医师协会。"
    return None


def _require(by: Viewer, province: Organization | None, track: str) -> None:
    by.require(PERMISSION)
    _require_track(by, track)
    if province is None and by.organization_kind == Kind.PROVINCE:
        raise NotAllowed("全国的时间安排由中国医师协会设置；省级可以在其范围内设置本省时间。")
    if province is not None and not by.covers(province.path):
        raise NotAllowed(f"{province.name}的时间安排不在您的管理范围内。")


def _require_track(by: Viewer, track: str) -> None:
    if by.track and by.track != track:
        raise NotAllowed(f"当前身份只管{Track(by.track).label}，不能改{Track(track).label}的时间安排。")


def _short_enough(reason: str) -> None:
    longest = Extension._meta.get_field("reason").max_length or 0
    if len(reason) > longest:
        raise Refused(f"理由最多 {longest} 个字，现在是 {len(reason)} 个字。", field="reason")


def _within(outer: WindowPhase | None, kind: str, starts_at: datetime, ends_at: datetime) -> None:
    if outer is None or starts_at < outer.starts_at or ends_at > outer.ends_at:
        limits = rules.range_text(outer.starts_at, outer.ends_at) if outer else "未安排"
        name = rules.NAMES[PhaseKind(kind)]
        raise Refused(f"本省的{name}时间要在中国医师协会的安排之内（{limits}）。", field="ends_at")


def _around(window: CollectionWindow, kind: str, starts_at: datetime, ends_at: datetime) -> None:
    inner = WindowPhase.objects.filter(window__within=window, kind=kind).select_related("window__province")
    for phase in inner:
        if phase.starts_at < starts_at or phase.ends_at > ends_at:
            name = phase.window.province.name if phase.window.province else ""
            dates = rules.range_text(phase.starts_at, phase.ends_at)
            raise Refused(f"{name}已安排 {dates}，全国的时间不能比它窄。", field="ends_at")


def _later(ends_at: datetime, present: datetime | None) -> None:
    """An extension ends in the future and after the end that counts now; else it would open nothing."""
    if ends_at <= clock.now():
        until = rules.end_text(ends_at)
        now = f"（现在的结束时间是 {rules.end_text(present)}）" if present else ""
        raise Refused(f"{until} 已经过去，延长到那时什么也不会开放。请填今天或以后的日期{now}。", field="ends_on")
    if present is not None and ends_at <= present:
        raise Refused(
            f"现在的结束时间是 {rules.end_text(present)}，延长后的时间要更晚。要提前结束已给的延长，请用“撤销”。",
            field="ends_on",
        )


def _not_beyond_association(phase: WindowPhase, organization: Organization, ends_at: datetime) -> None:
    outer = phase.window.within or phase.window
    limit = selectors.phase_for(outer, phase.kind, _Above(organization))
    if limit is None or ends_at > limit.ends_at:
        text = rules.end_text(limit.ends_at) if limit else "未安排"
        raise Refused(f"省级延长不能晚于全国的结束时间（{text}）；更晚请联系中国医师协会。", field="ends_on")


class _Above:
    """An organisation as the association sees it: its path, but no province whose own times would count."""

    province_id = None

    def __init__(self, organization: Organization) -> None:
        self.path = organization.path


def _entry(
    window: CollectionWindow, verb: str, update_type: str, what: dict[str, list[str]], reason: str = ""
) -> Entry:
    owner = window.province or association()
    return Entry(
        verb=f"window.{verb}",
        update_type=update_type,
        subject_type="window",
        subject_id=window.pk,
        organization_path=owner.path if owner else "/",
        organization_name=owner.name if owner else "",
        province_id=window.province_id,
        track=window.track,
        changes=what,
        reason=reason,
        facts={"window": selectors.batch_text(window), "purpose": Purpose(window.purpose).label},
    )
