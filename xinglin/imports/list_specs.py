"""导入记录: who imported what, when, with which result (P-16)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from xinglin.kernel.names import tidied
from xinglin.kernel.viewer import Viewer
from xinglin.ui.lists.parts import Column, Empty, Filter, RowAction
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.templatetags.xl import tag

from . import registry, selectors
from .enums import Mode, Status
from .models import ImportJob

_TONES = {
    Status.UPLOADED: "run",
    Status.CHECKING: "run",
    Status.CHECKED: "wait",
    Status.APPLYING: "run",
    Status.DONE: "ok",
    Status.FAILED: "bad",
    Status.CANCELLED: "idle",
}


def _status(job: ImportJob, viewer: Viewer) -> str:
    return tag(_TONES[Status(job.status)], Status(job.status).label)


def _figure(name: str) -> Any:
    return lambda job: job.counts.get(name)


def _left(job: ImportJob) -> int | None:
    """Rows of the file that are in none of the other columns."""
    return sum(job.count(name) for name in ("error", "ready", "held")) if "error" in job.counts else None


class ImportHistory(ListSpec):
    """Imports of the viewer's subtree; the file's name opens the import."""

    name = "imports.history"
    title = "导入记录"
    noun = "导入"
    columns = (
        Column("created_at", "上传时间", sort="created_at", width=20),
        Column("title", "导入内容", sticky=True, width=22),
        Column("file_name", "文件名", link=True, always=True, width=30),
        Column("status", "状态", value=lambda job: job.get_status_display(), cell=_status),
        Column("total", "共检查", value=_figure("total"), numeric=True, unit="行"),
        Column("created", "新增", value=_figure("created"), numeric=True),
        Column("updated", "更新", value=_figure("updated"), numeric=True),
        Column("unchanged", "未变化", value=_figure("unchanged"), numeric=True),
        Column("dropped", "去掉", value=_figure("dropped"), numeric=True),
        Column("left", "没有导入", value=_left, numeric=True),
        Column("owner_name", "导入人", width=16),
        Column("organization_name", "机构", width=26),
        Column("mode", "方式", value=lambda job: job.get_mode_display()),
        Column("finished_at", "完成时间", sort="finished_at", default_on=False, width=20),
    )
    filters = (
        Filter("kind", "导入内容", "choice", choices=lambda viewer: _kinds(viewer)),
        Filter("status", "状态", "choice", choices=Status.choices),
        Filter("mode", "方式", "choice", choices=Mode.choices),
        Filter("created_at", "上传时间", "date_range", with_time=True),
        Filter("owner_name", "导入人", tidy=tidied),
    )
    order_by = ("-created_at", "-id")

    def queryset(self, viewer: Viewer) -> QuerySet[ImportJob]:
        return selectors.jobs(viewer)

    def may_see(self, viewer: Viewer) -> bool:
        """Whoever sees residents of a subtree sees its imports; a personal identity has none."""
        return not viewer.is_person

    def row_url(self, row: ImportJob, viewer: Viewer) -> str:
        return reverse("imports:job", args=[row.pk])

    def row_actions(self, row: ImportJob, viewer: Viewer) -> list[RowAction]:
        """Looking for everybody; the files, which hold clear identity data, for the organisation itself."""
        actions = [RowAction("查看", self.row_url(row, viewer))]
        spec = registry.kinds().get(row.kind)
        own = spec is not None and row.organization_id == viewer.organization_id and viewer.may(spec.permission)
        if own and row.purged_at is None:
            actions.append(
                RowAction("下载源文件", reverse("imports:file", args=[row.pk, "source"]), "post", download=True)
            )
            if row.counts.get("error"):
                actions.append(RowAction("下载错误行", reverse("imports:failed", args=[row.pk]), "post", download=True))
        return actions

    def row_label(self, row: ImportJob) -> str:
        return row.file_name

    def empty(self, viewer: Viewer) -> Empty:
        return Empty(title="还没有导入过", text="从各列表上方的“导入”按钮开始，每次导入都会留在这里")


def _kinds(viewer: Viewer) -> list[tuple[str, str]]:
    return [(kind, spec.title) for kind, spec in registry.kinds().items()]
