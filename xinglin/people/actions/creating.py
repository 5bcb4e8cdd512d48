"""Persons made by an account import or by opening an account (R-03, P-04)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from xinglin.kernel import clock, id_numbers
from xinglin.kernel.bulk import allocate_ids, insert_rows
from xinglin.vault.actions import prepare_keys, store_keys
from xinglin.vault.models import DataKey

from ..models import Person
from ..rules import RESIDENT_ID_CARD
from ..selectors import id_number_hash, last6_hash, phone_hash


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is known of a person at first: values are already cleaned and checked."""

    name: str
    id_type: str
    id_number: str
    phone: str


COLUMNS = (
    "id", "key_id", "name", "sex", "birth_date", "nationality", "id_type", "id_number", "id_number_hash",
    "id_last6_hash", "phone", "phone_hash", "address", "emergency_phone", "created_at", "updated_at",
)  # fmt: skip


def derived(id_type: str, id_number: str) -> tuple[str, dt.date | None]:
    """Sex code (GB/T 2261.1) and birth date that a resident ID card tells; ("", None) for other documents."""
    if id_type != RESIDENT_ID_CARD:
        return "", None
    facts = id_numbers.check(id_number)
    return facts.sex or "", facts.birth_date


@transaction.atomic
def create_people(people: Sequence[NewPerson]) -> list[tuple[int, DataKey]]:
    """Insert persons with a key each; returns id and open key in the same order.

    History is written by the caller, which knows on whose behalf. Raises IntegrityError where a person exists.
    """
    now = clock.now()
    keys = prepare_keys("person", len(people))
    ids = allocate_ids(Person, len(people))
    seal_id = Person._meta.get_field("id_number").sealed
    seal_phone = Person._meta.get_field("phone").sealed
    rows = []
    for person_id, key, new in zip(ids, keys, people, strict=True):
        sex, birth_date = derived(new.id_type, new.id_number)
        nationality = "CHN" if new.id_type == RESIDENT_ID_CARD else ""
        rows.append(
            (
                person_id, key.id, new.name, sex, birth_date, nationality, new.id_type,
                seal_id(key, new.id_number), id_number_hash(new.id_number), last6_hash(new.id_number),
                seal_phone(key, new.phone), phone_hash(new.phone), b"", b"", now, now,
            )
        )  # fmt: skip
    store_keys(keys)
    insert_rows(Person, COLUMNS, rows)
    return list(zip(ids, keys, strict=True))


def update_unactivated(people: Sequence[tuple[Person, str, str]]) -> None:
    """Correct name and phone of persons whose account was never activated: (person, name, phone).

    History is written by the caller.
    """
    now = clock.now()
    for person, name, phone in people:
        person.name, person.phone, person.phone_hash, person.updated_at = name, phone, phone_hash(phone), now
        person.save(update_fields=["name", "phone", "phone_hash", "updated_at"])
