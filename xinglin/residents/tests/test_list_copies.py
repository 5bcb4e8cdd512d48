"""Q-01: name and states that the lists filter by are copied by the database, whoever writes the originals."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.kernel import clock
from xinglin.kernel.checkups import Look
from xinglin.people.models import Person
from xinglin.residents.checkups import searched_columns
from xinglin.residents.models import Enrollment, RecruitmentReview, copies
from xinglin.residents.selectors import enrollments as selected
from xinglin.residents.tests import factories
from xinglin.reviews import actions as reviews
from xinglin.reviews.spec import spec_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-01", "R-02")]


@pytest.fixture
def world():
    return factories.make_world()


def row(enrollment):
    return Enrollment.unscoped.get(pk=enrollment.pk)


def test_an_import_fills_the_name_and_the_states_begin_unreported(world):
    made = row(factories.make_enrollments(world)[0])
    assert made.person_name == Person.unscoped.get(pk=made.person_id).name != ""
    assert (made.report_status, made.review_status) == ("unreported", "")


def test_an_enrollment_made_without_a_name_gets_it(world):
    known = row(factories.make_enrollments(world)[0])
    values = {f.attname: getattr(known, f.attname) for f in Enrollment._meta.concrete_fields}
    fresh = Enrollment.unscoped.create(**{**values, "id": None, "holding": False, "person_name": ""})
    assert row(fresh).person_name == known.person_name


@pytest.mark.parametrize("way", ["save", "update", "bulk"])
def test_a_corrected_name_reaches_the_list(world, way):
    made = factories.make_enrollments(world, 2)
    person = Person.unscoped.get(pk=made[0].person_id)
    person.name = "林改名"
    if way == "save":
        person.save()
    elif way == "update":
        Person.unscoped.filter(pk=person.pk).update(name="林改名")
    else:
        Person.unscoped.bulk_update([person], ["name"])
    assert row(made[0]).person_name == "林改名"
    assert row(made[1]).person_name != "林改名"
    assert copies.wrong() == 0


def test_report_return_and_approval_reach_the_list(world):
    enrollment = factories.make_enrollments(world)[0]
    factories.complete(enrollment, world)
    spec = spec_of("recruitment")
    reviews.report(spec, [enrollment.pk], by=world.base)
    assert (row(enrollment).report_status, row(enrollment).review_status) == ("reported", "pending")
    reviews.return_(spec, [enrollment.pk], comment="请补传学位证", by=world.province)
    assert (row(enrollment).report_status, row(enrollment).review_status) == ("unreported", "returned")
    reviews.report(spec, [enrollment.pk], by=world.base, reply="已补传")
    reviews.approve(spec, [enrollment.pk], by=world.province)
    assert (row(enrollment).report_status, row(enrollment).review_status) == ("reported", "approved")
    assert copies.wrong() == 0
    assert selected.flow_counts(world.province, enrollment.intake_year)["approved"] == 1


def test_a_stale_instance_that_is_saved_does_not_bring_old_copies_back(world):
    enrollment = factories.make_enrollments(world)[0]
    stale = row(enrollment)
    Person.unscoped.filter(pk=stale.person_id).update(name="何新名")
    factories.complete(enrollment, world)
    reviews.report(spec_of("recruitment"), [enrollment.pk], by=world.base)
    stale.employer_name = "云汀医院"
    stale.save()
    now = row(enrollment)
    assert now.employer_name == "云汀医院"
    assert (now.person_name, now.report_status, now.review_status) == ("何新名", "reported", "pending")


def test_nobody_writes_the_copies_by_hand(world):
    enrollment = factories.make_enrollments(world)[0]
    right = row(enrollment).person_name
    Enrollment.unscoped.filter(pk=enrollment.pk).update(person_name="假名", report_status="reported")
    assert row(enrollment).person_name == right
    assert row(enrollment).report_status == "unreported"


def test_a_review_state_that_is_inserted_later_counts(world):
    enrollment = factories.make_enrollments(world)[0]
    RecruitmentReview.unscoped.filter(pk=enrollment.pk).delete()
    assert row(enrollment).review_status == ""
    stamped = RecruitmentReview(enrollment_id=enrollment.pk)
    stamped.save(force_insert=True)
    assert copies.wrong() == 0


def test_making_the_triggers_mends_rows_that_were_written_without_them(world):
    made = factories.make_enrollments(world, 3)
    _without_triggers("UPDATE residents_enrollment SET person_name = '', report_status = 'reported'")
    assert copies.wrong() == 0
    assert {row(one).report_status for one in made} == {"unreported"}


def test_making_the_triggers_again_changes_nothing(world):
    copies.install()
    copies.install()
    made = factories.make_enrollments(world)[0]
    Person.unscoped.filter(pk=made.person_id).update(name="沈再名")
    assert row(made).person_name == "沈再名"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["林甲", "林乙", "save", "touch"])), max_size=8))
def test_whatever_is_written_the_copies_are_right(world, steps):
    made = [row(one) for one in Enrollment.unscoped.filter(organization_id=world.base.organization_id)[:3]]
    if len(made) < 3:
        made = [row(one) for one in factories.make_enrollments(world, 3)]
    for place, what in steps:
        if what == "save":
            made[place].save()
        elif what == "touch":
            Enrollment.unscoped.filter(pk=made[place].pk).update(updated_at=clock.now())
        else:
            Person.unscoped.filter(pk=made[place].person_id).update(name=what)
        assert copies.wrong() == 0


@pytest.mark.parametrize(("word", "found"), [("改", 1), ("林改名", 1), ("改名字", 0), ("%", 0), ("_", 0)])
def test_the_list_finds_a_part_of_the_name(world, word, found):
    made = factories.make_enrollments(world, 2)
    Person.unscoped.filter(pk=made[0].person_id).update(name="林改名")
    assert selected.current_intake(world.province).filter(person_name__contains=word).count() == found


def _without_triggers(sql):
    """As if the rows had been there before the triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE residents_enrollment DISABLE TRIGGER residents_enrollment_kept")
            cursor.execute(sql)
            cursor.execute("ALTER TABLE residents_enrollment ENABLE TRIGGER residents_enrollment_kept")
        else:
            cursor.execute("DROP TRIGGER residents_enrollment_kept")
            cursor.execute(sql)
    copies.install()


@pytest.mark.req("Q-13")
def test_the_doctor_compares_them_and_a_migrate_puts_them_right(world):
    made = factories.make_enrollments(world)[0]
    assert list(searched_columns(Look())) == []
    copies.remove()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE residents_enrollment SET person_name = %s", ["旧名"])
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    (finding,) = searched_columns(Look())
    assert "1 名学员在列表里检索用的姓名或状态" in finding.what
    copies.install()
    assert list(searched_columns(Look())) == []
    assert row(made).person_name == made.person.name
