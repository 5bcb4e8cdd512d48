"""培训信息: saved by the base, one or many (R-05)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from xinglin.history import actions as history
from xinglin.kernel import clock
from xinglin.kernel.bulk import update_rows
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from ..fields import TRAINING, record_fields, shown_value, training_declarations
from ..models import Enrollment
from ..rules import as_date, planned_end
from ..selectors.subjects import Subject, history_entry, subjects, training_content
from .completeness import keep_missing_counts
from .locking import read_only_reasons, recall_for_change


@transaction.atomic
def save_training(enrollment_id: int, values: Mapping[str, Any], *, by: Viewer) -> list[str]:
    """Save 培训信息 of one resident, given by field name and already cleaned; returns the changed field keys.

    Raises NotAllowed, Refused with the reason where the record is locked or gone.
    """
    changed = save_many({enrollment_id: values}, by=by)
    return changed[enrollment_id]


@transaction.atomic
def save_many(rows: Mapping[int, Mapping[str, Any]], *, by: Viewer) -> dict[int, list[str]]:
    """Save 培训信息 of many residents at once (import); all or nothing. Raises as ``save_training``."""
    by.require("residents.edit_training")
    visible = set(Enrollment.objects.visible_to(by).filter(pk__in=list(rows)).values_list("pk", flat=True))
    if len(visible) != len(rows):
        raise Refused("没有这条记录，或不在您的管理范围内。")
    found = subjects(visible)
    changed: dict[int, list[str]] = {}
    touched: list[Subject] = []
    entries = []
    locked = read_only_reasons(list(found.values()))
    if locked:
        raise Refused(next(iter(locked.values())))
    for pk, subject in found.items():
        before = training_content(subject.enrollment)
        _assign(subject.enrollment, rows[pk])
        after = training_content(subject.enrollment)
        changed[pk] = [key for key in after if after[key] != before[key]]
        if changed[pk]:
            touched.append(subject)
            entries.append(_entry(subject, before, after, changed[pk]))
    _store([subject.enrollment for subject in touched])
    keep_missing_counts(touched)
    recall_for_change(touched, by=by, reason="培训信息有改动")
    history.record(entries, by=by)
    return changed


def with_derived_end(present: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The given values, with the planned end that follows from start and years where none is given.

    An end that was set by hand with a reason stays. ``present``: JSON values by field name.
    """
    planned = dict(given)
    start = given.get("starts_on") or present.get("starts_on")
    years = given.get("approved_years") or present.get("approved_years")
    by_hand = given.get("ends_on_reason") or present.get("ends_on_reason")
    if given.get("ends_on") is None and start and years and not by_hand:
        planned["ends_on"] = planned_end(as_date(start), int(years))
    return planned


def _assign(enrollment: Enrollment, values: Mapping[str, Any]) -> None:
    declarations = training_declarations()
    present = {name: getattr(enrollment, name) for name in declarations}
    for name, value in with_derived_end(present, values).items():
        if declarations[name].fixed:
            continue
        setattr(enrollment, name, "" if value is None and isinstance(present[name], str) else value)


def _store(enrollments: list[Enrollment]) -> None:
    now = clock.now()
    names = [name for name, d in training_declarations().items() if not d.fixed]
    rows = [(e.pk, [*(getattr(e, name) for name in names), now]) for e in enrollments]
    update_rows(Enrollment, [*names, "updated_at"], rows)


def _entry(subject: Subject, before: dict[str, Any], after: dict[str, Any], keys: list[str]) -> Any:
    fields = record_fields()
    first_time = all(before[key] in (None, "") for key in before if key != f"{TRAINING}.intake_year")
    entry = history_entry(subject, "enrollment.training", "created" if first_time else "changed")
    entry.changes = {fields[key].label: [shown_value(key, before[key]), shown_value(key, after[key])] for key in keys}
    return entry
