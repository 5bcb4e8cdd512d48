"""各基地进度: every base with how far its intake is, its accounts, its last report (R-23)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from xinglin.kernel.viewer import Viewer
from xinglin.organizations import selectors as organizations
from xinglin.organizations.models import Organization
from xinglin.residents.selectors.enrollments import current_intake
from xinglin.residents.selectors.progress import Progress, progress
from xinglin.ui.lists.parts import Choices, Column, Empty, Filter, RowAction, Tool
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.templatetags.xl import meter, tag
from xinglin.windows import selectors as windows
from xinglin.windows.selectors import fillings_to_extend
from xinglin.windows.tables import extension_address

from .selectors import intake_url, overview
from .selectors.overview import Accounts

STATES = (("none", "还没有导入"), ("waiting", "有待审核"), ("returned", "有退回"), ("unfinished", "没有全部通过"))


def _provinces(viewer: Viewer) -> Choices:
    return [(str(row.pk), row.short_name or row.name) for row in organizations.provinces(viewer)]


def _in_state(rows: QuerySet[Any], state: Any, viewer: Viewer) -> QuerySet[Any]:
    """Bases by what their living records of this intake say."""
    mine = current_intake(viewer).filter(intake_year=windows.present_year()).order_by()
    if state == "none":
        return rows.exclude(pk__in=mine.values("organization_id"))
    if state == "waiting":
        return rows.filter(pk__in=mine.filter(review_status="pending").values("organization_id"))
    if state == "returned":
        return rows.filter(pk__in=mine.filter(review_status="returned").values("organization_id"))
    return rows.filter(pk__in=mine.exclude(review_status="approved").values("organization_id"))


def _number(name: str, **leads_to: str) -> dict[str, Any]:
    def value(row: Any) -> int:
        return int(getattr(row.progress, name))

    def cell(row: Any, viewer: Viewer) -> SafeString | str:
        number = value(row)
        address = intake_url(row.year, base=str(row.pk), **leads_to)
        return format_html('<a href="{}">{}</a>', address, f"{number:,}") if number else "0"

    return {"value": value, "cell": cell, "numeric": True, "unit": "人", "width": 8}


def _share(row: Any, _viewer: Viewer) -> SafeString:
    found: Progress = row.progress
    bar = meter(found.approved, found.imported, f"{row.name}审核通过 {found.share}%", "ok")
    return format_html('{} <span class="xl-2nd">{}%</span>', bar, found.share)


def _word(row: Any, _viewer: Viewer) -> SafeString:
    return tag(*row.progress.word)


def _accounts(row: Any, _viewer: Viewer) -> SafeString:
    return tag(*row.accounts.word)


class ProgressList(ListSpec):
    """The rows are training bases; the numbers are of the intake of the present."""

    name = "portal.progress"
    title = "各基地进度"
    noun = "基地"
    permission = "residents.view"
    export_permission = "residents.export"
    nav_key = "portal.overview"
    crumbs = (("住院医师管理", ""), ("概览", "/overview/"))
    order_by = ("province__division", "code", "id")
    columns = (
        Column("name", "培训基地", sort="name", sticky=True, always=True, width=30),
        Column("code", "代码", sort="code", default_on=False),
        Column(
            "province",
            "省份",
            value=lambda row: row.province.short_name or row.province.name,
            sort="province__division",
        ),
        Column("state", "进度", value=lambda row: row.progress.word[1], cell=_word),
        Column("imported", "已导入", **_number("imported")),
        Column("not_started", "未开始", **_number("not_started", stage="not_started")),
        Column("filling", "填写中", **_number("filling", stage="filling")),
        Column("correcting", "退回本人", **_number("correcting", stage="correcting")),
        Column("ready", "待上报", **_number("ready", stage="ready")),
        Column("returned", "省级退回", **_number("returned", review="returned")),
        Column("pending", "待审核", **_number("pending", review="pending")),
        Column("approved", "审核通过", **_number("approved", review="approved")),
        Column(
            "share", "通过比例", value=lambda row: row.progress.share, cell=_share, numeric=True, unit="%", width=10
        ),
        Column("last_report", "最近上报", value=lambda row: row.progress.last_report, width=20),
        Column("accounts", "基地账号", value=lambda row: row.accounts.word[1], cell=_accounts, width=16),
    )
    filters = (
        Filter("province", "省份", kind="choice", lookup="province_id", choices=_provinces),
        Filter("name", "培训基地"),
        Filter("state", "进度", kind="choice", choices=STATES, lookup=_in_state),
    )

    def may_see(self, viewer: Viewer) -> bool:
        return super().may_see(viewer) and overview.oversees(viewer)

    def queryset(self, viewer: Viewer) -> QuerySet[Organization]:
        return overview.bases_in_scope(viewer)

    def prepare(self, rows: list[Any], viewer: Viewer) -> None:
        year, ids = windows.present_year(), [row.pk for row in rows]
        found = progress(viewer, year, by="organization_id", organization_id__in=ids)
        accounts = overview.accounts_of(viewer, ids)
        offered = fillings_to_extend(viewer, ids, year) if viewer.may("windows.edit") else {}
        for row in rows:
            row.year, row.progress = year, found.get(row.pk, Progress())
            row.accounts = accounts.get(row.pk, Accounts())
            row.extends = offered.get(row.pk)

    def head(self, viewer: Viewer) -> str:
        return format_html('<span class="xl-2nd">{} 年招收</span>', windows.present_year())

    def head_tools(self, viewer: Viewer) -> Sequence[Tool]:
        return (Tool("概览", reverse("portal:overview"), "arrow-left"),)

    def row_label(self, row: Any) -> str:
        return str(row.name)

    def row_actions(self, row: Any, viewer: Viewer) -> Sequence[RowAction]:
        names = RowAction("名单", intake_url(row.year, base=str(row.pk)))
        extends = getattr(row, "extends", None)
        if extends is None:
            return (names,)
        return (names, RowAction("延长", extension_address(extends, "filling", row.pk)))

    def empty(self, viewer: Viewer) -> Empty:
        return Empty("还没有培训基地", "培训基地由“机构管理”设置。")
