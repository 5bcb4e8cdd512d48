"""The first savings of many residents: what the form's action leaves, written in bulk.

The action of the form guards, locks and recalls for one person at a time, which would take minutes for two thousand.
These are first savings inside an open window, where nothing can forbid or recall; rows and history are the same, which
a test compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from xinglin.files.access import Target
from xinglin.history import actions as history
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.people.actions import saving
from xinglin.people.registry import home_of
from xinglin.people.selectors import PersonalRecord, records
from xinglin.residents.actions.completeness import keep_missing_counts
from xinglin.residents.actions.personal import HOOKS
from xinglin.residents.models import Enrollment
from xinglin.residents.selectors.subjects import subjects

from .stock import Stock, store

PENDING_SCAN = UUID(int=0)


def later(_key: str) -> UUID:
    """Stands for a picture until the pictures of a whole batch are stored at once."""
    return PENDING_SCAN


@dataclass(slots=True)
class Part:
    """One saving: a part of the personal record, its values by field key, its moment."""

    section: str
    values: dict[str, Any]
    moment: datetime


@dataclass(slots=True)
class Filling:
    """One resident at the form, with the parts in the order in which they were saved."""

    enrollment_id: int
    person_id: int
    viewer: Viewer
    parts: list[Part] = field(default_factory=list)


def fill(fillings: Sequence[Filling], stock: Stock, rng: Random, *, by: Viewer) -> None:
    """Store the pictures and save all parts of residents who saved nothing before."""
    found = records([filling.person_id for filling in fillings])
    wanted: dict[str, list[tuple[PersonalRecord, dict[str, Any]]]] = {}
    for filling in fillings:
        place = wanted.setdefault(filling.viewer.organization_path, [])
        place.extend((found[filling.person_id], part.values) for part in filling.parts)
    for path, parts in wanted.items():
        put_pictures(parts, path, stock, rng, by=by)
    homes = HOOKS.homes(found)
    for filling in fillings:
        record = found[filling.person_id]
        home = homes.get(filling.person_id) or home_of(filling.person_id)
        for part in filling.parts:
            with clock.telling(part.moment):
                changes = saving.put(record, part.section, part.values)
                saving.store(record, part.section)
                history.record([saving.entry_of(record, part.section, changes, home)], by=filling.viewer)
    _stamp(fillings)


def put_pictures(
    wanted: Iterable[tuple[PersonalRecord, dict[str, Any]]], path: str, stock: Stock, rng: Random, *, by: Viewer
) -> None:
    """Put a stored picture of the stock, for people of the base at ``path``, where one is still to come."""
    places = [
        (record, values, key) for record, values in wanted for key, value in values.items() if value == PENDING_SCAN
    ]
    entries = []
    for record, values, key in places:
        name = key.rsplit(".", 1)[-1]
        target = Target(record.person.key, record.person.pk, path)
        entries.append((stock.pick(rng, name, _sex_of(record, values)), name, target))
    for (_, values, key), file_id in zip(places, store(entries, by=by), strict=True):
        values[key] = file_id


def _sex_of(record: PersonalRecord, values: dict[str, Any]) -> str:
    """1 or 2: as the ID number tells it, else as it is just being filled in."""
    return str(values.get("basic_info.sex") or record.person.sex or "1")


def _stamp(fillings: Iterable[Filling]) -> None:
    """When the resident first saved, when the record last changed and what it lacks, as the form's action leaves it."""
    rows = Enrollment.objects.for_system("first savings of the demo")
    saved = [filling for filling in fillings if filling.parts]
    for filling in saved:
        rows.filter(pk=filling.enrollment_id).update(
            filled_at=filling.parts[0].moment, updated_at=filling.parts[-1].moment
        )
    keep_missing_counts(list(subjects([filling.enrollment_id for filling in saved]).values()))
