"""Handing out files with clear identity data; every time is recorded (P-17, P-19)."""

from __future__ import annotations

from django.db import transaction

from xinglin.history.actions import Entry, record
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from .. import selectors
from ..models import ImportJob
from ..templates_xlsx.failed import failed_workbook
from ..templates_xlsx.result import result_workbook
from .rights import require_own

SOURCE, FAILED, RESULT = "source", "failed", "result"
_WORDS = {SOURCE: "下载导入的源文件", FAILED: "下载错误行", RESULT: "下载结果"}
PURGED = "明细已过保存期，已清除；这里只留下了数量"


def hand_out(job: ImportJob, what: str, *, by: Viewer) -> tuple[str, bytes]:
    """File name and content of the source file, the workbook of failed rows or the result workbook.

    Raises Refused when the job's details were purged.
    """
    spec = require_own(job, by)
    if job.purged_at:
        raise Refused(PURGED)
    stem = job.file_name.rsplit(".", 1)[0]
    if what == SOURCE:
        name, content = job.file_name, selectors.source_file(job)
    elif what == FAILED:
        name, content = f"{stem}_错误行.xlsx", failed_workbook(job, spec, by)
    else:
        name, content = f"{stem}_导入结果.xlsx", result_workbook(job, spec, by)
    if content is None:
        raise Refused(PURGED)
    entry = Entry(
        verb=_WORDS[what],
        subject_type="import",
        subject_id=str(job.pk),
        organization_path=job.organization_path,
        organization_name=job.organization_name,
        province_id=job.province_id,
        track=job.track,
        facts={"kind": job.kind, "rows": job.count("total")},
    )
    with transaction.atomic():
        record([entry], by=by)
    return name, content
