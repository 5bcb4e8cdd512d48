"""Looking up many people of a file at once: who is known, who holds them, who looks alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from xinglin.accounts.selectors import accounts_of_persons
from xinglin.organizations.models import Organization
from xinglin.people.models import Person
from xinglin.people.selectors import id_number_hash

from ..models import Enrollment

REASON = "an import looks for its people in the whole country"
CHUNK = 5000
NAME_DIFFERS = "姓名与该证件号码在系统里登记的姓名不同，请核对证件"
"""Never with the name on record: who types a foreign number must not learn whose it is (P-19)."""
T = TypeVar("T")
Number = tuple[str, str]
"""ID type and ID number."""


@dataclass(slots=True)
class Known:
    """A person of the system, the enrollment that holds him, and whether the account was ever activated."""

    person: Person
    holding: Enrollment | None = None
    activated: bool = False


def _chunks(values: Iterable[T]) -> Iterator[frozenset[T]]:
    source = iter(values)
    while chunk := frozenset(islice(source, CHUNK)):
        yield chunk


def known_people(numbers: Iterable[Number], digests: Iterable[str] | None = None) -> dict[Number, Known]:
    """(ID type, ID number) → what is known; three queries a chunk.

    ``digests``: the keyed hashes of the numbers, in their order, where the caller has them.
    """
    wanted = list(numbers)
    digests = map(id_number_hash, (number for _, number in wanted)) if digests is None else digests
    hashes = {(number[0], digest): number for number, digest in zip(wanted, digests, strict=True)}
    found: dict[Number, Known] = {}
    by_id: dict[int, Known] = {}
    for chunk in _chunks({digest for _, digest in hashes}):
        people = Person.objects.for_system(REASON).select_related("key").filter(id_number_hash__among=chunk)
        for person in people:
            key = hashes.get((person.id_type, person.id_number_hash))
            if key:
                found[key] = by_id[person.pk] = Known(person)
    for ids in _chunks(by_id):
        holding = Enrollment.objects.for_system(REASON).select_related("organization", "province")
        for row in holding.filter(person_id__among=ids, holding=True):
            row.person = by_id[row.person_id].person
            by_id[row.person_id].holding = row
        for person_id, user in accounts_of_persons(ids).items():
            by_id[person_id].activated = user.activated_at is not None
    return found


def lookalikes(
    facts: Iterable[tuple[str, dt.date | None]], *, base: Organization
) -> dict[tuple[str, dt.date | None], str]:
    """(name, birth date) → another base that holds somebody of the same name and birth date."""
    wanted = set(facts)
    found: dict[tuple[str, dt.date | None], str] = {}
    for chunk in _chunks({name for name, _ in wanted}):
        rows = (
            Enrollment.objects.for_system(REASON)
            .filter(person__name__among=chunk, holding=True)
            .exclude(organization=base)
            .values_list("person__name", "person__birth_date", "organization__name")
        )
        for name, birth_date, home in rows:
            if (name, birth_date) in wanted:
                found[name, birth_date] = home
    return found


def phone_owners(digests: Iterable[str]) -> set[str]:
    """Those keyed hashes of phones that some person uses already."""
    used: set[str] = set()
    for chunk in _chunks(set(digests)):
        rows = Person.objects.for_system(REASON).filter(phone_hash__among=chunk)
        used.update(rows.values_list("phone_hash", flat=True))
    return used
