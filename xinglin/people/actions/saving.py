"""保存 of one personal part: accepts missing values, tells the parts above, writes history (R-07, R-19)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from xinglin.dictionaries.display import shown
from xinglin.history import actions as history
from xinglin.history.actions import Entry
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused, Stale
from xinglin.kernel.viewer import Viewer

from ..enums import EducationLevel, Section
from ..fields import personal_fields
from ..models import Education, Person, Qualification
from ..registry import Home, home_of, hooks
from ..rules import part
from ..selectors import PersonalRecord, phone_hash, plain, record_of
from .creating import derived
from .drafts import discard_draft

Changes = dict[str, tuple[Any, Any]]
"""Field key → (old, new), as JSON values."""


@transaction.atomic
def save_section(section: str, values: dict[str, Any], *, by: Viewer, seen: Mapping[str, Any] | None = None) -> Changes:
    """Save the values of one part, given by full field key and already cleaned; keys left out stay.

    Only the person edits the personal record. A save that changes nothing writes nothing. Raises NotAllowed, and
    Refused with the reason where a part above forbids it now (window closed, approved). ``seen``: the content on which
    the values rest; Stale where one of them has another value by now.
    """
    if by.person_id is None or not by.is_person:
        raise NotAllowed("个人信息由本人填写，基地可以退回修改。")
    _lock(by.person_id)
    for hook in hooks():
        reason = hook.guard(by.person_id, by)
        if reason:
            raise Refused(reason)
    record = record_of(by.person_id)
    _refuse_stale(record.content, values, seen)
    changes = put(record, section, values)
    discard_draft(record.person.pk, section)
    if not changes:
        return {}
    store(record, section)
    history.record([entry_of(record, section, changes, home_of(record.person.pk))], by=by)
    for hook in hooks():
        hook.saved(record, list(changes), by)
    return changes


def _refuse_stale(content: Mapping[str, Any], values: Mapping[str, Any], seen: Mapping[str, Any] | None) -> None:
    if seen is not None and any(_present(content.get(key)) != _present(seen.get(key)) for key in values):
        raise Stale("这一步刚刚在别的窗口保存过，请重新打开再填。")


def put(record: PersonalRecord, section: str, values: dict[str, Any]) -> Changes:
    """Set the values on the record in memory and say what that changes."""
    before = record.content
    _assign(record, section, values)
    after = record.content
    return {key: (before.get(key), after[key]) for key in after if _present(before.get(key)) != _present(after[key])}


def _present(value: Any) -> Any:
    return None if value == "" else value


def _lock(person_id: int) -> None:
    if connection.features.has_select_for_update:
        Person.objects.for_system("lock own row").select_for_update().get(pk=person_id)


def _assign(record: PersonalRecord, section: str, values: dict[str, Any]) -> None:
    fields = personal_fields()
    unknown = [key for key in values if key not in fields or fields[key].section != section]
    if unknown:
        raise ValueError(f"not fields of {section}: {unknown}")
    if section == Section.EDUCATION:
        for level in EducationLevel:
            mine = part(values, f"education.{level.value}")
            if mine:
                row = record.education.setdefault(level.value, Education(person=record.person, level=level.value))
                _set(row, mine, fields, f"education.{level.value}")
        return
    if section == Section.QUALIFICATIONS:
        if record.qualification is None:
            record.qualification = Qualification(person=record.person, key=record.person.key)
        _set(record.qualification, part(values, section), fields, section)
        return
    _set(record.person, part(values, section), fields, section)
    sex, birth_date = derived(record.person.id_type, record.person.id_number)
    if birth_date:
        record.person.sex, record.person.birth_date = sex, birth_date


def _set(row: Any, values: dict[str, Any], fields: dict[str, Any], prefix: str) -> None:
    for name, value in values.items():
        if not fields[f"{prefix}.{name}"].declaration.fixed:
            setattr(row, name, value)


def store(record: PersonalRecord, section: str) -> None:
    """Write one part of a record whose changes were put; guard, history and hooks are the caller's."""
    person = record.person
    if section == Section.EDUCATION:
        for row in record.education.values():
            row.save()
        _keep_highest(record)
    elif section == Section.QUALIFICATIONS and record.qualification is not None:
        record.qualification.save()
    person.phone_hash = phone_hash(person.phone)
    person.updated_at = clock.now()
    person.save()


def _keep_highest(record: PersonalRecord) -> None:
    applying = [record.education[level] for level in EducationLevel if _applies(record, level)]
    highest = applying[-1] if applying else None
    record.person.highest_education = highest.level if highest else ""
    record.person.highest_degree = highest.degree if highest else ""
    record.person.highest_degree_type = highest.degree_type if highest else ""


def _applies(record: PersonalRecord, level: str) -> bool:
    return level in record.education and record.education[level].applies is True


def entry_of(record: PersonalRecord, section: str, changes: Changes, home: Home) -> Entry:
    """The history entry of one save. All of it is sealed: what a person typed goes with the person's key."""
    fields = personal_fields()
    sealed: dict[str, list[Any]] = {}
    for key, (old, new) in changes.items():
        declaration = fields[key].declaration
        sealed[fields[key].label] = [shown(declaration, plain(old)), _new_text(declaration, old, new)]
    person = record.person
    filled_before = any(old not in (None, "") for old, _ in changes.values())
    return Entry(
        verb=f"person.save.{section}",
        update_type="changed" if filled_before else "created",
        subject_type="person",
        subject_id=person.pk,
        parent_type=home.parent_type,
        parent_id=home.parent_id,
        organization_path=home.organization_path,
        organization_name=home.organization_name,
        province_id=home.province_id,
        province_name=home.province_name,
        track=home.track,
        person_id=person.pk,
        key=person.key,
        lookup=person.id_number_hash,
        who={"name": person.name, "id_number": person.id_number},
        sealed_changes=sealed,
        facts=home.facts,
    )


def _new_text(declaration: Any, old: Any, new: Any) -> str:
    if declaration.kind == "image" and old and new:
        return "换了新图"
    return shown(declaration, plain(new))
