"""Reading persons: whole personal records, and exact search by keyed hash."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from xinglin.kernel.declarations import declarations_of
from xinglin.kernel.viewer import Viewer
from xinglin.vault.hashing import keyed_hash

from .models import Draft, Education, Person, Qualification


@dataclass(slots=True)
class PersonalRecord:
    """A person with education and qualifications as one thing."""

    person: Person
    education: dict[str, Education] = field(default_factory=dict)
    qualification: Qualification | None = None

    @property
    def content(self) -> dict[str, Any]:
        """Flat content: field key → JSON value; dates as ISO text, pictures as their file id."""
        flat = _flat(self.person, "basic_info")
        for level, row in self.education.items():
            flat |= _flat(row, f"education.{level}")
        if self.qualification is not None:
            flat |= _flat(self.qualification, "qualifications")
        return flat


def _flat(row: Any, prefix: str) -> dict[str, Any]:
    return {f"{prefix}.{name}": plain(getattr(row, name)) for name in _names(type(row))}


_name_cache: dict[type, list[str]] = {}


def _names(model: type) -> list[str]:
    if model not in _name_cache:
        _name_cache[model] = list(declarations_of(model))
    return _name_cache[model]


def plain(value: Any) -> Any:
    """A stored value as JSON value."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    return value


def records(person_ids: Iterable[int]) -> dict[int, PersonalRecord]:
    """Whole records of some persons, in three queries. The caller has established the scope."""
    ids = list(person_ids)
    reason = "persons of enrollments that were selected in scope"
    people = Person.objects.for_system(reason).select_related("key").filter(pk__in=ids)
    found = {person.pk: PersonalRecord(person) for person in people}
    for row in Education.objects.for_system(reason).filter(person_id__in=ids):
        found[row.person_id].education[row.level] = row
    for qualification in Qualification.objects.for_system(reason).filter(person_id__in=ids):
        record = found[qualification.person_id]
        qualification.key = record.person.key
        record.qualification = qualification
    return found


def record_of(person_id: int) -> PersonalRecord:
    """One whole record. Raises KeyError for an unknown person."""
    return records([person_id])[person_id]


def id_number_hash(id_number: str) -> str:
    """Keyed hash by which an ID number is found; with the ID type it is unique."""
    return keyed_hash("id_number", id_number)


def last6_hash(id_number: str) -> str:
    """Keyed hash of the last six characters."""
    return keyed_hash("id_last6", id_number[-6:])


def phone_hash(phone: str) -> str:
    """Keyed hash of a mobile number, "" for none."""
    return keyed_hash("phone", phone) if phone else ""


def draft_of(viewer: Viewer, section: str) -> Draft | None:
    """The viewer's own unsaved input of one part."""
    return Draft.objects.visible_to(viewer).select_related("key").filter(section=section).first()
