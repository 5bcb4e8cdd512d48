"""Erasing a person by destroying the key (PIPL art. 47, Q-12). Decided in docs/decisions/0027-erasing-a-person.md."""

from __future__ import annotations

import re

from django.db import connection, transaction

from xinglin.history import actions as history
from xinglin.history.actions import Entry
from xinglin.history.enums import ERASED
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.vault.actions import destroy_key

from ..erasure import SUBJECT, person_to_erase, refusals
from ..models import Draft, Education, Person, Qualification
from ..registry import Erasure, erasure_parts

KEPT = {"id", "key", "id_type", "name", "id_number_hash", "created_at", "updated_at", "erased_at"}
REASON_MIN = 5
_LONG_NUMBER = re.compile(r"\d{6,}")


@transaction.atomic
def erase(person_id: int, *, reason: str, confirmation: str, by: Viewer) -> None:
    """Destroy the person's key and empty what stands outside it; counted and approved rows stay as figures.

    ``confirmation``: the name, typed. The reason stays readable for ever. Raises NotAllowed, Http404, and Refused with
    all reasons why not now.
    """
    person = _locked(person_to_erase(person_id, by))
    against = refusals(person, by)
    if against:
        raise Refused("现在不能删除：" + "".join(against))
    reason = _checked_reason(reason, person)
    if confirmation.strip() != person.name:
        raise Refused("输入的姓名与要删除的人员不一致，没有删除。请核对后重新输入。", field="confirmation")
    places = frozenset(place for part in erasure_parts() for place in part.places(person.pk))
    for part in erasure_parts():
        part.erase(Erasure(person, places, by))
    history.record([_entry(person, reason, by)], by=by)
    history.forget_lookup(person.pk, person.id_number_hash)
    _empty(person)
    destroy_key(person.key)


def _locked(person: Person) -> Person:
    if not connection.features.has_select_for_update:
        return person
    rows = Person.objects.for_system("the person who is being erased").select_for_update(of=("self",))
    return rows.select_related("key").get(pk=person.pk)


def _checked_reason(reason: str, person: Person) -> str:
    reason = reason.strip()
    if len(reason) < REASON_MIN:
        raise Refused("请写明删除的理由，例如“本人书面申请，申请单编号 …”。", field="reason")
    if person.name in reason or _LONG_NUMBER.search(reason):
        raise Refused("理由会永久保留，请不要写姓名、证件号或电话。", field="reason")
    return reason


def _entry(person: Person, reason: str, by: Viewer) -> Entry:
    return Entry(
        verb="person.erase",
        update_type="deleted",
        subject_type=SUBJECT,
        subject_id=person.pk,
        person_id=person.pk,
        organization_path=by.organization_path,
        organization_name=by.organization_name,
        reason=reason,
    )


def _empty(person: Person) -> None:
    """Every field that tells of the person, the keyed hashes among them. The row stays: records point to it."""
    for model in (Draft, Education, Qualification):
        model.objects.for_system("a person is erased").filter(person_id=person.pk).delete()
    for field in Person._meta.concrete_fields:
        if field.name not in KEPT:
            setattr(person, field.attname, None if field.null else "")
    person.name = ERASED
    person.id_number_hash = f"erased:{person.pk}"
    person.erased_at = person.updated_at = clock.now()
    person.save()
