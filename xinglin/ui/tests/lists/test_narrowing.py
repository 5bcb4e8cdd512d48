"""Q-01, Q-07: a page reads the fields of its columns and no others."""

from __future__ import annotations

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.test.utils import CaptureQueriesContext

from xinglin.organizations.models import Organization
from xinglin.people.models import Person
from xinglin.ui.lists import narrowing
from xinglin.ui.lists.addresses import of_row
from xinglin.ui.lists.parts import Column
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.tests.lists import scenes

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-01", "Q-07")]
NAME, CODE = Column("name", "名称"), Column("code", "代码", sort="code")
PLACE = Column("place", "地方", value=lambda row: f"{row.parent.name}·{row.name}", needs=("parent.name", "name"))
ABOVE = Column("above", "上级", value="parent.short_name")


class Narrow(ListSpec):
    name, title, order_by = "test.narrow", "窄", ("name",)
    columns = (NAME, CODE, PLACE, ABOVE)
    model, reads = Organization, ("kind",)

    def queryset(self, viewer):
        return Organization.objects.visible_to(viewer).select_related("province")


class Whole(Narrow):
    name, reads = "test.whole", None


def selected(spec, viewer, columns, order=()):
    """The SELECT of one page, and its rows."""
    rows = narrowing.narrowed(spec, narrowing.bare(spec, spec.queryset(viewer)), columns, order)
    with CaptureQueriesContext(connection) as found:
        rows = list(rows)
    assert len(found) == 1
    return found.captured_queries[0]["sql"].split(" FROM ")[0], rows


@pytest.fixture
def scene(client):
    return scenes.scene(client)


@pytest.mark.parametrize(
    ("columns", "read", "left"),
    [
        ([NAME], {"id", "kind", "name"}, {"code", "short_name", "path", "uscc"}),
        ([CODE], {"id", "kind", "code"}, {"short_name", "contact_name"}),
        ([ABOVE], {"id", "kind", "parent_id", "short_name"}, {"code", "created_at"}),
        ([NAME, PLACE], {"id", "kind", "name", "parent_id"}, {"code", "short_name"}),
        ([], {"id", "kind"}, {"name", "code"}),
    ],
)
def test_only_what_is_shown_is_read(scene, columns, read, left):
    sql, rows = selected(Narrow(), scene.viewer, columns)
    assert all(f'"{name}"' in sql for name in read), sql
    assert not [name for name in left if f'"{name}"' in sql], sql
    assert len(rows) == 3


def test_the_order_is_read_for_the_next_place(scene, django_assert_num_queries):
    _, rows = selected(Narrow(), scene.viewer, [NAME], ("-code", "pk"))
    with django_assert_num_queries(0):
        assert all(isinstance(row.code, str) for row in rows)


def test_a_column_that_computes_asks_nothing_more(scene, django_assert_num_queries):
    _, rows = selected(Narrow(), scene.viewer, [PLACE])
    with django_assert_num_queries(0):
        assert all("·" in PLACE.value(row) for row in rows)


def test_a_list_that_does_not_say_is_read_whole(scene):
    sql, _ = selected(Whole(), scene.viewer, [NAME])
    assert '"uscc"' in sql
    assert sql.count('"name"') == 2, "its joins stay"


def test_a_sealed_field_brings_its_key_and_no_more():
    found = narrowing.plan(Person, ["name", "phone"])
    assert list(found.fields) == ["pk", "name", "phone", "key", "key__id", "key__wrapped", "key__master_id"]
    assert found.relations == {"key"}


def test_a_relation_brings_its_column_and_an_opposite_one_none():
    found = narrowing.plan(Person, ["qualification.status"])
    assert list(found.fields) == ["pk", "qualification__status"]
    assert found.relations == {"qualification"}
    assert "parent" in narrowing.plan(Organization, ["parent.name"]).fields


@pytest.mark.parametrize("path", ["nothing", "person.nothing", "name.length"])
def test_a_wrong_path_is_told(path):
    with pytest.raises((FieldDoesNotExist, AttributeError)):
        narrowing.plan(Organization, [path])


def test_a_list_that_reads_says_of_which_model(scene):
    class Nameless(Narrow):
        name, model = "test.nameless", None

    with pytest.raises(TypeError, match=r"test\.nameless"):
        narrowing.narrowed(Nameless(), Organization.unscoped.all(), [NAME])


def test_paths_are_those_of_the_columns_once():
    assert narrowing.paths([NAME, PLACE, ABOVE, NAME], ["kind"]) == ["kind", "name", "parent.name", "parent.short_name"]


@pytest.mark.parametrize("pk", [1, 7, 123456, 10**18])
def test_addresses_of_rows_are_those_of_reverse(pk):
    from django.urls import reverse

    for name in ("residents:detail", "review:record", "residents:training"):
        assert of_row(name, pk) == reverse(name, args=[pk])
