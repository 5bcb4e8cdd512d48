"""What the doctor and the monitoring ask about imports (P-16, Q-09, Q-13)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef, Q

from xinglin.imports import selectors
from xinglin.imports.enums import WRITING, Status, Verdict
from xinglin.imports.models import ImportFile, ImportJob, ImportRow
from xinglin.kernel.checkups import Finding, Look, bad, checkup, warn
from xinglin.kernel.measures import Values, measure

WHY = "operators see how imports stand"
SAMPLE = 50


@checkup("imports.rows", title="导入任务与明细")
def rows(look: Look) -> Iterator[Finding]:
    """A finished import has applied every row that it meant to write; an open one has its file."""
    jobs = ImportJob.objects.for_system(WHY).filter(purged_at=None)
    done = jobs.filter(status=Status.DONE).order_by("-created_at")
    left = Q(verdict__in=WRITING, held=False, applied_at=None)
    chosen = list(done.values_list("pk", flat=True) if look.full else done.values_list("pk", flat=True)[:SAMPLE])
    undone = set(ImportRow.objects.filter(left, job__in=chosen).values_list("job_id", flat=True).distinct())
    if undone:
        yield bad(
            f"{len(undone):,} 次导入标为已完成，却有该写入的行没有写入。",
            "请基地在“导入记录”里重新上传同一个文件：已写入的行不会重复。并联系技术支持。",
        )
    has_file = Exists(ImportFile.objects.filter(pk=OuterRef("pk")))
    if lost := jobs.filter(status=Status.CHECKED).exclude(has_file).count():
        yield bad(f"{lost:,} 次待确认的导入找不到上传的文件。", "请基地重新上传。")


@checkup("imports.stalled", title="中断的导入")
def stalled(look: Look) -> Iterator[Finding]:
    """No import stands still in the middle."""
    busy = ImportJob.objects.for_system(WHY).filter(status__in=[Status.CHECKING, Status.APPLYING])
    number = sum(selectors.is_stalled(job) for job in busy[:200])
    if number:
        yield warn(f"{number:,} 次导入中断了。", "后台进程运行时会自动继续；一直不变请看后台进程的日志。")


@measure("imports", "Imports by state", "state")
def imports() -> Values:
    known = dict(ImportJob.objects.for_system(WHY).order_by().values_list("status").annotate(number=Count("pk")))
    for status in Status.values:
        yield (status,), known.get(status, 0)


@measure("import_rows", "Rows of imports that are still kept, by verdict", "verdict")
def import_rows() -> Values:
    known = dict(ImportRow.objects.order_by().values_list("verdict").annotate(number=Count("pk")))
    for verdict in Verdict.values:
        yield (verdict,), known.get(verdict, 0)
