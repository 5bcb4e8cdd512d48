"""Saving a personal part as properties: any sequence of values against a dictionary (R-07, R-16, R-19, R-20)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.history import selectors as history
from xinglin.history.models import HistoryEntry
from xinglin.kernel import id_numbers
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer
from xinglin.people import registry
from xinglin.people.actions import NewPerson, create_people, discard_draft, save_draft, save_section
from xinglin.people.actions.saving import put
from xinglin.people.enums import EducationLevel, Section
from xinglin.people.fields import personal_fields, personal_labels, section_fields
from xinglin.people.models import Draft, Education, Person, Qualification
from xinglin.people.registry import PersonHooks
from xinglin.people.selectors import PersonalRecord, draft_of, phone_hash, plain, record_of, records
from xinglin.vault.models import DataKey

BORN = date(1998, 7, 1)
NUMBER = id_numbers.synthetic("320199", BORN, 321)
LEVELS = [level.value for level in EducationLevel]
PICTURES = [uuid.UUID(int=n) for n in (1, 2)]

texts = st.sampled_from(["", "澜江大学", "临床医学", "杏林路 1 号"])
BASIC = {
    "basic_info.ethnic_group": st.sampled_from(["", "01", "02"]),
    "basic_info.email": st.sampled_from(["", "a@example.cn", "b@example.cn"]),
    "basic_info.phone": st.sampled_from(["19000000321", "19000000322", ""]),
    "basic_info.address": texts,
    "basic_info.photo": st.sampled_from([None, *PICTURES]),
    "basic_info.id_number": st.sampled_from(["x", NUMBER]),
    "basic_info.id_type": st.sampled_from(["01", "05"]),
    "basic_info.sex": st.sampled_from(["1", "2", ""]),
    "basic_info.birth_date": st.sampled_from([BORN, date(1980, 1, 1), None]),
}
EDUCATION = {
    f"education.{level}.{name}": values
    for level in ("bachelor", "doctor")
    for name, values in {
        "applies": st.sampled_from([None, True, False]),
        "school": texts,
        "graduated_on": st.sampled_from([None, date(2020, 6, 30), date(2021, 6, 30)]),
        "degree": st.sampled_from(["", "410", "999"]),
    }.items()
}
QUALIFICATIONS = {
    "qualifications.status": st.sampled_from(["", "not_taken", "certified"]),
    "qualifications.code": st.sampled_from(["", "202432110" + NUMBER]),
    "qualifications.qualified_on": st.sampled_from([None, date(2022, 3, 1)]),
}
PARTS = {Section.BASIC_INFO: BASIC, Section.EDUCATION: EDUCATION, Section.QUALIFICATIONS: QUALIFICATIONS}
FIXED = {"basic_info.id_number", "basic_info.id_type"}
DERIVED = {"basic_info.sex", "basic_info.birth_date"}


@st.composite
def saves(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    section = draw(st.sampled_from(list(PARTS)))
    keys = draw(st.lists(st.sampled_from(list(PARTS[section])), unique=True, max_size=4))
    return section.value, {key: draw(PARTS[section][key]) for key in keys}


def none_if_blank(value: Any) -> Any:
    return None if value == "" else plain(value)


@pytest.fixture
def own(db: None, monkeypatch: pytest.MonkeyPatch) -> Viewer:
    monkeypatch.setattr(registry, "_hooks", [])
    pk, _ = create_people([NewPerson("沈思远", "01", NUMBER, "19000000321")])[0]
    return replace(Viewer.system("resident"), is_person=True, person_id=pk, role="resident", source="web")


class Memory:
    """What the saves leave, as a dictionary; identity and what follows from it never changes."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = {key: none_if_blank(value) for key, value in content.items()}

    def save(self, values: dict[str, Any]) -> set[str]:
        """Keys whose value changes."""
        admitted = {key: none_if_blank(v) for key, v in values.items() if key not in FIXED | DERIVED}
        changed = {key for key, value in admitted.items() if self.content.get(key) != value}
        self.content |= admitted
        return changed


@pytest.mark.req("R-07", "R-16", "R-20")
@given(steps=st.lists(saves(), max_size=5))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_saves_leaves_what_was_saved_last_and_one_row_of_history_each(
    own: Viewer, steps: list[tuple[str, dict[str, Any]]]
) -> None:
    with transaction.atomic():
        memory = Memory(record_of(own.person_id or 0).content)
        rows = HistoryEntry.unscoped.count()
        for section, values in steps:
            expected = memory.save(values)
            changes = save_section(section, values, by=own)
            assert set(changes) == expected, (section, values)
            assert all(none_if_blank(new) == memory.content[key] for key, (_, new) in changes.items())
            rows += bool(expected)
            assert HistoryEntry.unscoped.count() == rows
        stored = record_of(own.person_id or 0)
        for key, value in stored.content.items():
            assert none_if_blank(value) == memory.content.get(key), key
        person = stored.person
        assert (person.id_number, person.sex, person.birth_date) == (NUMBER, "1", BORN)
        assert person.phone_hash == phone_hash(person.phone)
        assert highest(stored) == (person.highest_education, person.highest_degree)
        transaction.set_rollback(True)


def highest(record: PersonalRecord) -> tuple[str, str]:
    """The last level in the order of the screens that applies, with its degree."""
    rows = [record.education[level] for level in LEVELS if level in record.education]
    applying = [(row.level, row.degree) for row in rows if row.applies is True]
    return applying[-1] if applying else ("", "")


@pytest.mark.req("R-16")
@given(step=saves())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_history_tells_each_change_under_its_label_and_nothing_in_clear(
    own: Viewer, step: tuple[str, dict[str, Any]]
) -> None:
    section, values = step
    with transaction.atomic():
        changes = save_section(section, values, by=own)
        rows = list(HistoryEntry.unscoped.all())
        assert len(rows) == bool(changes)
        if rows:
            (told,) = history.open_entries(rows)
            labels = personal_labels()
            assert set(told.changes) == {labels[key] for key in changes}
            assert all(old != new for old, new in told.changes.values())
            assert rows[0].changes == {} and rows[0].verb == f"person.save.{section}"
            assert rows[0].person_id == own.person_id
        transaction.set_rollback(True)


def unsaved(sex: str = "1") -> PersonalRecord:
    person = Person(
        id=1,
        key=DataKey(id=1),
        name="沈思远",
        id_type="01",
        id_number=NUMBER,
        sex=sex,
        birth_date=BORN,
        phone="19000000321",
    )
    return PersonalRecord(person)


@pytest.mark.req("R-20")
@given(step=saves())
@settings(max_examples=40)
def test_what_is_put_is_there_and_putting_it_again_changes_nothing(step: tuple[str, dict[str, Any]]) -> None:
    section, values = step
    record = unsaved()
    changes = put(record, section, values)
    assert put(record, section, values) == {}
    for key, (old, new) in changes.items():
        assert key in values and key not in FIXED | DERIVED
        assert none_if_blank(old) != none_if_blank(new) == none_if_blank(values[key])


@pytest.mark.req("R-20")
@given(step=saves(), key=st.sampled_from(sorted(personal_fields())))
@settings(max_examples=25)
def test_a_key_of_another_part_is_an_error_of_the_program(step: tuple[str, dict[str, Any]], key: str) -> None:
    section, values = step
    if personal_fields()[key].section == section:
        return
    with pytest.raises(ValueError, match="not fields of"):
        put(unsaved(), section, values | {key: "x"})


@pytest.mark.req("R-20")
def test_the_keys_are_unique_and_each_names_its_part_and_level() -> None:
    fields, labels = personal_fields(), personal_labels()
    assert len(set(labels.values())) == len(labels), "the history tells fields apart by their label"
    for key, one in fields.items():
        assert key.startswith(f"{one.section}.") and one.label == labels[key]
        assert (one.level in key.split(".")) if one.level else one.section != Section.EDUCATION
    for level in LEVELS:
        found = section_fields(Section.EDUCATION, level)
        assert {one.level for one in found} == {level} and len({one.label for one in found}) == len(found)
    parts = [one.key for section in Section for one in section_fields(section)]
    assert sorted(parts) == sorted(fields)


@pytest.mark.req("R-19")
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["draft", "discard", "save", "refused"]), st.sampled_from(list(Section))), max_size=6
    )
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_draft_lives_until_its_own_part_is_saved_or_it_is_given_up(
    own: Viewer, steps: list[tuple[str, Section]]
) -> None:
    there: dict[str, str] = {}
    locked = PersonHooks(guard=lambda *_: "填报已截止", saved=lambda *_: None, homes=lambda ids: {})
    with transaction.atomic():
        for number, (act, section) in enumerate(steps):
            if act == "draft":
                save_draft(section, {"typed": number}, by=own)
                there[section] = f'{{"typed": {number}}}'
            elif act == "discard":
                discard_draft(own.person_id or 0, section)
                there.pop(section, None)
            elif act == "save":
                save_section(section, {}, by=own)
                there.pop(section, None)
            else:
                registry._hooks[:] = [locked]
                with pytest.raises(Refused, match="填报已截止"), transaction.atomic():
                    save_section(section, {}, by=own)
                registry._hooks[:] = []
            found = {one: draft_of(own, one) for one in Section}
            assert {one: draft.content for one, draft in found.items() if draft} == there
        assert Draft.unscoped.count() == len(there)
        transaction.set_rollback(True)


@pytest.mark.req("R-07", "R-19")
def test_nobody_saves_for_another_and_a_refusal_leaves_everything(own: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    save_draft("education", {"a": "1"}, by=own)
    strangers = [replace(own, is_person=False), replace(own, person_id=None), Viewer.system("job")]
    for stranger in strangers:
        for act in (
            lambda by: save_section("education", {"education.bachelor.school": "x"}, by=by),
            lambda by: save_draft("education", {"a": "2"}, by=by),
        ):
            with pytest.raises(NotAllowed, match="本人"):
                act(stranger)
    seen: list[Any] = []
    hooks = [
        PersonHooks(lambda *_: None, lambda record, keys, by: seen.append(keys), lambda ids: {}),
        PersonHooks(lambda *_: "第二处不许", lambda *_: None, lambda ids: {}),
    ]
    monkeypatch.setattr(registry, "_hooks", hooks)
    with pytest.raises(Refused, match="第二处不许"):
        save_section("education", {"education.bachelor.school": "x"}, by=own)
    assert seen == [] and not Education.unscoped.exists() and not HistoryEntry.unscoped.exists()
    assert draft_of(own, "education") is not None, "what was typed is not lost by a refusal"


@pytest.mark.req("R-20")
def test_records_are_read_in_three_queries_each_with_its_own_parts(own: Viewer, django_assert_num_queries: Any) -> None:
    ids = [own.person_id or 0]
    for serial in (322, 323):
        new = NewPerson("林清和", "01", id_numbers.synthetic("320199", BORN, serial), f"19000000{serial}")
        ids.append(create_people([new])[0][0])
    for number, pk in enumerate(ids):
        viewer = replace(own, person_id=pk)
        save_section("education", {"education.bachelor.school": f"第{number}大学"}, by=viewer)
        if number:
            save_section("qualifications", {"qualifications.code": f"2024321100000{number}"}, by=viewer)
    with django_assert_num_queries(3):
        found = records(ids)
    assert [found[pk].education["bachelor"].school for pk in ids] == ["第0大学", "第1大学", "第2大学"]
    assert found[ids[0]].qualification is None and Qualification.unscoped.count() == 2
    assert found[ids[2]].content["qualifications.code"].endswith("2")
    assert "qualifications.code" not in found[ids[0]].content
    assert records([]) == {}
    with pytest.raises(KeyError):
        record_of(max(ids) + 1)
