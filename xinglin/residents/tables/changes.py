"""住院医师信息更新记录 (R-16): every change in the viewer's subtree."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html

from xinglin.history.enums import UpdateType
from xinglin.history.selectors import open_entries
from xinglin.kernel.names import tidied
from xinglin.kernel.viewer import Viewer
from xinglin.ui.lists.parts import Column, Empty, Filter, RowAction
from xinglin.ui.lists.spec import ListSpec

from ..enums import TrainingStatus
from ..selectors.changes import person_hash_filter, person_name_filter, province_names, resident_changes
from ..showing.timeline import edits_of, line_of


def _fact(name: str) -> Any:
    return lambda row: row.facts.get(name) or ""


def _status(row: Any) -> str:
    status = row.facts.get("training_status")
    return TrainingStatus(status).label if status in TrainingStatus.values else ""


def _what(row: Any) -> str:
    """The fields of one save, for the export: 手机：… → …."""
    return "；".join(f"{edit.label}：{edit.old} → {edit.new}" for edit in edits_of(row.opened))


def _what_cell(row: Any, _viewer: Viewer) -> str:
    labels = list(row.opened.changes)
    shown = format_html('<span class="xl-brief" title="{}">{}</span>', "、".join(labels), "、".join(labels[:3]))
    if len(labels) <= 3:
        return shown
    return format_html('<span class="xl-row">{} <span>等 {} 项</span></span>', shown, len(labels))


class ChangesList(ListSpec):
    """Rows are saves; 查看 shows field, before and after."""

    name = "residents.changes"
    title = "住院医师信息更新记录"
    noun = "更新记录"
    permission = "residents.history"
    export_permission = "residents.export"
    clear_permission = "residents.export_clear"
    nav_key = "residents.changes"
    crumbs = (("住院医师管理", ""), ("住院医师信息管理", ""))
    order_by = ("-at", "-id")
    columns = (
        Column("number", "序号", value="pk", width=10),
        Column("province", "省份", value=lambda row: row.province_short),
        Column("base", "培训基地", value="organization_name", width=28),
        Column("specialty", "培训专业", value=_fact("specialty"), code_table="specialty"),
        Column("training_status", "培训状态", value=_status, width=10),
        Column("name", "姓名", value=lambda row: row.opened.who.get("name", ""), link=True, always=True,
               sticky=True, width=12),
        Column("id_number", "证件号", value=lambda row: row.opened.who.get("id_number", ""), mask="id_number", mono=True,
               width=24),
        Column("update_type", "更新类型", value=lambda row: UpdateType(row.update_type).label, width=10),
        Column("at", "更新时间", sort="at", width=20),
        Column("actor", "更新人", value=lambda row: row.opened.actor, width=16),
        Column("what", "更新字段", value=_what, cell=_what_cell, width=60),
        Column("title", "事项", value=lambda row: line_of(row.opened).title, default_on=False, width=24),
        Column("actor_organization", "更新人所在单位", value="actor_organization_name", default_on=False, width=28),
    )  # fmt: skip
    filters = (
        Filter("specialty", "培训专业", kind="choice", lookup="facts__specialty", table="specialty"),
        Filter("update_type", "更新类型", kind="choice", choices=tuple(UpdateType.choices)),
        Filter("id_number", "证件号", kind="id_number", lookup=person_hash_filter, last6="person"),
        Filter("name", "姓名", lookup=person_name_filter, tidy=tidied),
        Filter("at", "更新时间", kind="date_range", with_time=True),
    )

    def queryset(self, viewer: Viewer) -> QuerySet[Any]:
        return resident_changes(viewer)

    def prepare(self, rows: list[Any], viewer: Viewer) -> None:
        provinces = province_names()
        for row, opened in zip(rows, open_entries(rows), strict=True):
            row.opened = opened
            row.province_short = provinces.get(row.province_id, row.province_name)

    def row_label(self, row: Any) -> str:
        return f"{row.opened.who.get('name', '')} {UpdateType(row.update_type).label}"

    def row_url(self, row: Any, viewer: Viewer) -> str:
        return reverse("residents:change", args=[row.pk])

    def row_actions(self, row: Any, viewer: Viewer) -> tuple[RowAction, ...]:
        return (RowAction("查看", reverse("residents:change", args=[row.pk])),)

    def empty(self, viewer: Viewer) -> Empty:
        return Empty("还没有更新记录", "账号导入、填写、修改、删除都会记在这里。")
