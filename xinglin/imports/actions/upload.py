"""Taking a file in (P-16): read it, recognise its columns, keep it sealed. Nothing of it becomes a record yet."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction

from xinglin.files import scanning
from xinglin.files.sniffing import BadUpload
from xinglin.kernel.collector import resting_collector
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.vault import cipher
from xinglin.vault.actions import new_key

from ..layout import Layout, layout_of, rows_of
from ..models import ImportFile, ImportJob
from ..rows import ParsedRow
from ..spec import ImportSpec
from ..workbook.limits import Limits
from ..workbook.problems import Unreadable
from ..workbook.reading import Sheet, read


def start(
    spec: ImportSpec,
    *,
    data: bytes,
    file_name: str,
    by: Viewer,
    mode: str | None = None,
    params: Mapping[str, str] = {},
) -> ImportJob:
    """A new import, not yet checked.

    Raises NotAllowed, what ``spec.needs`` raises, and Refused with the reason when the file as a whole is unusable.
    """
    by.require(spec.permission)
    spec.needs(by)
    chosen = mode or spec.modes[0]
    if chosen not in spec.modes:
        raise Refused("这种导入没有这个方式，请重新选择")
    answers = _answers(spec, by, params)
    try:
        if len(data) <= Limits().file_size:  # a larger one is refused unread
            scanning.check(data)
    except BadUpload as refusal:
        raise Refused(refusal.message, field="file") from refusal
    try:
        labels = [heading for column in spec.columns for heading in column.headings]
        sheet = read(data, wanted=spec.sheet_name, labels=labels, limits=replace(Limits(), rows=spec.max_rows))
    except Unreadable as refusal:
        raise Refused(str(refusal), field="file") from refusal
    with resting_collector():
        layout = layout_of(sheet, spec, chosen)
        rows = rows_of(sheet, layout, spec)
    with transaction.atomic():
        return _store(spec, by, data, file_name, chosen, answers, sheet, layout, rows)


def _answers(spec: ImportSpec, by: Viewer, params: Mapping[str, str]) -> dict[str, str]:
    answers = {}
    for question in spec.questions(by):
        answer = params.get(question.name, "")
        if answer not in dict(question.choices):
            raise Refused(f"请选择{question.label}", field=question.name)
        answers[question.name] = answer
    return spec.settled(by, answers)


def _store(
    spec: ImportSpec, by: Viewer, data: bytes, file_name: str, mode: str, answers: dict[str, str],
    sheet: Sheet, layout: Layout, rows: list[ParsedRow],
) -> ImportJob:  # fmt: skip
    names = list(layout.positions)
    job = ImportJob(
        kind=spec.kind,
        title=spec.title,
        organization_id=by.organization_id,
        organization_name=by.organization_name,
        organization_path=by.organization_path,
        province_id=by.province_id,
        track=by.track or "",
        owner_user_id=by.user_id,
        owner_name=by.user_name,
        grant_id=by.grant_id,
        key=new_key("job"),
        mode=mode,
        params=answers,
        layout={"columns": names, "header": layout.header, "remarks": layout.remarks, "format": sheet.format},
        counts={"total": len(rows)},
        progress_total=len(rows),
        file_name=file_name[-200:],
        file_size=len(data),
        sheet_name=sheet.sheet[:100],
    )
    job.save(force_insert=True)
    content = json.dumps([[row.number, list(row.cells.values())] for row in rows], ensure_ascii=False)
    ImportFile.objects.create(
        job=job,
        sealed=cipher.seal(job.key, data, f"imports.file:{job.id}"),
        parsed=cipher.seal(job.key, zlib.compress(content.encode(), 1), f"imports.parsed:{job.id}"),
    )
    return job
