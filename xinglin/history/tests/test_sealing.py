"""Sealing: every row once, late commits too, one chain a month, whatever meets."""

import datetime as dt
import threading
import time

import pytest
from django.db import IntegrityError, connection, connections, transaction

from xinglin.history import sealing, tail
from xinglin.history.digesting import GENESIS, from_ranges
from xinglin.history.models import HistoryEntry, HistorySeal, SealMark
from xinglin.history.sealing import seal_waiting
from xinglin.history.verification import verify
from xinglin.kernel import clock

from .rows import copy_of, sealed, write

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-12")]
postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="ids and commits keep one order on SQLite")


def ids_of(seal):
    return from_ranges(seal.row_ids)


def test_new_rows_are_sealed_once_and_not_touched():
    ids = write(5)
    before = list(HistoryEntry.unscoped.order_by("id").values())
    assert seal_waiting() == 5 and seal_waiting() == 0
    (seal,) = HistorySeal.objects.all()
    assert ids_of(seal) == ids and (seal.rows, seal.first_id, seal.last_id) == (5, ids[0], ids[-1])
    assert seal.previous == GENESIS and seal.sequence == 1 and len(bytes(seal.row_digests)) == 5 * 32
    assert list(HistoryEntry.unscoped.order_by("id").values()) == before


def test_each_seal_names_the_one_before():
    sealed(2, batches=4)
    chain = list(HistorySeal.objects.order_by("sequence"))
    assert [seal.sequence for seal in chain] == [1, 2, 3, 4]
    assert [seal.previous for seal in chain] == [GENESIS, *(seal.digest for seal in chain[:-1])]


def test_every_month_has_a_chain_of_its_own():
    november = dt.datetime(2031, 11, 30, 23, 59, 59, tzinfo=clock.SHANGHAI)
    old, new = write(2, at=november), write(3, at=november + dt.timedelta(seconds=1))
    assert seal_waiting() == 5
    found = {seal.partition: (seal.sequence, seal.previous, ids_of(seal)) for seal in HistorySeal.objects.all()}
    assert found == {"2031-11": (1, GENESIS, old), "2031-12": (1, GENESIS, new)}


def test_many_rows_make_several_seals(monkeypatch):
    monkeypatch.setattr(sealing, "ROWS_A_SEAL", 4)
    ids = write(10)
    assert seal_waiting() == 10
    assert [ids_of(seal) for seal in HistorySeal.objects.order_by("sequence")] == [ids[:4], ids[4:8], ids[8:]]
    assert verify().intact


def test_a_run_that_is_out_of_time_leaves_the_rest_to_the_next(monkeypatch):
    monkeypatch.setattr(sealing, "ROWS_A_SEAL", 3)
    write(8)
    assert seal_waiting(seconds=-1) == 3 and seal_waiting(seconds=-1) == 3 and seal_waiting() == 2
    assert verify().intact and verify().rows == 8


@postgresql
def test_a_lower_id_that_shows_up_later_is_sealed_by_itself():
    ids = sealed(3)
    HistoryEntry.unscoped.filter(pk=ids[1]).delete()
    HistorySeal.objects.all().delete()
    seal_waiting()
    copy_of(ids[0], id=ids[1])
    assert seal_waiting() == 1
    assert [ids_of(seal) for seal in HistorySeal.objects.order_by("sequence")] == [[ids[0], ids[2]], [ids[1]]]
    assert verify().intact


def test_holes_of_failed_transactions_do_not_stop_sealing(monkeypatch):
    monkeypatch.setattr(tail, "GAPS_A_QUERY", 2)
    first = write(9)
    for pk in first[1::2]:
        HistoryEntry.unscoped.filter(pk=pk).delete()
    seal_waiting()
    more = write(2)
    assert seal_waiting() == 2
    assert ids_of(HistorySeal.objects.get(sequence=2)) == more and verify().intact


def test_a_sealer_that_missed_the_other_gives_up(monkeypatch):
    sealed(2)
    write(2)
    stale = sealing.last_seals()
    assert seal_waiting() == 2
    write(1)
    monkeypatch.setattr(sealing, "last_seals", lambda: stale)
    assert seal_waiting() == 0
    monkeypatch.undo()
    assert seal_waiting() == 1
    assert HistorySeal.objects.count() == 3 and verify().intact


@pytest.mark.parametrize("changes", [{"sequence": 1}, {"previous": GENESIS}, {"sequence": 0, "previous": "0"}])
def test_the_database_refuses_forks(changes):
    sealed(1)
    seal = HistorySeal.objects.get()
    seal.pk, seal.sequence, seal.previous = None, 2, seal.digest
    for name, value in changes.items():
        setattr(seal, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        seal.save(force_insert=True)


def test_the_tail_is_counted_with_its_age():
    assert tail.tail() == tail.Tail(0, None, None)
    sealed(2)
    old = dt.datetime(2026, 11, 1, 8, tzinfo=clock.SHANGHAI)
    write(1, at=old), write(2)
    found = tail.tail()
    assert found.count == 3 and found.oldest == old and found.newest > old
    seal_waiting()
    assert tail.tail().count == 0


def test_an_idle_run_costs_few_queries(django_assert_max_num_queries):
    sealed(1, batches=3)
    with django_assert_max_num_queries(9):
        seal_waiting()


@pytest.mark.django_db(transaction=True)
def test_sealers_that_meet_make_one_chain(monkeypatch):
    monkeypatch.setattr(sealing, "ROWS_A_SEAL", 20)
    write(200)
    start = threading.Barrier(3)
    counts, trouble = [], []

    def run():
        try:
            start.wait()
            counts.append(seal_waiting())
        except Exception as error:
            trouble.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal_waiting()
    report = verify()
    assert not trouble and sum(counts) <= 200
    assert report.intact and report.rows == 200 and report.tail == 0


class TestSafeMark:
    """PostgreSQL: how far sealing has come for good."""

    pytestmark = [postgresql, pytest.mark.django_db(transaction=True)]
    start = dt.datetime(2026, 11, 20, 8, tzinfo=clock.SHANGHAI)

    def run_at(self, seconds):
        with clock.telling(self.start + dt.timedelta(seconds=seconds)):
            return seal_waiting()

    def becomes_safe(self, number, seconds):
        """Transactions of other databases on the server hold the mark too: wait until those of other tests are over."""
        until = time.monotonic() + 30
        while tail.safe_id() < number and time.monotonic() < until:
            self.run_at(seconds)
            time.sleep(0.05)
        return tail.safe_id() >= number

    def test_the_mark_becomes_safe_after_grace_and_open_transactions(self):
        ids = write(3)
        assert self.run_at(0) == 3 and tail.safe_id() == 0
        self.run_at(30)
        assert SealMark.objects.get().mark_xid is None
        self.run_at(61)
        assert SealMark.objects.get().mark_xid is not None
        assert self.becomes_safe(ids[-1], 91)
        assert tail.sealed_above(tail.safe_id()) == []

    def test_an_id_that_nobody_took_is_not_safe(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval('history_historyentry_id_seq', 1, false)")
        for seconds in (0, 61, 91, 121, 182, 212):
            self.run_at(seconds)
        assert tail.safe_id() == 0
        write(1)
        assert self.run_at(300) == 1 and verify().tail == 0

    def test_an_open_transaction_holds_the_mark_and_its_row_is_sealed_late(self):
        wrote, may_commit = threading.Event(), threading.Event()

        def slow():
            try:
                with transaction.atomic():
                    write(1)
                    wrote.set()
                    may_commit.wait(20)
            finally:
                connections.close_all()

        writer = threading.Thread(target=slow)
        writer.start()
        assert wrote.wait(20)
        later = write(2)
        for seconds in (0, 61, 91, 600):
            self.run_at(seconds)
        assert tail.safe_id() == 0 and verify().intact
        may_commit.set()
        writer.join()
        assert self.run_at(630) == 1
        assert ids_of(HistorySeal.objects.get(sequence=2)) == [later[0] - 1]
        assert self.becomes_safe(later[-1], 660) and verify().intact

    def test_a_run_that_did_not_finish_does_not_move_the_mark(self, monkeypatch):
        monkeypatch.setattr(sealing, "ROWS_A_SEAL", 1)
        write(3)
        self.run_at(0), self.run_at(61)
        write(3)
        with clock.telling(self.start + dt.timedelta(seconds=91)):
            seal_waiting(seconds=-1)
        assert tail.safe_id() == 0
