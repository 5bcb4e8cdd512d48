"""Rows that are written behind arrive as if they had been written at once, and every fault is told."""

import sys
import threading
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DataError, IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.kernel import behind, clock
from xinglin.kernel.behind import check_references, run_later, writing_behind
from xinglin.kernel.bulk import allocate_ids, insert_rows, reserve_ids

DataKey = apps.get_model("vault", "DataKey")
Person = apps.get_model("people", "Person")
Table = apps.get_model("dictionaries", "CodeTable")
pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-02")]
PERSON = ("key_id", "name", "id_type", "id_number_hash", "id_last6_hash", "created_at", "updated_at")
KEY = ("id", "purpose", "wrapped", "master_id", "created_at")
POSTGRESQL = "postgresql"


def keys(count):
    return [(uuid4(), "person", b"x", "m1", clock.now()) for _ in range(count)]


def people(of, name="程禾"):
    now = clock.now()
    return [(key[0], f"{name}{n}", "01", uuid4().hex, "", now, now) for n, key in enumerate(of)]


@contextmanager
def block():
    """A transaction that writes behind."""
    with transaction.atomic(), writing_behind():
        yield


def names():
    return list(Person.unscoped.order_by("pk").values_list("name", flat=True))


def test_everything_is_in_when_the_block_ends():
    made = keys(3)
    with transaction.atomic():
        with writing_behind():
            insert_rows(DataKey, KEY, made)
            insert_rows(Person, PERSON, people(made))
            sign = "%s" if connection.vendor == POSTGRESQL else "?"
            run_later(f"UPDATE people_person SET name = {sign} WHERE name = {sign}", ["苏清和", "程禾1"])
        assert names() == ["程禾0", "苏清和", "程禾2"]


def test_whoever_asks_within_the_block_sees_what_was_written_before():
    made = keys(2)
    with block():
        insert_rows(DataKey, KEY, made)
        assert DataKey.objects.filter(pk__in=[key[0] for key in made]).count() == 2
        insert_rows(Person, PERSON, people(made))
        assert names() == ["程禾0", "程禾1"]


@given(st.lists(st.integers(0, 4), max_size=6), st.integers(0, 5))
@settings(max_examples=25)
def test_any_run_of_inserts_stands_in_the_order_in_which_it_was_written(sizes, asked_at):
    written = []
    with block():
        Person.unscoped.all().delete()
        for number, size in enumerate(sizes):
            made = keys(size)
            insert_rows(DataKey, KEY, made)
            rows = people(made, f"第{number}批")
            insert_rows(Person, PERSON, rows)
            written += [row[1] for row in rows]
            if number == asked_at:
                assert names() == written
    assert names() == written


def test_a_block_within_a_block_is_the_same_block():
    with block():
        outer = behind.active()
        assert outer is not None
        with writing_behind():
            insert_rows(DataKey, KEY, keys(1))
            assert behind.active() is outer
        assert behind.active() is outer
    assert behind.active() is None


def test_the_rows_are_written_by_another_thread_in_order():
    seen = []
    with block():
        for number in range(3):
            behind.hand_over(lambda raw, number=number: seen.append((number, threading.get_ident())))
        assert isinstance(names(), list)
    assert [number for number, _ in seen] == [0, 1, 2]
    assert len({ident for _, ident in seen} | {threading.get_ident()}) == 2


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_everything_happens_at_once():
    with writing_behind():
        assert behind.active() is None
        insert_rows(DataKey, KEY, keys(1))
        assert DataKey.objects.count() == 1


class TestFaults:
    def test_a_row_twice_is_refused_and_nothing_stands(self):
        made = keys(2)
        rows = people(made)
        rows[1] = (*rows[1][:3], rows[0][3], *rows[1][4:])
        before = DataKey.objects.count()

        def act():
            with block():
                insert_rows(DataKey, KEY, made)
                insert_rows(Person, PERSON, rows)

        with pytest.raises(IntegrityError):
            act()
        assert not Person.unscoped.exists() and DataKey.objects.count() == before

    def test_the_first_fault_is_told_not_those_that_follow_from_it(self):
        one = keys(1)

        def act():
            with block():
                insert_rows(DataKey, KEY, one)
                insert_rows(DataKey, KEY, one)
                insert_rows(DataKey, KEY, keys(1))

        with pytest.raises(IntegrityError) as told:
            act()
        assert "aborted" not in str(told.value)

    def test_whoever_asks_after_a_fault_gets_it(self):
        one = keys(1)
        reached = []

        def act():
            with block():
                insert_rows(DataKey, KEY, one)
                insert_rows(DataKey, KEY, one)
                names()
                reached.append("beyond")

        with pytest.raises(IntegrityError):
            act()
        assert not reached

    def test_a_fault_of_the_caller_is_the_one_that_is_told(self):
        made = keys(1)

        def act():
            with block():
                insert_rows(DataKey, KEY, made)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            act()
        assert not DataKey.objects.filter(pk=made[0][0]).exists()

    def test_a_text_that_the_database_cannot_hold_is_told_at_its_place(self):
        if connection.vendor != POSTGRESQL:
            pytest.skip("SQLite holds a NUL character")
        reached = []

        def act():
            with block():
                insert_rows(DataKey, KEY, [(uuid4(), "a\0b", b"x", "m1", clock.now())])
                reached.append("beyond")

        with pytest.raises(DataError):
            act()
        assert reached in ([], ["beyond"])
        assert not DataKey.objects.filter(purpose__startswith="a").exists()

    def test_the_connection_serves_on(self):
        one = keys(1)

        def act():
            with block():
                insert_rows(DataKey, KEY, one)
                insert_rows(DataKey, KEY, one)

        with pytest.raises(IntegrityError):
            act()
        insert_rows(DataKey, KEY, one)
        assert DataKey.objects.filter(pk=one[0][0]).exists()

    def test_the_threads_go_back_to_their_pace(self):
        before = sys.getswitchinterval()

        def act():
            with block():
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            act()
        assert sys.getswitchinterval() == before


class TestPace:
    """How often Python's threads change places is one number for the whole process."""

    def test_blocks_of_several_threads_that_overlap_leave_it_as_it_was(self):
        before = sys.getswitchinterval()
        first, second = behind._threads_change_places_often(), behind._threads_change_places_often()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert sys.getswitchinterval() == pytest.approx(behind.SWITCH_SECONDS, rel=0.1)
        second.__exit__(None, None, None)
        assert sys.getswitchinterval() == before


class TestReferences:
    """The foreign keys of a block's rows may be looked through before the transaction's end."""

    def test_a_row_without_its_parent_is_refused(self):
        orphan = people(keys(1))

        @transaction.atomic
        def write():
            with writing_behind():
                insert_rows(Person, PERSON, orphan)
                check_references()
            connection.check_constraints()  # SQLite looks through them here, as at the end of a transaction

        with pytest.raises(IntegrityError):
            write()
        assert not Person.unscoped.exists()

    def test_postgresql_refuses_at_the_end_of_the_block(self):
        orphan, seen = people(keys(1)), []

        @transaction.atomic
        def write():
            with writing_behind():
                insert_rows(Person, PERSON, orphan)
                check_references()
            seen.append(connection.vendor)
            transaction.set_rollback(True)

        if connection.vendor == POSTGRESQL:
            with pytest.raises(IntegrityError):
                write()
            assert not seen
        else:
            write()
            assert seen == ["sqlite"]

    def test_what_follows_may_again_come_before_its_parent(self):
        made, late = keys(2), keys(1)
        with transaction.atomic():
            with writing_behind():
                insert_rows(DataKey, KEY, made)
                insert_rows(Person, PERSON, people(made))
                check_references()
            insert_rows(Person, PERSON, people(late))
            insert_rows(DataKey, KEY, late)
        assert Person.unscoped.count() == 3


class TestReservedKeys:
    def test_keys_are_given_once_and_in_order(self):
        with block():
            reserve_ids({Person: 5})
            first, second, third = allocate_ids(Person, 2), allocate_ids(Person, 3), allocate_ids(Person, 2)
        assert len({*first, *second, *third}) == 7
        assert [*first, *second] == sorted([*first, *second])

    def test_reserved_keys_are_given_without_another_question(self, django_assert_num_queries):
        with block():
            reserve_ids({Person: 3})
            with django_assert_num_queries(0):
                assert len(allocate_ids(Person, 3)) == 3

    def test_what_is_left_over_is_given_to_nobody_else(self):
        with block():
            reserve_ids({Person: 4})
            used = allocate_ids(Person, 1)
        with transaction.atomic():
            later = allocate_ids(Person, 4)
        assert not set(used) & set(later)
