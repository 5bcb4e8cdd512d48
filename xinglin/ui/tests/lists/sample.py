"""A list over organisations, which every floor below knows: what the tests of the machine look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import include, path

from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Organization
from xinglin.ui.lists.parts import BatchAction, BatchResult, Column, Empty, Filter, RowAction, Tool
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.lists.views import ListView

done: list[list[int]] = []


def run(ids: list[Any], viewer: Viewer) -> BatchResult:
    """Remember what was selected; the first is refused when there are several."""
    done.append(ids)
    return BatchResult(f"处理了 {len(ids)} 条。", [("第一条", "不能处理")] if len(ids) > 1 else [])


class UnitList(ListSpec):
    """Every kind of column and filter at least once."""

    name = "test.units"
    title = "机构一览"
    noun = "机构"
    permission = "residents.view"
    export_permission = "residents.export"
    clear_permission = "residents.export_clear"
    order_by = ("name",)
    first = 2
    columns = (
        Column("name", "名称", sort="name", sticky=True, always=True, link=True),
        Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind"),
        Column("province", "省份", value="province.name"),
        Column("code", "代码", sort=("code", "-name"), mono=True),
        Column("contact", "电话", value="short_name", mask="phone"),
        Column("length", "字数", value=lambda row: len(row.name) * 1000, numeric=True, unit="字"),
        Column("created_at", "建立时间", sort="-created_at", default_on=False),
    )
    filters = (
        Filter("name", "名称"),
        Filter("kind", "类别", "choice", choices=Kind.choices),
        Filter("kinds", "多个类别", "multi", lookup="kind", choices=Kind.choices),
        Filter("created", "建立时间", "date_range", lookup="created_at", with_time=True),
        Filter("year", "年份", "year", lookup="created_at__year"),
        Filter("coded", "有代码", "bool", lookup=lambda rows, value, _viewer: rows.exclude(code="") if value else rows),
        Filter("number", "证件号码", "id_number", lookup="code", last6="short_name"),
    )

    def queryset(self, viewer: Viewer) -> QuerySet[Any]:
        return Organization.objects.visible_to(viewer).select_related("province")

    def row_label(self, row: Any) -> str:
        return str(row.name)

    def row_url(self, row: Any, viewer: Viewer) -> str:
        return f"/units/{row.pk}/"

    def row_actions(self, row: Any, viewer: Viewer) -> Sequence[RowAction]:
        return (
            RowAction("编辑", f"/units/{row.pk}/edit/"),
            RowAction("删除", f"/units/{row.pk}/delete/", "post", confirm="真的删除？", danger=True),
            RowAction("上报", reason="窗口已关闭"),
            RowAction("历史", f"/units/{row.pk}/history/"),
        )

    def batch_actions(self, viewer: Viewer) -> Sequence[BatchAction]:
        return (
            BatchAction("mark", "标记 {n} 项", "flag", "primary", run=run, most=50),
            BatchAction("send", "寄送", url="/units/send/", permission="residents.report"),
            BatchAction("shut", "停用", reason="只有协会可以停用", run=run),
        )

    def toolbar(self, viewer: Viewer) -> Sequence[Tool | tuple[Tool, Tool]]:
        return (
            (Tool("导入", "/in/", "upload"), Tool("模板", "/template/")),
            Tool("新增", permission="residents.report"),
        )

    def empty(self, viewer: Viewer) -> Empty:
        return Empty("还没有机构", "先新增一个。", (Tool("新增机构", "/units/new/", kind="primary"),))


urlpatterns = [path("test/units/", ListView.as_view(spec=UnitList)), path("", include("xinglin.config.urls"))]
