"""Asking for an export, making its file, handing it out, letting it go."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from django.db import transaction
from django.http import QueryDict

from xinglin.history.actions import Entry, record
from xinglin.jobs import actions as jobs
from xinglin.kernel import clock
from xinglin.kernel.errors import DomainError, NotAllowed, Refused
from xinglin.kernel.viewer import Viewer
from xinglin.ui.lists.spec import ListSpec
from xinglin.vault.actions import new_key

from . import sealed_file, selectors, writing
from .enums import Format, Status
from .models import ExportJob

KEPT = timedelta(days=7)
INLINE_ROWS = 5_000
"""Up to so many rows are written within the request."""
JOB = "exports.run"
LOST = "生成文件的任务没有完成。请重新导出；再次不成功请联系技术支持。"
Tell = Callable[[int], None]


def ask(request: selectors.Request, *, columns: Sequence[str], form: str, clear: bool, by: Viewer) -> ExportJob:
    """Ask for an export; a small one is made at once, a large one by a job.

    Raises NotAllowed without the right to export (or to full numbers), Refused when no column is left.
    """
    spec = request.spec
    _check_rights(spec, clear, by)
    known = {column.name for column in request.columns}
    chosen = [name for name in dict.fromkeys(columns) if name in known]
    if not chosen:
        raise Refused("至少选择一列，才能导出。")
    with transaction.atomic():
        export = ExportJob.objects.for_system("a new export").create(
            key=new_key("job"),
            owner_user_id=by.user_id,
            owner_name=by.user_name,
            grant_id=by.grant_id,
            organization_path=by.organization_path,
            track=by.track or "",
            list_name=spec.name,
            title=spec.title,
            query=request.state.query(),
            conditions=json.dumps(request.conditions, ensure_ascii=False),
            columns=chosen,
            format=form if form in Format.values else Format.XLSX,
            clear=clear,
            total=request.count.number,
        )
        if export.total > INLINE_ROWS:
            job = jobs.enqueue(JOB, by=by, arguments={"export_id": str(export.pk)}, title=f"导出{spec.title}")
            _set(export, job_id=job.pk)
    if export.total <= INLINE_ROWS:
        run(export.pk, by=by)
        export.refresh_from_db()
    return export


def run(export_id: uuid.UUID, *, by: Viewer, tell: Callable[[int, int], None] | None = None) -> None:
    """Make the file, with the rights that the owner has now; running twice makes it anew.

    ``tell(done, total)`` is called after every chunk and may raise to stop. A refusal is kept on the export.
    """
    export = selectors.for_work(export_id)
    if export.status in (Status.DONE, Status.EXPIRED):
        return
    _set(export, status=Status.RUNNING)
    try:
        rows, size, file = _make(export, by, lambda done: tell(done, export.total) if tell else None)
    except DomainError as error:
        _set(export, status=Status.FAILED, failure=error.message[:500], finished_at=clock.now())
        raise
    now = clock.now()
    with transaction.atomic():
        _set(export, status=Status.DONE, rows=rows, size=size, file=file, finished_at=now, expires_at=now + KEPT)
        _log(export, "export", by)


def _make(export: ExportJob, by: Viewer, tell: Tell) -> tuple[int, int, str]:
    request = selectors.request_of(export.list_name, QueryDict(export.query), by)
    _check_rights(request.spec, export.clear, by)
    columns = [request.spec.column_of[name] for name in export.columns if name in request.spec.column_of]
    lines = _Counted(writing.rows(request.spec, request.rows, columns, by, clear=export.clear, tell=tell))
    with TemporaryFile() as plain:
        target = cast(BinaryIO, plain)
        if export.format == Format.XLSX:
            writing.write_xlsx(target, request.spec.title, columns, lines)
        else:
            writing.write_csv(target, columns, lines)
        size = target.seek(0, 2)
        return lines.count, size, sealed_file.write(export.pk, export.key, target)


class _Counted:
    """Counts what passes."""

    def __init__(self, lines: Any) -> None:
        self.lines, self.count = lines, 0

    def __iter__(self) -> Any:
        for line in self.lines:
            self.count += 1
            yield line


def hand_out(export: ExportJob, *, by: Viewer) -> None:
    """Record that the owner takes the file. Raises Refused when there is none, NotAllowed when the right has gone."""
    if export.status == Status.EXPIRED:
        raise Refused("文件已过保存期，已经删除。请重新导出。")
    if export.status != Status.DONE:
        raise Refused("文件还没有生成。请在“导出记录”里查看进度。")
    _check_rights(selectors.spec_or_404(export.list_name), export.clear, by)
    with transaction.atomic():
        _log(export, "download", by)


def give_up_lost() -> int:
    """Mark exports whose job ended without them; returns how many."""
    found = selectors.lost()
    for export in found:
        _set(export, status=Status.FAILED, failure=LOST, finished_at=clock.now())
    return len(found)


def cancelled(export_id: uuid.UUID) -> None:
    """The owner took the job back."""
    _set(selectors.for_work(export_id), status=Status.CANCELLED, finished_at=clock.now())


def expire() -> int:
    """Delete the files whose time is over; the record of the export stays. Returns how many."""
    due = ExportJob.objects.for_system("upkeep of exports").filter(status=Status.DONE, expires_at__lt=clock.now())
    count = 0
    for export in due.iterator(chunk_size=200):
        sealed_file.remove(export.file)
        _set(export, status=Status.EXPIRED, file="")
        count += 1
    return count


def _check_rights(spec: ListSpec, clear: bool, by: Viewer) -> None:
    if not spec.may_see(by) or not spec.may_export(by):
        raise NotAllowed(f"当前身份“{by.role_label}”不能导出“{spec.title}”。请联系本单位管理员。")
    if clear and not spec.may_clear(by):
        raise NotAllowed(f"当前身份“{by.role_label}”不能导出完整的证件号码和手机号，请改为遮盖后导出。")


def _set(export: ExportJob, **values: Any) -> None:
    ExportJob.objects.for_system("the export's own progress").filter(pk=export.pk).update(**values)
    for name, value in values.items():
        setattr(export, name, value)


def _log(export: ExportJob, verb: str, by: Viewer) -> None:
    """Who, what, which conditions, how many rows. What was typed into a condition is sealed."""
    request = selectors.request_of(export.list_name, QueryDict(export.query), by)
    facts = {
        "list": export.list_name,
        "title": export.title,
        "conditions": dict(request.untold_conditions),
        "rows": export.rows,
        "columns": len(export.columns),
        "format": export.format,
        "clear": export.clear,
    }
    entry = Entry(
        verb=verb,
        subject_type="exports.ExportJob",
        subject_id=str(export.pk),
        organization_path=export.organization_path,
        organization_name=by.organization_name,
        province_id=by.province_id,
        province_name=by.province_name,
        track=export.track,
        key=export.key,
        sealed_changes={"条件": ["", export.conditions]},
        facts=facts,
    )
    record([entry], by=by)
