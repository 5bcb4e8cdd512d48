"""What the doctor and the monitoring ask about exports (P-17, Q-13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count

from xinglin.exports import selectors
from xinglin.exports.enums import Status
from xinglin.exports.models import ExportJob
from xinglin.files.storage import private
from xinglin.kernel import clock
from xinglin.kernel.checkups import Finding, Look, bad, checkup, warn
from xinglin.kernel.measures import Values, measure

LATE = timedelta(hours=1)
WHY = "operators see how exports stand"


@checkup("exports.files", title="导出文件")
def files(look: Look) -> Iterator[Finding]:
    """Files of finished exports are there, those whose time is over are not, and no export lost its job."""
    store = private()
    done = ExportJob.objects.for_system(WHY).filter(status=Status.DONE).order_by("-created_at")
    names = done.values_list("file", flat=True)
    missing = sum(not store.exists(name) for name in (names if look.full else names[: look.sample]) if name)
    if missing:
        yield bad(
            f"{missing:,} 个导出文件不在存储里，下载会失败。",
            "请用户重新导出；若刚恢复过备份，检查 files 目录是否完整。",
        )
    if lost := len(selectors.lost()):
        yield warn(f"{lost:,} 个导出的任务已经中断。", "后台进程五分钟内会标记为未完成，用户重新导出即可。")
    if over := done.filter(expires_at__lt=clock.now() - LATE).count():
        yield warn(f"{over:,} 个导出文件过了保存期还没有删除。", "定时清理由后台进程进行：看后台进程是否在运行。")


@measure("exports", "Exports by state", "state")
def exports() -> Values:
    counted = ExportJob.objects.for_system(WHY).order_by().values_list("status").annotate(number=Count("pk"))
    known = dict(counted)
    for status in Status.values:
        yield (status,), known.get(status, 0)
