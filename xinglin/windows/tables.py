"""时间安排: every phase with its times, state and extensions (R-01)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind, Track
from xinglin.ui.lists.parts import Choices, Column, Empty, Filter, RowAction, Tool
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.templatetags.xl import tag

from . import rules, selectors
from .enums import PhaseKind
from .models import CollectionWindow


def _years(_viewer: Viewer) -> Choices:
    return [(str(year), str(year)) for year in selectors.years()]


def _batches(_viewer: Viewer) -> Choices:
    return [(str(batch), str(batch)) for batch in selectors.batches()]


def _state(row: Any, _viewer: Viewer) -> SafeString:
    found: selectors.Row = row.times
    return format_html('{} <span class="xl-2nd">{}</span>', tag(found.tag, found.state.label), _left(row))


def _left(row: Any) -> str:
    found: selectors.Row = row.times
    return "" if found.left == found.state.label else found.left


def _end(row: Any) -> str:
    return rules.end_text(row.times.span.ends_at)


def _extensions(row: Any) -> str:
    found: selectors.Row = row.times
    return "；".join(_told(extension) for extension in found.extensions)


def _told(extension: Any) -> str:
    until = rules.end_text(extension.ends_at)
    taken_back = f"；已撤销：{extension.ended_reason}" if extension.ended_at else ""
    return f"{extension.organization.name}延长至 {until}（{extension.reason}{taken_back}）"


def _extensions_cell(row: Any, _viewer: Viewer) -> SafeString | str:
    lines = [(_told(extension),) for extension in row.times.extensions]
    return format_html_join(mark_safe("<br>"), "{}", lines) if lines else "--"


def extension_address(window: CollectionWindow, kind: str, organization_id: int | None = None) -> str:
    """Where a phase is extended, for an organisation where one is meant."""
    address = reverse("windows:extend", args=[window.pk, kind])
    return f"{address}?{urlencode({'organization': organization_id})}" if organization_id else address


class TimesList(ListSpec):
    """The rows are phases; times are those that count for the viewer's organisation."""

    name = "windows.times"
    title = "时间安排"
    noun = "时间安排"
    permission = "windows.view"
    export_permission = "windows.view"
    nav_key = "windows.times"
    crumbs = (("住院医师管理", ""), ("招收信息管理", ""))
    order_by = ("-window__year", "-window__batch", "window__track", "starts_at")
    columns = (
        Column("year", "年份", value="window.year", sort="window__year", sticky=True, always=True, width=8),
        Column("batch", "批次", value="window.batch", sort="window__batch", width=8),
        Column("track", "体系", value=lambda row: Track(row.window.track).label, width=8),
        Column("kind", "阶段", value=lambda row: PhaseKind(row.kind).label),
        Column("starts_at", "开始时间", value=lambda row: rules.start_text(row.times.span.starts_at), width=20),
        Column("ends_at", "结束时间", value=_end, width=20),
        Column("state", "状态", value=lambda row: row.times.state.label, cell=_state),
        Column("source", "安排", value=lambda row: "本省" if row.times.span.of_province else "全国", default_on=False),
        Column("extensions", "延长", value=_extensions, cell=_extensions_cell, width=40),
    )
    filters = (
        Filter("year", "招收年份", kind="choice", lookup="window__year", choices=_years),
        Filter("batch", "批次", kind="choice", lookup="window__batch", choices=_batches),
    )

    def queryset(self, viewer: Viewer) -> Any:
        return selectors.phases(viewer)

    def prepare(self, rows: list[Any], viewer: Viewer) -> None:
        known = {row.phase_id: row for row in selectors.rows_of(rows, viewer)}
        for row in rows:
            row.times = known[row.pk]

    def toolbar(self, viewer: Viewer) -> Sequence[Tool]:
        if viewer.organization_kind == Kind.PROVINCE:
            return ()
        return (Tool("新增批次", reverse("windows:new"), "plus", permission="windows.edit"),)

    def row_actions(self, row: Any, viewer: Viewer) -> Sequence[RowAction]:
        if not viewer.may("windows.edit"):
            return ()
        own = "设置本省时间" if viewer.organization_kind == Kind.PROVINCE else "修改时间"
        place = [row.window_id, row.kind]
        return (
            RowAction(own, reverse("windows:times", args=place)),
            RowAction("延长", reverse("windows:extend", args=place)),
        )

    def row_label(self, row: Any) -> str:
        return f"{selectors.batch_text(row.window)}{PhaseKind(row.kind).label}"

    def empty(self, viewer: Viewer) -> Empty:
        return Empty("还没有时间安排", "时间由中国医师协会设置，设置后在这里显示。")
