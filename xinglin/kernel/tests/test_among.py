"""Many values in one parameter find what ``in`` finds, on both databases."""

import uuid

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.kernel import clock

DataKey = apps.get_model("vault", "DataKey")
Person = apps.get_model("people", "Person")
pytestmark = pytest.mark.django_db

NAMES = ["林知夏", '引"号', "反\\斜", "逗,号", "{括}", "单'引", "百%s分", "NULL", "空 格", "[1]", "𠮷野"]


def person(name: str, digest: str = ""):
    now = clock.now()
    key = DataKey.objects.create(purpose="person", wrapped=b"x", master_id="m1", created_at=now)
    return Person.unscoped.create(
        key=key, name=name, id_type="01", id_number_hash=digest or uuid.uuid4().hex, created_at=now, updated_at=now
    )


@pytest.fixture
def people():
    return [person(name) for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_one_text_finds_itself_alone(people, name):
    assert [p.name for p in Person.unscoped.filter(name__among={name})] == [name]


def test_texts_numbers_keys_and_references_are_found(people):
    some = people[1:4]
    by = Person.unscoped.order_by("id")
    assert list(by.filter(name__among={p.name for p in people})) == people
    assert list(by.filter(pk__among={p.pk for p in some})) == some
    assert list(by.filter(id__among=[p.pk for p in some])) == some
    assert list(by.filter(key_id__among={p.key_id for p in some})) == some
    assert list(DataKey.objects.filter(id__among={p.key_id for p in some}).order_by("created_at")) == [
        p.key for p in some
    ]
    assert not by.filter(name__among={"没有这个人"}).exists()


def test_nothing_is_asked_for_no_values(people):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert list(Person.unscoped.filter(name__among=set())) == []
    assert not asked.captured_queries
    assert Person.unscoped.exclude(name__among=set()).count() == len(NAMES)


def test_a_thousand_values_are_one_parameter(people):
    wanted = {f"某{n}" for n in range(1_000)} | {"林知夏"}
    rows = Person.unscoped.filter(name__among=wanted)
    _, params = rows.query.get_compiler("default").as_sql()
    assert len(params) == 1
    assert [p.name for p in rows] == ["林知夏"]


def test_across_a_join_and_turned_round(people):
    keys = DataKey.objects.filter(purpose__among={"person"})
    assert keys.count() == len(NAMES)
    rows = Person.unscoped.filter(key__purpose__among={"person", "job"}).exclude(name__among={"林知夏", "NULL"})
    assert rows.count() == len(NAMES) - 2


@settings(max_examples=40, deadline=None)
@given(st.sets(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8), max_size=8))
def test_among_is_in(texts):
    Person.unscoped.all().delete()
    for text in sorted(texts)[::2]:
        person(text or "空")
    assert set(Person.unscoped.filter(name__among=texts)) == set(Person.unscoped.filter(name__in=texts))
