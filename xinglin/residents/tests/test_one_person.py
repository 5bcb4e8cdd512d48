"""Typed once (P-24), and the same number of statements whatever the number of rows (Q-01, Q-02)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts.models import Grant, InitialCredential, User
from xinglin.accounts.tests.factories import sign_in
from xinglin.kernel import clock
from xinglin.people.models import Education, Person
from xinglin.people.selectors import record_of
from xinglin.residents.actions.enrolling import Intake, enroll
from xinglin.residents.actions.lapsing import lapse_due
from xinglin.residents.models import Enrollment

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return factories.make_world()


@pytest.mark.req("P-24")
def test_what_was_typed_in_a_lapsed_intake_is_there_in_the_next(world):
    enrollment = factories.make_enrollments(world, base=world.tree.sibling, by=world.sibling)[0]
    factories.fill_personal(enrollment)
    before = record_of(enrollment.person_id).content
    for phase in world.window.phases.all():
        world.window.phases.filter(pk=phase.pk).update(ends_at=phase.starts_at + timedelta(days=1))
    assert lapse_due(by=world.association) == 1
    following = factories.make_window(world.window.year + 1)
    person = Person.unscoped.select_related("key").get(pk=enrollment.person_id)
    new = Intake(factories.NewPerson(person.name, person.id_type, person.id_number, person.phone), person, True)
    base = world.tree.base
    done = enroll([new], window=following, base=base, province=base.province, by=world.base)
    assert Enrollment.unscoped.get(pk=done.ids[0]).person_id == person.pk
    assert record_of(person.pk).content == before
    assert Education.unscoped.filter(person=person).count() == 1
    assert User.unscoped.filter(person=person).count() == 1
    assert Grant.unscoped.filter(user__person=person, role="resident").count() == 2


def statements(work) -> int:
    with CaptureQueriesContext(connection) as made:
        work()
    return len(made)


@pytest.mark.req("Q-02")
def test_enrolling_takes_the_same_number_of_statements_for_ten_and_for_a_hundred(world):
    def enroll_people(size):
        intakes = [Intake(factories.new_person()) for _ in range(size)]
        base = world.tree.base
        return lambda: enroll(intakes, window=world.window, base=base, province=base.province, by=world.base)

    statements(enroll_people(1))
    assert statements(enroll_people(10)) == statements(enroll_people(100))


@pytest.mark.req("Q-01", "Q-07")
def test_a_page_of_the_list_takes_the_same_number_of_queries_for_two_and_for_twenty_rows(world, settings):
    settings.DICTIONARY_POLL_SECONDS = None
    client = sign_in(Client(), User.unscoped.get(pk=world.base.user_id))
    url = reverse("residents:intake")
    factories.make_enrollments(world, 2)
    client.get(url)
    few = statements(lambda: client.get(url))
    factories.make_enrollments(world, 18)
    assert statements(lambda: client.get(url)) == few
    assert few <= 30


@pytest.mark.req("P-05", "R-03")
def test_somebody_who_never_signed_in_gets_a_fresh_credential_with_the_next_intake(world):
    enrollment = factories.make_enrollments(world, base=world.tree.sibling, by=world.sibling)[0]
    for phase in world.window.phases.all():
        world.window.phases.filter(pk=phase.pk).update(ends_at=phase.starts_at + timedelta(days=1))
    lapse_due(by=world.association)
    InitialCredential.objects.update(expires_at=clock.now() - timedelta(days=1))
    following = factories.make_window(world.window.year + 1)
    person = Person.unscoped.select_related("key").get(pk=enrollment.person_id)
    new = Intake(factories.NewPerson(person.name, person.id_type, person.id_number, person.phone), person, False)
    base = world.tree.base
    enroll([new], window=following, base=base, province=base.province, by=world.base)
    pending = InitialCredential.objects.get(user__person=person, used_at=None, revoked_at=None)
    assert pending.expires_at > clock.now() and pending.issuer_organization_id == base.pk
