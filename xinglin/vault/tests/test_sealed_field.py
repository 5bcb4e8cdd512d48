"""SealedTextField: the attribute is plain text, the column is ciphertext."""

import pytest
from django.apps import apps
from django.db import connection

from xinglin.kernel import clock
from xinglin.vault.actions import destroy_key, new_key
from xinglin.vault.cipher import Damaged, KeyDestroyed
from xinglin.vault.fields import SealedTextField
from xinglin.vault.hashing import keyed_hash

Person = apps.get_model("people", "Person")
pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-12")]
ADDRESS = "澜江市杏林路 1 号"


def make(**fields):
    now = clock.now()
    fields.setdefault("id_number_hash", keyed_hash("id_number", fields.get("phone", "")))
    return Person.unscoped.create(
        key=new_key("person"), name="叶景行", id_type="01", created_at=now, updated_at=now, **fields
    )


def column(pk, name="address"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM people_person WHERE id = %s", [pk])
        return bytes(cursor.fetchone()[0])


def test_attribute_is_plain_and_column_is_ciphertext():
    person = make(address=ADDRESS)
    assert person.address == ADDRESS
    stored = column(person.pk)
    assert stored[:1] == b"\x01" and ADDRESS.encode() not in stored and "杏林".encode() not in stored
    assert Person.unscoped.get(pk=person.pk).address == ADDRESS


def test_empty_text_is_empty_bytes_and_reads_empty():
    person = make()
    assert column(person.pk) == b"" and Person.unscoped.get(pk=person.pk).address == ""
    person.address = ADDRESS
    person.save()
    person.address = ""
    person.save()
    assert column(person.pk) == b"" and Person.unscoped.get(pk=person.pk).address == ""


def test_saving_what_was_never_read_keeps_the_bytes():
    person = make(address=ADDRESS)
    before = column(person.pk)
    fresh = Person.unscoped.get(pk=person.pk)
    fresh.email = "a@example.org"
    fresh.save()
    assert column(person.pk) == before and Person.unscoped.get(pk=person.pk).address == ADDRESS


def test_refresh_reads_what_another_copy_wrote():
    person, copy = make(address=ADDRESS), None
    copy = Person.unscoped.get(pk=person.pk)
    copy.address = "沿江路 2 号"
    copy.save(update_fields=["address"])
    assert person.address == ADDRESS
    person.refresh_from_db()
    assert person.address == "沿江路 2 号"


def test_deferred_text_is_read_on_first_access(django_assert_num_queries):
    pk = make(address=ADDRESS).pk
    for rows in (Person.unscoped.defer("address"), Person.unscoped.only("id", "key")):
        person = rows.select_related("key").get(pk=pk)
        with django_assert_num_queries(1):
            assert person.address == ADDRESS
        with django_assert_num_queries(0):
            assert person.address == ADDRESS


def test_saving_a_deferred_row_does_not_empty_the_column():
    pk = make(address=ADDRESS).pk
    person = Person.unscoped.defer("address").get(pk=pk)
    person.email = "b@example.org"
    person.save()
    assert Person.unscoped.get(pk=pk).address == ADDRESS


def test_only_the_hash_finds_a_row():
    person = make(phone="19000000007", phone_hash=keyed_hash("phone", "19000000007"))
    assert not Person.unscoped.filter(phone=b"19000000007").exists()
    assert Person.unscoped.get(phone_hash=keyed_hash("phone", "19000000007")).pk == person.pk


def test_a_column_moved_to_another_field_or_row_does_not_open():
    one, two = make(address=ADDRESS, phone="19000000008"), make(address=ADDRESS, phone="19000000009")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_person SET emergency_phone = phone WHERE id = %s", [one.pk])
        cursor.execute("UPDATE people_person SET address = %s WHERE id = %s", [column(one.pk), two.pk])
    with pytest.raises(Damaged):
        _ = Person.unscoped.get(pk=one.pk).emergency_phone
    with pytest.raises(Damaged):
        _ = Person.unscoped.get(pk=two.pk).address


def test_after_the_key_is_destroyed_the_row_stands_and_the_text_is_gone():
    person = make(address=ADDRESS)
    destroy_key(person.key)
    read = Person.unscoped.get(pk=person.pk)
    assert read.name == "叶景行"
    with pytest.raises(KeyDestroyed):
        _ = read.address


def test_the_field_tells_migrations_its_plain_length_and_the_form_its_place():
    field = Person._meta.get_field("address")
    assert isinstance(field, SealedTextField) and field.context == "people_person.address"
    assert field.deconstruct()[3]["plain_length"] == 200 and field.get_default() == ""
