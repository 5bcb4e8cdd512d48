"""What of 培训信息 is mandatory, what follows from what, and when a record is locked (R-01, R-05, R-08). Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from xinglin.kernel.issues import Issue
from xinglin.people.rules import Mandatory, missing_in, missing_personal, part

from .fields import TRAINING, record_labels

OWN_EMPLOYEE, SPONSORED, OTHER = "own_employee", "sponsored", "other"


def _employed(values: Mapping[str, Any]) -> bool:
    return values.get("personnel_type") in (OWN_EMPLOYEE, SPONSORED)


def _other(values: Mapping[str, Any]) -> bool:
    return values.get("personnel_type") == OTHER


def _end_differs(values: Mapping[str, Any]) -> bool:
    """The planned end is not the one that start and years give."""
    start, years, end = values.get("starts_on"), values.get("approved_years"), values.get("ends_on")
    if not (start and years and end):
        return False
    return as_date(end) != planned_end(as_date(start), int(years))


TRAINING_MANDATORY = (
    Mandatory("funding_plan"),
    Mandatory("personnel_type"),
    Mandatory("other_personnel", _other, "人员类型为“其他”时必填"),
    Mandatory("employer_name", _employed, "本单位、委派（委托）单位住院医师必填"),
    Mandatory("employer_uscc", _employed, "本单位、委派（委托）单位住院医师必填"),
    Mandatory("military_hospital"),
    Mandatory("graduate_cohort"),
    Mandatory("rural_oriented"),
    Mandatory("west_china_support"),
    Mandatory("intake_year"),
    Mandatory("training_division"),
    Mandatory("specialty"),
    Mandatory("approved_years"),
    Mandatory("starts_on"),
    Mandatory("ends_on"),
    Mandatory("ends_on_reason", _end_differs, "计划结束日期与年限推算的不同时必填"),
)


def as_date(value: Any) -> dt.date:
    """A day from a stored value or from its ISO text."""
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def planned_end(start: dt.date, years: int) -> dt.date:
    """Last day of training: the day before the anniversary of the start (29 February counts as 1 March)."""
    try:
        anniversary = start.replace(year=start.year + years)
    except ValueError:
        anniversary = dt.date(start.year + years, 3, 1)
    return anniversary - dt.timedelta(days=1)


def missing_training(flat: Mapping[str, Any]) -> list[Issue]:
    """What 培训信息 still lacks before the record may be reported."""
    return missing_in(part(flat, TRAINING), TRAINING_MANDATORY, TRAINING, record_labels())


def missing_items(flat: Mapping[str, Any]) -> list[Issue]:
    """Everything that is missing of the whole record: one list for page, button, check and report (R-08)."""
    return missing_personal(flat) + missing_training(flat)
