"""Persons are made with what their document tells, and saved by themselves alone."""

import uuid
from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from xinglin.history import selectors as history
from xinglin.history.models import HistoryEntry
from xinglin.kernel import id_numbers
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer
from xinglin.people import registry
from xinglin.people.actions import (
    NewPerson,
    create_people,
    creating,
    discard_draft,
    save_draft,
    save_section,
    update_unactivated,
)
from xinglin.people.models import Draft, Education, Person
from xinglin.people.registry import Home, PersonHooks
from xinglin.people.selectors import draft_of, id_number_hash, last6_hash, phone_hash, record_of

pytestmark = pytest.mark.django_db
AREA, BORN = "510199", date(1999, 2, 28)
HOME = Home("/1/3/7/", "澜江医院", 3, "澜江省", "western", "enrollment", "77", {"batch": 1})


def new(serial, **fields):
    made = NewPerson("沈思远", "01", id_numbers.synthetic(AREA, BORN, serial), f"1900000{serial:04d}")
    return replace(made, **fields)


class Watch:
    """A part above, as the hooks see it: it may refuse, and notes what was saved."""

    def __init__(self):
        self.reason, self.saved = None, []

    def hooks(self):
        return PersonHooks(
            guard=lambda *_: self.reason,
            saved=lambda record, keys, by: self.saved.append(keys),
            homes=lambda ids: dict.fromkeys(ids, HOME),
        )


@pytest.fixture
def watch(monkeypatch):
    watch = Watch()
    monkeypatch.setattr(registry, "_hooks", [watch.hooks()])
    return watch


@pytest.fixture
def own(watch):
    person_id = create_people([new(11)])[0][0]
    return own_viewer(person_id)


def own_viewer(person_id):
    return replace(Viewer.system("resident"), is_person=True, person_id=person_id, role="resident", source="web")


@pytest.mark.req("R-03", "P-04")
def test_an_id_card_tells_sex_birth_and_nationality():
    ids = [pk for pk, _ in create_people([new(11), new(12)])]
    man, woman = (Person.unscoped.get(pk=pk) for pk in ids)
    assert (man.sex, woman.sex) == ("1", "2")
    assert man.birth_date == BORN and man.nationality == "CHN"


@pytest.mark.req("R-03")
@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_more_people_than_a_statement_takes_are_all_made_in_order(count, monkeypatch):
    monkeypatch.setattr(creating, "PIECE", 2)
    wanted = [new(11 + number) for number in range(count)]
    made = create_people(wanted)
    people = Person.unscoped.select_related("key").in_bulk([pk for pk, _ in made])
    assert [people[pk].id_number for pk, _ in made] == [one.id_number for one in wanted]
    assert [people[pk].key_id for pk, _ in made] == [key.id for _, key in made]


@pytest.mark.req("R-03")
def test_other_documents_tell_nothing():
    pk = create_people([new(1, id_type="03", id_number="H12345678")])[0][0]
    person = Person.unscoped.get(pk=pk)
    assert (person.sex, person.birth_date, person.nationality) == ("", None, "")


@pytest.mark.req("P-19", "Q-12")
def test_numbers_are_sealed_and_found_by_hash():
    made = new(11)
    (pk, key), = create_people([made])  # fmt: skip
    person = Person.unscoped.get(id_number_hash=id_number_hash(made.id_number))
    assert (person.pk, person.key_id) == (pk, key.id)
    assert (person.id_number, person.phone) == (made.id_number, made.phone)
    assert person.id_last6_hash == last6_hash(made.id_number) == last6_hash("x" + made.id_number[-6:])
    assert person.phone_hash == phone_hash(made.phone) and phone_hash("") == ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, phone FROM people_person WHERE id = %s", [pk])
        raw = b"".join(bytes(cell) for cell in cursor.fetchone())
    assert made.id_number.encode() not in raw and made.phone.encode() not in raw


@pytest.mark.req("P-24")
def test_the_database_refuses_the_same_person_twice():
    create_people([new(11)])
    with pytest.raises(IntegrityError), transaction.atomic():
        create_people([new(12), new(11, name="另一人")])
    assert Person.unscoped.count() == 1
    create_people([new(11, id_type="03")])


@pytest.mark.req("R-03")
def test_name_and_phone_are_corrected_with_their_hash():
    pk = create_people([new(11)])[0][0]
    update_unactivated([(Person.unscoped.get(pk=pk), "沈清和", "19000009999")])
    person = Person.unscoped.get(pk=pk)
    assert (person.name, person.phone, person.phone_hash) == ("沈清和", "19000009999", phone_hash("19000009999"))


@pytest.mark.req("R-07", "Q-10")
def test_only_the_person_saves(own):
    for viewer in (Viewer.system("job"), replace(own, is_person=False), replace(own, person_id=None)):
        with pytest.raises(NotAllowed):
            save_section("basic_info", {"basic_info.ethnic_group": "01"}, by=viewer)
        with pytest.raises(NotAllowed):
            save_draft("basic_info", {}, by=viewer)
    assert not HistoryEntry.unscoped.exists() and not Draft.unscoped.exists()


@pytest.mark.req("R-07")
@pytest.mark.parametrize("key", ["basic_info.no_such", "education.bachelor.school", "name", "basic_info.key_id"])
def test_keys_of_other_parts_are_refused(own, key):
    with pytest.raises(ValueError):
        save_section("basic_info", {key: "x"}, by=own)
    assert not HistoryEntry.unscoped.exists()


@pytest.mark.req("R-07")
def test_a_part_above_can_refuse(own, watch):
    watch.reason = "填报已截止"
    with pytest.raises(Refused, match="填报已截止"):
        save_section("basic_info", {"basic_info.ethnic_group": "01"}, by=own)
    assert record_of(own.person_id).person.ethnic_group == "" and watch.saved == []


@pytest.mark.req("R-16", "R-19")
def test_a_save_that_changes_nothing_writes_nothing(own, watch):
    first = save_section("basic_info", {"basic_info.ethnic_group": "01"}, by=own)
    before = Person.unscoped.get(pk=own.person_id).updated_at
    assert first == {"basic_info.ethnic_group": ("", "01")} and watch.saved == [["basic_info.ethnic_group"]]
    again = save_section("basic_info", {"basic_info.ethnic_group": "01", "basic_info.email": ""}, by=own)
    assert again == {} and HistoryEntry.unscoped.count() == 1 and len(watch.saved) == 1
    assert Person.unscoped.get(pk=own.person_id).updated_at == before


@pytest.mark.req("R-20")
def test_fixed_and_derived_fields_stay(own):
    number = record_of(own.person_id).person.id_number
    values = {"basic_info.id_number": "x", "basic_info.sex": "2", "basic_info.birth_date": date(1980, 1, 1)}
    assert save_section("basic_info", values, by=own) == {}
    person = record_of(own.person_id).person
    assert (person.id_number, person.sex, person.birth_date) == (number, "1", BORN)


@pytest.mark.req("R-16")
def test_history_tells_the_level_and_the_place(own):
    number = {"education.bachelor.applies": True, "education.bachelor.degree_number": "1099942026000001"}
    save_section("education", number, by=own)
    row = HistoryEntry.unscoped.get()
    (opened,) = history.open_entries([row])
    assert opened.changes == {"是否本科": ["--", "是"], "<本科>学位证书编号": ["--", "1099942026000001"]}
    assert (row.verb, row.update_type) == ("person.save.education", "created")
    assert (row.organization_path, row.track, row.parent_id, row.facts) == ("/1/3/7/", "western", "77", {"batch": 1})
    save_section("education", {"education.bachelor.degree_number": "1099942026000002"}, by=own)
    assert HistoryEntry.unscoped.latest("id").update_type == "changed"


@pytest.mark.req("R-16", "Q-12")
def test_whatever_a_person_typed_is_sealed(own):
    picture = uuid.uuid4()
    values = {"basic_info.phone": "19000008888", "basic_info.ethnic_group": "01", "basic_info.id_front": picture}
    save_section("basic_info", values, by=own)
    row = HistoryEntry.unscoped.get()
    assert row.changes == {} and b"19000008888" not in bytes(row.sealed)
    (opened,) = history.open_entries([row])
    assert opened.changes["民族"] == ["--", "汉族"]
    assert opened.changes["手机"] == ["19000000011", "19000008888"]
    assert opened.changes["身份证正面照（人像页）"] == ["--", "已上传"] and opened.who["name"] == "沈思远"
    person = Person.unscoped.get(pk=own.person_id)
    assert person.phone_hash == phone_hash("19000008888") and row.lookup == person.id_number_hash


@pytest.mark.req("R-16")
def test_another_picture_is_told_as_new(own):
    for expected in (["--", "已上传"], ["已上传", "换了新图"]):
        save_section("basic_info", {"basic_info.photo": uuid.uuid4()}, by=own)
        (opened,) = history.open_entries([HistoryEntry.unscoped.latest("id")])
        assert opened.changes["个人照片"] == expected


@pytest.mark.req("R-20")
def test_the_highest_level_that_applies_is_kept(own):
    def highest(values):
        save_section("education", values, by=own)
        person = Person.unscoped.get(pk=own.person_id)
        return person.highest_education, person.highest_degree, person.highest_degree_type

    assert highest({"education.bachelor.applies": True, "education.bachelor.degree": "410"}) == ("bachelor", "410", "")
    master = {
        "education.master.applies": True, "education.master.degree": "310",
        "education.master.degree_type": "professional",
    }  # fmt: skip
    assert highest(master) == ("master", "310", "professional")
    assert highest({"education.doctor.applies": False}) == ("master", "310", "professional")
    assert highest({"education.master.applies": False}) == ("bachelor", "410", "")
    assert highest({"education.bachelor.applies": None}) == ("", "", "")
    assert Education.unscoped.filter(person_id=own.person_id).count() == 3


@pytest.mark.req("R-20", "Q-12")
def test_the_certificate_code_is_sealed_under_the_persons_key(own):
    code = "202651110" + record_of(own.person_id).person.id_number
    save_section("qualifications", {"qualifications.status": "certified", "qualifications.code": code}, by=own)
    qualification = record_of(own.person_id).qualification
    assert qualification.code == code and qualification.key_id == record_of(own.person_id).person.key_id
    assert code not in str(HistoryEntry.unscoped.get().changes)


@pytest.mark.req("R-19")
def test_drafts_are_the_persons_alone_and_end_with_a_save(own):
    other = own_viewer(create_people([new(13)])[0][0])
    for text in ("19", "190"):
        save_draft("basic_info", {"basic_info.phone": text}, by=own)
    save_draft("education", {}, by=own)
    assert draft_of(own, "basic_info").content == '{"basic_info.phone": "190"}'
    assert draft_of(other, "basic_info") is None and draft_of(Viewer.system("x"), "qualifications") is None
    base = replace(Viewer.system("base"), organization_path="/1/3/7/", organization_id=7)
    assert draft_of(base, "basic_info") is None
    save_section("basic_info", {}, by=own)
    assert draft_of(own, "basic_info") is None and draft_of(own, "education") is not None
    discard_draft(own.person_id, "education")
    assert not Draft.unscoped.exists()
