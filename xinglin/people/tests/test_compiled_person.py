"""A person read by a kept query opens its numbers under the key that was joined (Q-01, P-19)."""

from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import BigIntegerField
from django.test.utils import CaptureQueriesContext

from xinglin.kernel import clock
from xinglin.kernel.compiled import Compiled, Slot
from xinglin.people.models import Person
from xinglin.vault.actions import new_key

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-01", "P-19")]
KEPT = Compiled(
    lambda: (
        Person.unscoped.filter(pk=Slot("key", BigIntegerField()))
        .select_related("key")
        .only("id_number", "key__wrapped", "key__master_id")
    )
)


@pytest.fixture
def person():
    now = clock.now()
    return Person.unscoped.create(
        key=new_key("person"), name="程禾", id_type="01", id_number="11", id_number_hash=uuid4().hex, created_at=now,
        updated_at=now,
    )  # fmt: skip


def test_a_sealed_field_opens_without_another_question(person):
    row = KEPT.first(key=person.pk)
    with CaptureQueriesContext(connection) as asked:
        assert row is not None and row.id_number == "11"
    assert not asked.captured_queries


def test_one_that_was_not_read_opens_when_it_is_asked_for(person):
    Person.unscoped.filter(pk=person.pk).update(phone=Person._meta.get_field("phone").sealed(person.key, "13900000000"))
    row = KEPT.first(key=person.pk)
    assert row is not None and row.phone == "13900000000"
