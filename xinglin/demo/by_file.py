"""Importing accounts as a secretary does: a file with some mistakes, its check, the valid rows; it leaves 导入记录."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from xinglin.dictionaries import selectors as codes
from xinglin.imports import actions, registry
from xinglin.kernel.viewer import Viewer
from xinglin.windows.models import CollectionWindow

from .people import Invented

KIND = "resident-accounts"


def import_accounts(people: Sequence[Invented], window: CollectionWindow, file_name: str, *, by: Viewer) -> None:
    """Import a CSV of these people and of two rows that are refused; warnings are left unconfirmed."""
    spec = registry.get(KIND)
    asked = {question.name for question in spec.questions(by)}
    params = {"window": str(window.pk)} if "window" in asked else {}
    job = actions.start(spec, data=_csv(people, window.year), file_name=file_name, by=by, params=params)
    actions.check(job.pk, by=by)
    job.refresh_from_db()
    actions.confirm(job, revision=job.revision, whole=False, by=by)
    actions.run(job.pk, by=by)


def _csv(people: Sequence[Invented], year: int) -> bytes:
    rows = [_row(person, year) for person in people]
    rows.append([*rows[0][:3], _wrong_check_digit(rows[0][3]), rows[0][4]])
    rows.append([str(year - 1), "林知夏", "身份证", "", "1390000"])
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.label for column in registry.get(KIND).columns])
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _row(person: Invented, year: int) -> list[str]:
    return [str(year), person.name, codes.label("id_type", person.id_type), person.id_number, person.phone]


def _wrong_check_digit(number: str) -> str:
    return number[:-1] + ("0" if number[-1] != "0" else "1")
