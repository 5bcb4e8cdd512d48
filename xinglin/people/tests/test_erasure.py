"""Erasing as people knows it: what parts register, who is asked, what the row becomes."""

from datetime import date

import pytest
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st

from xinglin.kernel import id_numbers
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer
from xinglin.people import registry
from xinglin.people.actions import NewPerson, create_people, erase
from xinglin.people.erasure import person_to_erase, refusals
from xinglin.people.models import Person
from xinglin.people.registry import Erasure, ErasurePart
from xinglin.vault.cipher import KeyDestroyed, seal
from xinglin.vault.models import DataKey

pytestmark = pytest.mark.req("Q-12")
MAY = Viewer(
    user_id=9, user_name="方思远", grant_id=1, role="association_admin", role_label="协会管理员", organization_id=2,
    organization_name="协会", organization_path="/1/2/", permissions=frozenset({"people.erase"}),
)  # fmt: skip
NUMBERS = [id_numbers.synthetic("110199", date(1999, 2, 28), serial) for serial in (101, 102)]
WORDS = {"reason": "本人书面申请", "confirmation": "沈思远", "by": MAY}


@pytest.fixture
def parts(monkeypatch):
    """An empty list of parts, filled by the test."""
    found = {}
    monkeypatch.setattr(registry, "_erasure", found)
    return found


@pytest.fixture
def person(db):
    ((pk, _),) = create_people([NewPerson("沈思远", "01", NUMBERS[0], "19000000011")])
    return Person.unscoped.select_related("key").get(pk=pk)


@given(st.lists(st.lists(st.integers(1, 99), min_size=1, max_size=5), max_size=4))
def test_paths_are_the_places_and_all_above_them(places):
    erasure = Erasure(None, frozenset(f"/{'/'.join(map(str, ids))}/" for ids in places), MAY)  # type: ignore[arg-type]
    expected = {"/"}
    for ids in places:
        expected |= {f"/{'/'.join(map(str, ids[:n]))}/" for n in range(1, len(ids) + 1)}
    assert erasure.paths == expected


def test_parts_are_asked_for_places_and_act_before_the_key_is_gone(person, parts):
    seen = []

    def act(erasure):
        seen.append((erasure.person.name, erasure.places, erasure.by))
        assert seal(erasure.person.key, "x", "y")

    for name in ("a", "b"):
        place = f"/1/{name}/"
        registry.register_erasure(ErasurePart(name, erase=act, places=lambda pk, place=place: [place]))
    erase(person.pk, **WORDS)
    assert seen == [("沈思远", frozenset({"/1/a/", "/1/b/"}), MAY)] * 2


def test_registering_twice_is_one_part(parts):
    for _ in range(2):
        registry.register_erasure(ErasurePart("a", erase=lambda erasure: None))
    assert len(registry.erasure_parts()) == 1


def test_all_reasons_are_told_at_once_and_nothing_happens(person, parts):
    acted = []
    for name, reason in (("a", "还在培训。"), ("b", None), ("c", "正在导入。")):
        part = ErasurePart(name, erase=acted.append, guard=lambda person, by, reason=reason: reason)
        registry.register_erasure(part)
    assert refusals(person, MAY) == ["还在培训。", "正在导入。"]
    with pytest.raises(Refused, match="还在培训。正在导入。"):
        erase(person.pk, **WORDS)
    assert not acted and Person.unscoped.get(pk=person.pk).phone == "19000000011"


def test_a_part_that_fails_takes_everything_back(person, parts):
    def fail(erasure):
        raise RuntimeError

    registry.register_erasure(ErasurePart("a", erase=fail))
    with pytest.raises(RuntimeError):
        erase(person.pk, **WORDS)
    assert DataKey.objects.get(pk=person.key_id).wrapped is not None
    assert Person.unscoped.get(pk=person.pk).erased_at is None


def test_the_row_becomes_an_empty_one_that_still_reads(person, parts):
    erase(person.pk, **WORDS)
    row = Person.unscoped.select_related("key").get(pk=person.pk)
    assert (row.name, row.id_number, row.phone, row.address, row.sex, row.birth_date) == (
        "已删除",
        "",
        "",
        "",
        "",
        None,
    )
    assert row.id_number_hash == f"erased:{row.pk}" and row.id_last6_hash == row.phone_hash == ""
    assert row.erased_at == row.updated_at and row.created_at == person.created_at
    with pytest.raises(KeyDestroyed):
        seal(row.key, "x", "y")


def test_two_erased_persons_do_not_collide(db, parts):
    made = create_people([NewPerson("沈思远", "01", number, "19000000011") for number in NUMBERS])
    for pk, _ in made:
        erase(pk, **WORDS)
    assert Person.unscoped.filter(erased_at__isnull=False).count() == 2


def test_without_the_right_or_a_person_there_is_nothing_to_see(person):
    with pytest.raises(NotAllowed):
        person_to_erase(person.pk, Viewer.system("x"))
    with pytest.raises(Http404):
        person_to_erase(0, MAY)
