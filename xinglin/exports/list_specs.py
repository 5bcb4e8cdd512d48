"""导出记录: the viewer's own exports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from xinglin.kernel.viewer import Viewer
from xinglin.ui.lists.parts import Column, Empty, Filter, RowAction
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.templatetags.xl import tag

from . import selectors
from .enums import Status
from .models import ExportJob
from .rules import works_with_lists

_TONES = {
    Status.WAITING: "idle",
    Status.RUNNING: "run",
    Status.DONE: "ok",
    Status.FAILED: "bad",
    Status.CANCELLED: "idle",
    Status.EXPIRED: "idle",
}
_KIB = 1024


def size_text(size: int | None) -> str:
    """12 KB, 3.4 MB; "" when unknown."""
    if size is None:
        return ""
    return f"{size / _KIB / _KIB:.1f} MB" if size >= _KIB * _KIB else f"{max(size // _KIB, 1)} KB"


def _status(export: ExportJob, _viewer: Viewer) -> str:
    return tag(_TONES[Status(export.status)], Status(export.status).label)


class ExportHistory(ListSpec):
    """Exports of the viewer, seen under the identity that covers them."""

    name = "exports.history"
    title = "导出记录"
    noun = "导出"
    nav_key = "exports.history"
    order_by = ("-created_at",)
    columns = (
        Column("created_at", "导出时间", sort="created_at", sticky=True, always=True, link=True, width=20),
        Column("title", "导出内容", sort="title"),
        Column("status", "状态", value=lambda row: row.get_status_display(), cell=_status),
        Column("rows", "行数", numeric=True),
        Column("clear", "证件号码和手机号", value=lambda row: "完整" if row.clear else "遮盖"),
        Column("format", "格式"),
        Column("size", "大小", value=lambda row: size_text(row.size)),
        Column("expires_at", "保存至", width=20),
        Column("failure", "未完成的原因"),
    )
    filters = (
        Filter("status", "状态", "choice", choices=Status.choices),
        Filter("title", "导出内容"),
        Filter("created", "导出时间", "date_range", lookup="created_at", with_time=True),
    )

    def may_see(self, viewer: Viewer) -> bool:
        return works_with_lists(viewer)

    def queryset(self, viewer: Viewer) -> QuerySet[Any]:
        return selectors.mine(viewer)

    def row_label(self, row: Any) -> str:
        return row.file_name

    def row_url(self, row: Any, viewer: Viewer) -> str:
        return reverse("exports:job", args=[row.pk])

    def row_actions(self, row: Any, viewer: Viewer) -> Sequence[RowAction]:
        url = reverse("exports:download", args=[row.pk])
        if row.status == Status.DONE:
            return (RowAction("下载", url, "post", download=True),)
        reason = (
            "文件已过保存期，请重新导出" if row.status == Status.EXPIRED else f"{row.get_status_display()}，没有文件"
        )
        return (RowAction("下载", reason=reason),)

    def empty(self, viewer: Viewer) -> Empty:
        return Empty("还没有导出过", "在任何列表右上角点“导出”，生成的文件在这里保存 7 天。")
