"""Filling in bulk leaves exactly what the resident's own saving leaves."""

from datetime import timedelta
from random import Random

import pytest

from xinglin.demo import biography
from xinglin.demo.filling import Filling, Part, fill, later, put_pictures
from xinglin.demo.people import Invented
from xinglin.demo.places import PROVINCES
from xinglin.demo.placing import born_between
from xinglin.demo.stock import Stock
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.people.selectors import record_of
from xinglin.residents.actions.personal import save_personal
from xinglin.residents.tests.factories import make_enrollments, make_world, resident_viewer

pytestmark = pytest.mark.django_db
SYSTEM = Viewer.system("test", source="demo")


def texts(person):
    year = clock.today().year - 1
    plan = biography.Plan("clinical", ("bachelor", "master"), year, clock.today(), PROVINCES[0])
    who = Invented("2", person.name, born_between(plan)[0], "01", person.id_number, person.phone)
    rng = Random("the same for both")
    return {
        "basic_info": biography.basic_info(rng, who, plan, later),
        "education": biography.education(rng, plan, later),
        "qualifications": biography.qualifications(rng, who, plan, later),
    }


def left_behind(enrollment):
    """Content without pictures and what belongs to one person alone, and the history with its labels."""
    record = record_of(enrollment.person_id)
    own = ("id_number", "name", "phone", "birth_date", "sex", "photo", "id_front", "id_back", "_scan", "emergency_name")
    content = {
        key: value for key, value in record.content.items() if not key.endswith(own) and key != "qualifications.code"
    }
    columns = ("verb", "update_type", "subject_type", "parent_type", "organization_path", "organization_name", "track",
               "province_id", "province_name", "facts")  # fmt: skip
    rows = HistoryEntry.objects.for_system("test").filter(subject_type="person", person_id=enrollment.person_id)
    entries = [
        ({column: getattr(row, column) for column in columns}, sorted(row.changes)) for row in rows.order_by("id")
    ]
    person = record.person
    highest = (person.highest_education, person.highest_degree, person.highest_degree_type)
    enrollment.refresh_from_db()
    lacks = (enrollment.missing_count, enrollment.missing_personal)
    return content, entries, highest, lacks, enrollment.filled_at is not None


def test_bulk_and_form_agree():
    world = make_world()
    by_form, in_bulk = make_enrollments(world, 2)
    stock, rng, now = Stock(), Random(1), clock.now()
    viewer = resident_viewer(by_form)
    for section, values in texts(by_form.person).items():
        put_pictures([(record_of(by_form.person_id), values)], viewer.organization_path, stock, rng, by=SYSTEM)
        save_personal(section, values, by=viewer)
    parts = [
        Part(section, values, now + timedelta(minutes=number))
        for number, (section, values) in enumerate(texts(in_bulk.person).items())
    ]
    fill([Filling(in_bulk.pk, in_bulk.person_id, resident_viewer(in_bulk), parts)], stock, rng, by=SYSTEM)
    assert left_behind(by_form) == left_behind(in_bulk)
    assert in_bulk.missing_count and in_bulk.missing_personal is not None
    assert record_of(in_bulk.person_id).person.photo is not None
