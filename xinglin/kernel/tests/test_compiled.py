"""A compiled query answers as the queryset it was made of, for whatever values, and makes the same instances."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.apps import apps
from django.db import connection, connections
from django.db.models import BigIntegerField, CharField, Count, DateTimeField, Q
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.kernel import among, clock
from xinglin.kernel.compiled import Compiled, Slot

assert among  # registers the lookup
Organization = apps.get_model("organizations", "Organization")
pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-01")]

BY_NAME = Compiled(lambda: Organization.unscoped.filter(name=Slot("name", CharField())).order_by("pk"))
BY_KEYS = Compiled(lambda: Organization.unscoped.filter(pk__among=Slot("keys", BigIntegerField())).order_by("pk"))
NARROW = Compiled(
    lambda: (
        Organization.unscoped.filter(pk__among=Slot("keys", BigIntegerField()))
        .select_related("parent", "province__parent")
        .only("name", "parent__name", "province__code", "province__parent__name")
        .order_by("pk")
    )
)
YOUNGER = Compiled(lambda: Organization.unscoped.filter(created_at__gt=Slot("at", DateTimeField())).order_by("pk"))


@pytest.fixture
def tree():
    now = clock.now()
    made = []
    for n, parent in enumerate([None, 0, 1, 1, 0]):
        above = None if parent is None else made[parent]
        made.append(
            Organization.unscoped.create(
                parent=above, province=made[1] if n in (2, 3) else None, path=f"/t{n}/", kind="ministry",
                name=f"云汀{n}", code=f"T{n}", created_at=now + dt.timedelta(seconds=n),
            )
        )  # fmt: skip
    return made


def test_it_finds_what_the_queryset_finds(tree):
    for name in ("云汀0", "云汀3", "不存在"):
        assert BY_NAME.rows(name=name) == list(Organization.unscoped.filter(name=name).order_by("pk"))
    assert BY_NAME.first(name="云汀1") == tree[1] and BY_NAME.first(name="不存在") is None


def test_the_text_is_written_once_and_asked_again(tree):
    BY_NAME.rows(name="云汀0")
    with CaptureQueriesContext(connection) as asked:
        BY_NAME.rows(name="云汀1")
        BY_NAME.rows(name="云汀2")
    first, second = (query["sql"] for query in asked.captured_queries)
    assert first.replace("云汀1", "") == second.replace("云汀2", "")


@given(st.lists(st.integers(0, 9), max_size=12))
@settings(max_examples=40)
def test_any_set_of_keys_gives_the_rows_of_these_keys(wanted):
    if not Organization.unscoped.filter(code="H0").exists():
        for n in range(6):
            Organization.unscoped.create(
                path=f"/h{n}/", kind="ministry", name=f"禾{n}", code=f"H{n}", created_at=clock.now()
            )
    known = list(Organization.unscoped.filter(code__startswith="H").order_by("pk").values_list("pk", flat=True))
    keys = [known[n] if n < len(known) else 10**15 + n for n in wanted]
    assert [row.pk for row in BY_KEYS.rows(keys=keys)] == sorted({key for key in keys if key in known})


@pytest.mark.django_db(transaction=True)
def test_threads_ask_on_connections_of_their_own(tree):
    BY_NAME.rows(name="云汀0")

    def ask(name):
        try:
            return [row.pk for row in BY_NAME.rows(name=name)], id(connections["default"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(ask, [row.name for row in tree]))
    assert [found for found, _ in answers] == [[row.pk] for row in tree]
    assert id(connections["default"]) not in {used for _, used in answers}


@pytest.mark.parametrize("text", ["'", "''; --", "%s", "%", "\\", "𠮷", "a\nb", "{}"])
def test_hostile_text_is_a_value(tree, text):
    Organization.unscoped.filter(pk=tree[0].pk).update(name=text)
    assert BY_NAME.rows(name=text) == [tree[0]]


def test_instants_are_compared_as_the_database_keeps_them(tree):
    at = tree[2].created_at
    assert YOUNGER.rows(at=at) == tree[3:]
    assert YOUNGER.rows(at=at - dt.timedelta(microseconds=1)) == tree[2:]


def test_joined_rows_hang_on_their_instance_without_another_query(tree):
    found = {row.name: row for row in NARROW.rows(keys=[row.pk for row in tree])}
    with CaptureQueriesContext(connection) as asked:
        assert found["云汀0"].parent is None and found["云汀0"].province is None
        assert found["云汀2"].parent.name == "云汀1"
        assert found["云汀2"].province.code == "T1" and found["云汀2"].province.parent.name == "云汀0"
        assert isinstance(found["云汀2"].parent, Organization)
    assert not asked.captured_queries


def test_what_was_not_read_is_read_when_it_is_asked_for(tree):
    row = NARROW.rows(keys=[tree[3].pk])[0]
    assert row.get_deferred_fields() == {
        f.attname
        for f in Organization._meta.concrete_fields
        if f.attname not in {"id", "name", "parent_id", "province_id"}
    }
    assert row.path == "/t3/"


def test_an_instance_is_one_that_is_stored(tree):
    row = NARROW.rows(keys=[tree[3].pk])[0]
    assert not row._state.adding and row._state.db == "default"
    assert row == tree[3] and hash(row) == hash(tree[3])
    row.name = "新名"
    row.save(update_fields=["name"])
    assert Organization.unscoped.get(pk=tree[3].pk).name == "新名"


def test_one_instance_shares_nothing_with_another(tree):
    first, second = NARROW.rows(keys=[tree[2].pk, tree[3].pk])
    first.name = first.parent.name = "改"
    assert second.name == "云汀3" and second.parent.name == "云汀1"


def test_a_missing_value_is_named(tree):
    with pytest.raises(KeyError, match="name"):
        BY_NAME.rows(key="云汀0")


@pytest.mark.parametrize(
    "build",
    [
        lambda: Organization.unscoped.annotate(n=Count("pk")),
        lambda: Organization.unscoped.values("name"),
        lambda: Organization.unscoped.prefetch_related("departments"),
        lambda: Organization.unscoped.filter(Q(pk__in=[])),
    ],
    ids=["computed", "values", "prefetched", "never"],
)
def test_what_it_cannot_answer_is_refused(build):
    with pytest.raises(TypeError):
        Compiled(build).rows()
