"""The registry of what hangs on a person, the first values of one, and what an ID card tells (R-03, R-16, Q-12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.kernel import id_numbers
from xinglin.kernel.viewer import Viewer
from xinglin.people import registry
from xinglin.people.actions import NewPerson, create_people, seal_people, update_unactivated
from xinglin.people.actions.creating import derived
from xinglin.people.models import Person
from xinglin.people.registry import Erasure, ErasurePart, Home, PersonHooks
from xinglin.people.selectors import id_number_hash, last6_hash, phone_hash
from xinglin.vault.models import DataKey

SYSTEM = Viewer.system("test")
days = st.dates(date(1930, 1, 1), date(2008, 12, 31))
serials = st.integers(0, 999)


def hooks(homes: dict[int, Home]) -> PersonHooks:
    return PersonHooks(lambda *_: None, lambda *_: None, lambda ids: {pk: homes[pk] for pk in ids if pk in homes})


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_hooks", [])
    monkeypatch.setattr(registry, "_erasure", {})
    return


@pytest.mark.req("R-16")
@pytest.mark.usefixtures("empty")
def test_the_first_part_that_knows_a_person_is_home() -> None:
    first, second = hooks({1: Home("/1/2/", "甲")}), hooks({1: Home("/1/3/", "乙"), 2: Home("/1/4/", "丙")})
    assert registry.home_of(1) == Home("")
    registry.register(first)
    registry.register(second)
    registry.register(first)
    assert registry.hooks() == [first, second], "registering twice is registering once"
    assert [registry.home_of(pk).organization_name for pk in (1, 2, 3)] == ["甲", "丙", ""]
    registry.hooks().clear()
    assert len(registry.hooks()) == 2, "what is handed out is a copy"


@pytest.mark.req("Q-12")
@pytest.mark.usefixtures("empty")
def test_a_part_that_registers_its_erasure_again_replaces_it() -> None:
    done: list[str] = []
    registry.register_erasure(ErasurePart("files", lambda erasure: done.append("old")))
    registry.register_erasure(ErasurePart("residents", lambda erasure: done.append("residents")))
    registry.register_erasure(ErasurePart("files", lambda erasure: done.append("files")))
    for part in registry.erasure_parts():
        part.erase(Erasure(Person(), frozenset(), SYSTEM))
        assert part.guard(Person(), SYSTEM) is None and list(part.places(1)) == []
    assert sorted(done) == ["files", "residents"]


@pytest.mark.req("Q-12")
@given(places=st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=4), max_size=4))
def test_the_paths_of_an_erasure_are_the_places_and_everything_above(places: list[list[int]]) -> None:
    texts = ["/" + "".join(f"{number}/" for number in place) for place in places]
    paths = Erasure(Person(), frozenset(texts), SYSTEM).paths
    assert "/" in paths and set(texts) <= paths
    for path in paths:
        assert path.startswith("/") and path.endswith("/")
        assert path == "/" or any(text.startswith(path) for text in texts)
        parent = path.rstrip("/").rpartition("/")[0] + "/"
        assert parent in paths


@pytest.mark.req("R-03", "R-20")
@given(born=days, serial=serials)
def test_an_id_card_tells_sex_and_birth_and_other_documents_nothing(born: date, serial: int) -> None:
    number = id_numbers.synthetic("320199", born, serial)
    assert derived("01", number) == ("1" if serial % 2 else "2", born)
    for other in ("04", "05", "06", "07"):
        assert derived(other, number) == ("", None)
    new = NewPerson("沈思远", "01", number, "19000000321")
    assert (new.sex, new.birth_date) == derived("01", number)
    with_document = NewPerson("沈思远", "01", number, "19000000321", id_numbers.check(number))
    assert with_document == replace(new, document=with_document.document)
    passport = NewPerson("沈思远", "05", number, "", id_numbers.check(number))
    assert (passport.sex, passport.birth_date, passport.phone_hash) == ("", None, "")


@pytest.mark.req("P-19")
@given(born=days, first=serials, second=serials)
@settings(max_examples=40)
def test_hashes_find_equal_numbers_alone_and_tell_no_digits(born: date, first: int, second: int) -> None:
    one, two = (id_numbers.synthetic("320199", born, serial) for serial in (first, second))
    assert (id_number_hash(one) == id_number_hash(two)) == (one == two)
    assert (last6_hash(one) == last6_hash(two)) == (one[-6:] == two[-6:])
    assert last6_hash(one) == last6_hash(one[-6:])
    digests = {id_number_hash(one), last6_hash(one), phone_hash(one)}
    assert len(digests) == 3, "the same digits hash apart for each use"
    assert not any(one in digest or one[-6:] == digest for digest in digests)


def card(serial: int, **over: str) -> NewPerson:
    number = id_numbers.synthetic("320199", date(1999, 1, 1) + timedelta(days=serial), 11)
    return replace(NewPerson("林清和", "01", number, f"1900001{serial:04d}"), **over)


@pytest.mark.django_db
@pytest.mark.req("R-03", "Q-02")
@pytest.mark.parametrize("size", [0, 1, 2, 40])
def test_people_are_made_in_order_each_under_a_key_of_its_own(size: int) -> None:
    wanted = [card(number, name=f"林{'清和景行'[number % 4]}{'甲乙丙丁'[number // 4 % 4]}") for number in range(size)]
    made = create_people(wanted)
    assert len(made) == Person.unscoped.count() == DataKey.objects.filter(purpose="person").count() == size
    stored = Person.unscoped.select_related("key").in_bulk([pk for pk, _ in made])
    for new, (pk, key) in zip(wanted, made, strict=True):
        person = stored[pk]
        assert (person.name, person.id_number, person.phone, person.key_id) == (
            new.name, new.id_number, new.phone, key.id,
        )  # fmt: skip
        assert (person.id_number_hash, person.phone_hash) == (new.id_number_hash, new.phone_hash)
        assert (person.address, person.emergency_phone, person.erased_at) == ("", "", None)
        assert person.created_at == person.updated_at
    assert len({key.id for _, key in made}) == size


@pytest.mark.django_db
@pytest.mark.req("P-24")
def test_a_batch_with_one_known_person_makes_nobody_and_no_key() -> None:
    create_people([card(1)])
    with pytest.raises(IntegrityError), transaction.atomic():
        create_people([card(2), card(1, name="另一人"), card(3)])
    assert Person.unscoped.count() == DataKey.objects.filter(purpose="person").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        create_people([card(4, name="")])


@pytest.mark.django_db
@pytest.mark.req("Q-02", "P-19")
@pytest.mark.parametrize("ahead", [slice(0, 0), slice(0, 2), slice(1, 3), slice(0, 3)])
def test_people_sealed_ahead_are_made_as_the_others_are(ahead: slice) -> None:
    wanted = [card(1), card(2), card(3)]
    seal_people(wanted[ahead])
    assert not DataKey.objects.filter(purpose="person").exists(), "to seal stores nothing"
    made = create_people(wanted)
    stored = Person.unscoped.select_related("key").in_bulk([pk for pk, _ in made])
    for new, (pk, key) in zip(wanted, made, strict=True):
        person = stored[pk]
        assert (person.id_number, person.phone, person.key_id) == (new.id_number, new.phone, key.id)
        assert person.id_last6_hash == last6_hash(new.id_number)
    assert DataKey.objects.filter(purpose="person").count() == 3


@pytest.mark.django_db
@pytest.mark.req("Q-02")
def test_a_person_who_is_made_again_after_a_fault_gets_another_key() -> None:
    new = card(1)
    seal_people([new])
    with transaction.atomic():
        ((_, first),) = create_people([new])
        transaction.set_rollback(True)
    ((_, second),) = create_people([new])
    assert first.id != second.id
    assert DataKey.objects.get(purpose="person").pk == second.id


@pytest.mark.django_db
@pytest.mark.req("R-03")
def test_correcting_contacts_touches_name_and_phone_alone() -> None:
    pk, other = (made[0] for made in create_people([card(1), card(2)]))
    before = Person.unscoped.select_related("key").get(pk=pk)
    untouched = Person.unscoped.values().get(pk=other)
    update_unactivated([])
    update_unactivated([(Person.unscoped.select_related("key").get(pk=pk), "林改名", "")])
    after = Person.unscoped.select_related("key").get(pk=pk)
    assert (after.name, after.phone, after.phone_hash) == ("林改名", "", "")
    assert after.updated_at > before.updated_at
    kept = ("id_number", "id_number_hash", "id_last6_hash", "sex", "birth_date", "key_id", "created_at", "nationality")
    assert all(getattr(after, name) == getattr(before, name) for name in kept)
    assert Person.unscoped.values().get(pk=other) == untouched
