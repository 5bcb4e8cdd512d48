"""Q-01: the lists of residents take count and page in one look, and read the rows of a page by their keys."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts.models import User
from xinglin.accounts.tests.factories import sign_in
from xinglin.residents.models import Enrollment
from xinglin.residents.tables.intake import IntakeList, IntakeOverview
from xinglin.ui.lists import reading

from . import factories

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-01", "R-02")]
ORDER = ("-intake_year", "-id")


@pytest.fixture
def world():
    return factories.make_world()


@pytest.fixture
def many(world):
    return factories.make_enrollments(world, 25)


def province(world):
    return sign_in(Client(), User.unscoped.get(pk=world.province.user_id))


def asked_of(client, query=""):
    client.get(reverse("residents:intake"))
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"{reverse('residents:intake')}?{query}").context["page"]
    return page, [q["sql"] for q in asked.captured_queries if "residents_enrollment" in q["sql"]]


def test_count_and_page_are_two_statements_and_the_wide_one_names_no_condition(world, many):
    page, asked = asked_of(province(world), "personnel_type=&page=2")
    assert page.count.number == 25 and len(page.page.rows) == 5
    looks = [sql for sql in asked if sql.startswith("WITH found")]
    rows = [sql for sql in asked if "people_person" in sql and not sql.startswith("WITH found")]
    assert len(looks) == len(rows) == 1
    assert "LIMIT" not in rows[0] and "lapsed_at" not in rows[0]


def test_rows_come_in_the_order_of_their_keys_and_one_that_has_gone_is_left_out(world, many):
    spec = IntakeOverview()
    found = spec.queryset(world.province)
    keys = [many[3].pk, many[1].pk, 10**12, many[2].pk]
    rows = reading.rows_of(spec, found, spec.columns[:4], ORDER, keys)
    assert [row.pk for row in rows] == [many[3].pk, many[1].pk, many[2].pk]
    assert reading.rows_of(spec, found, spec.columns[:4], ORDER, []) == []


@pytest.mark.parametrize("spec", [IntakeList(), IntakeOverview()], ids=lambda spec: spec.name)
def test_every_column_shows_what_the_whole_row_would_show(world, many, spec):
    from xinglin.ui.lists import rows as drawing

    viewer = world.base if spec.name == "residents.intake" else world.province
    found = spec.queryset(viewer)
    keys = [row.pk for row in many[:5]]
    quick = reading.rows_of(spec, found, spec.columns, ORDER, keys)
    whole = {row.pk: row for row in found.filter(pk__in=keys)}
    slow = [whole[key] for key in keys]
    for rows in (quick, slow):
        spec.prepare(rows, viewer)
        spec.prepare_screen(rows, viewer)
    drawn = [drawing.body(spec, rows, spec.columns, 1, True, viewer) for rows in (quick, slow)]
    assert drawn[0] == drawn[1] and many[0].person.name in drawn[0]


def test_nobody_sees_the_rows_of_a_sibling_province(world, many):
    other = Enrollment.unscoped.exclude(province_id=world.tree.other_province.pk)
    other.update(province_id=world.tree.other_province.pk)
    page, asked = asked_of(province(world))
    assert page.page.rows == [] and page.count.number == 0
    assert not [sql for sql in asked if "people_person" in sql], "without keys nothing is read"
