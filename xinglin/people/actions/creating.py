"""Persons made by an account import or by opening an account (R-03, P-04)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from xinglin.kernel import clock, id_numbers
from xinglin.kernel.bulk import allocate_ids, insert_rows
from xinglin.vault.actions import prepare_keys, store_keys
from xinglin.vault.cipher import FreshKey

from ..models import Person
from ..rules import RESIDENT_ID_CARD
from ..selectors import id_number_hash, last6_hash, phone_hash


@dataclass(slots=True)
class SealedPerson:
    """A key of the person's own, not stored yet, and what is sealed under it."""

    key: FreshKey
    id_number: bytes
    last6_hash: str
    phone: bytes


@dataclass(slots=True)
class NewPerson:
    """What is known of a person at first: values are already cleaned and checked.

    What follows from them is worked out once and carried: an import asks for it at the look-up, the look-alikes, the
    insert and the history. ``document``: the checked number, where the caller has it. ``sex`` (GB/T 2261.1) and
    ``birth_date`` as ``derived`` tells them; ``sealed`` by ``seal_people``.
    """

    name: str
    id_type: str
    id_number: str
    phone: str
    document: id_numbers.IdNumber | None = None
    id_number_hash: str = field(init=False)
    phone_hash: str = field(init=False)
    sex: str = field(init=False)
    birth_date: dt.date | None = field(init=False)
    sealed: SealedPerson | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.id_number_hash = id_number_hash(self.id_number)
        self.phone_hash = phone_hash(self.phone)
        if self.id_type == RESIDENT_ID_CARD and self.document is not None:
            self.sex, self.birth_date = self.document.sex or "", self.document.birth_date
        else:
            self.sex, self.birth_date = derived(self.id_type, self.id_number)


PIECE = 500
"""People a statement: PostgreSQL takes in the first ones while the others are sealed (`kernel.behind`)."""
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


def seal_people(people: Sequence[NewPerson]) -> None:
    """Draw a key for each and seal under it. It asks nobody: an import does it while the database is busy with others.

    Whoever is not created afterwards leaves nothing behind.
    """
    seal_id = Person._meta.get_field("id_number").sealed
    seal_phone = Person._meta.get_field("phone").sealed
    for key, new in zip(prepare_keys("person", len(people)), people, strict=True):
        new.sealed = SealedPerson(
            key, seal_id(key, new.id_number), last6_hash(new.id_number), seal_phone(key, new.phone)
        )


@transaction.atomic(savepoint=False)
def create_people(people: Sequence[NewPerson]) -> list[tuple[int, FreshKey]]:
    """Insert persons with a key each; returns id and open key in the same order.

    History is written by the caller, which knows on whose behalf. Raises IntegrityError where a person exists.
    """
    ids = allocate_ids(Person, len(people))
    made = []
    for start in range(0, len(people), PIECE):
        made += _create(ids[start : start + PIECE], people[start : start + PIECE])
    return made


def _create(ids: Sequence[int], people: Sequence[NewPerson]) -> list[tuple[int, FreshKey]]:
    seal_people([new for new in people if new.sealed is None])
    now = clock.now()
    keys, rows = [], []
    for person_id, new in zip(ids, people, strict=True):
        sealed, new.sealed = new.sealed, None  # a key is stored once
        assert sealed is not None
        nationality = "CHN" if new.id_type == RESIDENT_ID_CARD else ""
        keys.append(sealed.key)
        rows.append(
            (
                person_id, sealed.key.id, new.name, new.sex, new.birth_date, nationality, new.id_type,
                sealed.id_number, new.id_number_hash, sealed.last6_hash, sealed.phone,
                new.phone_hash, b"", b"", now, now,
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
