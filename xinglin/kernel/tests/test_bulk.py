"""Many rows at once arrive as single rows would, on both databases."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DataError, IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.kernel import clock
from xinglin.kernel.bulk import allocate_ids, insert_rows, update_rows

DataKey = apps.get_model("vault", "DataKey")
Entry = apps.get_model("history", "HistoryEntry")
Person = apps.get_model("people", "Person")
Education = apps.get_model("people", "Education")
Organization = apps.get_model("organizations", "Organization")
pytestmark = pytest.mark.django_db

NASTY = [
    "平常", "制\t表", "换\n行", "回\r车", "反\\斜\\n杠", "\\N", "\\.", "'引号\"", "%s %%", "", "𠮷野家", "a" * 40, "  ",
    "{}", "null",
]  # fmt: skip
ENTRY = (
    "at", "request_id", "actor_name", "actor_role", "actor_organization_name", "source", "verb", "subject_type",
    "subject_id", "organization_path",
)  # fmt: skip


def entry_row(subject="1"):
    return (clock.now(), "r", "苏清和", "base_admin", "澜江医院", "web", "test", "thing", subject, "/1/")


def new_key():
    return DataKey.objects.create(purpose="person", wrapped=b"x", master_id="m1", created_at=clock.now())


def person_rows(count):
    now = clock.now()
    return [(new_key().pk, f"程禾{n}", "01", uuid4().hex, "", now, now) for n in range(count)]


PERSON = ("key_id", "name", "id_type", "id_number_hash", "id_last6_hash", "created_at", "updated_at")


def test_text_of_every_shape_arrives_unchanged():
    insert_rows(Entry, (*ENTRY, "actor_organization_id", "parent_type"), [(*entry_row(t), None, t) for t in NASTY])
    found = Entry.unscoped.order_by("id").values_list("subject_id", "parent_type")
    assert list(found) == [(text, text) for text in NASTY]


def test_json_arrives_as_json_and_bytes_as_bytes():
    changes = {"姓名": ["\\", "换\n行\t\"'"], "空": [None, ""], "数": [1, 2.5], "是": [True, {"a": []}]}
    sealed = bytes(range(256)) + b"\\x00\\N\n\t"
    insert_rows(Entry, (*ENTRY, "changes", "sealed"), [(*entry_row(), changes, sealed), (*entry_row(), {}, b"")])
    first, second = Entry.unscoped.order_by("id")
    assert first.changes == changes and bytes(first.sealed) == sealed
    assert second.changes == {} and bytes(second.sealed) == b""
    assert Entry.unscoped.filter(changes__数__0=1).count() == 1, "queryable as JSON, not a text within JSON"


def test_columns_left_out_take_their_defaults():
    insert_rows(Entry, ENTRY, [entry_row()])
    row = Entry.unscoped.get()
    assert (row.facts, row.changes, bytes(row.sealed), row.lookup, row.track) == ({}, {}, b"", "", "")
    assert row.key_id is None and row.person_id is None


def test_dates_moments_and_nothing_arrive_as_given():
    moment = clock.now().replace(microsecond=123456)
    rows = [
        (*row[:-2], moment, moment, day) for row, day in zip(person_rows(2), (date(1998, 2, 28), None), strict=True)
    ]
    insert_rows(Person, (*PERSON, "birth_date"), rows)
    first, second = Person.unscoped.order_by("name")
    assert (first.birth_date, second.birth_date) == (date(1998, 2, 28), None)
    assert first.created_at == moment and second.photo is None and second.email == ""


def test_a_value_that_differs_only_in_type_is_prepared_for_its_own():
    """A column's last value is kept prepared; the next value must not take its place."""
    insert_rows(Entry, (*ENTRY, "changes"), [(*entry_row(str(n)), {"n": n}) for n in range(50)])
    assert [row.changes["n"] for row in Entry.unscoped.order_by("id")] == list(range(50))


def test_rows_may_share_one_value():
    shared = {"年份": 2026}
    rows = [(*entry_row(str(n)), shared if n != 2 else {"年份": 2027}) for n in range(5)]
    insert_rows(Entry, (*ENTRY, "changes"), rows)
    assert [row.changes["年份"] for row in Entry.unscoped.order_by("id")] == [2026, 2026, 2027, 2026, 2026]


def test_unknown_columns_and_short_rows_are_refused():
    with pytest.raises(ValueError):
        insert_rows(Entry, ("no_such_column",), [])
    with pytest.raises(ValueError), transaction.atomic():
        insert_rows(Entry, ENTRY, [entry_row()[:-1]])
    assert not Entry.unscoped.exists()


def test_constraints_speak_in_djangos_words():
    row = person_rows(1)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(Person, PERSON, [row, row])
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        insert_rows(Person, PERSON, [(*row[:1], None, *row[2:])])
    assert not Person.unscoped.exists()


@pytest.mark.parametrize("model", [Person, Organization])
def test_ids_are_distinct_and_never_given_twice(model):
    first, second = allocate_ids(model, 3), allocate_ids(model, 2)
    assert len({*first, *second}) == 5 and max(first) < min(second)
    assert allocate_ids(model, 0) == []


def test_rows_of_the_orm_never_collide_with_reserved_ids():
    ids = allocate_ids(Person, 3)
    single = Person.unscoped.create(**dict(zip(PERSON, person_rows(1)[0], strict=True)))
    assert single.pk not in ids
    insert_rows(Person, ("id", *PERSON), [(pk, *row) for pk, row in zip(ids, person_rows(3), strict=True)])
    later = Person.unscoped.create(**dict(zip(PERSON, person_rows(1)[0], strict=True)))
    assert later.pk > max(*ids, single.pk)
    assert not {later.pk} & set(allocate_ids(Person, 4))
    assert Person.unscoped.count() == 5


def test_each_row_is_updated_with_values_of_its_own():
    insert_rows(Person, PERSON, person_rows(4))
    ids = list(Person.unscoped.order_by("id").values_list("id", flat=True))
    born = date(1999, 1, 31)
    update_rows(
        Person, ("address", "birth_date", "email", "photo"),
        [(pk, (bytes([n]) * 3, born + timedelta(n), NASTY[n], None)) for n, pk in enumerate(ids[:3])],
    )  # fmt: skip
    found = list(Person.unscoped.order_by("id").values_list("birth_date", "email"))
    assert found == [*((born + timedelta(n), NASTY[n]) for n in range(3)), (None, "")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM people_person ORDER BY id")
        assert [bytes(row[0]) for row in cursor.fetchall()] == [b"\0\0\0", b"\1\1\1", b"\2\2\2", b""]


def test_json_is_updated_as_json_and_no_rows_are_no_work():
    insert_rows(Entry, ENTRY, [entry_row()])
    pk = Entry.unscoped.get().pk
    update_rows(Entry, ("facts", "person_id"), [(pk, ({"理由": "换\n行"}, 5))])
    update_rows(Entry, ("facts",), [])
    insert_rows(Entry, ENTRY, [])
    row = Entry.unscoped.get()
    assert row.facts == {"理由": "换\n行"} and row.person_id == 5


@pytest.mark.parametrize("text", [*NASTY, "?", "%s", "%%", "''", "'; DROP TABLE x; --", "x'00'", "𠮷'\n?"])
def test_what_all_rows_share_arrives_as_single_values_do(text):
    """Shared values are written into the statement (SQLite) or the pattern of the line (PostgreSQL)."""
    shared = (*entry_row()[:-2], text, "/1/")
    rows = [(*shared, b"\x00'\xff%s", None, {"字": text}, n) for n in range(25)]
    insert_rows(Entry, (*ENTRY, "sealed", "actor_organization_id", "facts", "person_id"), rows)
    found = list(Entry.unscoped.order_by("id"))
    assert [row.person_id for row in found] == list(range(25))
    assert {(row.subject_id, bytes(row.sealed), row.actor_organization_id) for row in found} == {
        (text, b"\x00'\xff%s", None)
    }
    assert all(row.facts == {"字": text} for row in found)


def test_rows_that_are_the_same_throughout_are_all_written():
    insert_rows(Entry, ENTRY, [entry_row()] * 30)
    assert Entry.unscoped.count() == 30
    assert set(Entry.unscoped.values_list("subject_id", flat=True)) == {"1"}


def test_more_rows_than_are_sent_together():
    insert_rows(Entry, (*ENTRY, "person_id"), ((*entry_row(), n) for n in range(5_003)))
    assert list(Entry.unscoped.order_by("id").values_list("person_id", flat=True)) == list(range(5_003))


def test_a_column_may_mix_nothing_and_values_of_several_types():
    key = new_key().pk
    insert_rows(
        Entry,
        (*ENTRY, "province_id", "key_id", "facts"),
        [
            (*entry_row("a"), None, key, {}),
            (*entry_row("b"), 7, None, {"n": 1}),
            (*entry_row("c"), 2**40, key, {"n": [None]}),
        ],
    )
    found = Entry.unscoped.order_by("id").values_list("province_id", "key_id", "facts")
    assert list(found) == [(None, key, {}), (7, None, {"n": 1}), (2**40, key, {"n": [None]})]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
            st.binary(max_size=9),
            st.none() | st.integers(-(2**63), 2**63 - 1),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_whatever_is_inserted_is_read_back(values):
    with transaction.atomic():
        Entry.unscoped.all().delete()
        insert_rows(Entry, (*ENTRY, "parent_id", "sealed", "person_id"), [(*entry_row(), *value) for value in values])
        found = Entry.unscoped.order_by("id").values_list("parent_id", "sealed", "person_id")
        assert [(text, bytes(sealed), number) for text, sealed, number in found] == values


@pytest.mark.parametrize("last", [uuid4(), None])
def test_ids_and_days_of_a_column_arrive_as_single_ones_do(last):
    """Columns of one type are written without asking the field; one that mixes types asks it."""
    pictures, days = [uuid4(), uuid4(), last], [date(1998, 2, 28), date(2000, 2, 29), last and date(1999, 12, 31)]
    sealed = [b"a", b"b", memoryview(b"c") if last is None else b"c"]
    rows = [(*row, *more) for row, *more in zip(person_rows(3), days, pictures, sealed, strict=True)]
    insert_rows(Person, (*PERSON, "birth_date", "photo", "phone"), rows)
    found = Person.unscoped.order_by("id")
    assert list(found.values_list("key_id", "birth_date", "photo")) == [(row[0], *row[-3:-1]) for row in rows]
    assert list(found.filter(birth_date=days[1], photo=pictures[1], key=rows[1][0]).values_list("name")) == [("程禾1",)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM people_person ORDER BY id")
        assert [bytes(value) for (value,) in cursor.fetchall()] == [b"a", b"b", b"c"]
