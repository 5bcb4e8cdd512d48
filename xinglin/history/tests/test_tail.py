"""Finding unsealed rows: the gaps that the seals leave, whatever their number, and nothing else."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.history import tail
from xinglin.history.digesting import COLUMNS
from xinglin.history.models import HistorySeal
from xinglin.history.sealing import seal_waiting

from .rows import everything_is_safe, sealed, write

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-12")]


def ids_in(union, after, size=3):
    return [row[0] for rows in tail.unsealed(union, after, size) for row in rows]


@given(taken=st.sets(st.integers(0, 14)), after=st.integers(-1, 14), size=st.integers(1, 5), at_once=st.integers(1, 3))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_exactly_the_rows_in_the_gaps_are_found(db, taken, after, size, at_once):
    from django.db import transaction

    before, tail.GAPS_A_QUERY = tail.GAPS_A_QUERY, at_once
    try:
        with transaction.atomic():
            ids = write(15)
            start = ids[after] if after >= 0 else ids[0] - 1
            union = [[ids[n], ids[n]] for n in sorted(taken)]
            expected = [pk for n, pk in enumerate(ids) if n > after and n not in taken]
            assert ids_in(union, start, size) == expected
            transaction.set_rollback(True)
    finally:
        tail.GAPS_A_QUERY = before


def test_rows_come_with_all_that_is_digested_and_in_small_lists():
    write(7)
    lists = list(tail.unsealed([], 0, 3))
    assert [len(rows) for rows in lists] == [3, 3, 1]
    assert all(len(row) == len(COLUMNS) for rows in lists for row in rows)


def test_what_is_sealed_is_known_as_ranges():
    ids = sealed(3, batches=2)
    assert tail.sealed_above(0) == [[ids[0], ids[-1]]]
    everything_is_safe()
    assert tail.safe_id() == ids[-1] and tail.sealed_above(tail.safe_id()) == []


def test_below_the_safe_id_nothing_is_looked_at(django_assert_max_num_queries):
    sealed(2, batches=4)
    everything_is_safe()
    later = write(2)
    with django_assert_max_num_queries(3):
        safe = tail.safe_id()
        assert ids_in(tail.sealed_above(safe), safe, 100) == later


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps a mark")
def test_on_sqlite_the_last_sealed_row_is_safe():
    assert tail.safe_id() == 0
    ids = sealed(2)
    assert tail.safe_id() == ids[-1]
    HistorySeal.objects.all().delete()
    assert tail.safe_id() == 0 and seal_waiting() == 2


def test_the_tail_spans_from_the_oldest_to_the_newest():
    import datetime as dt

    from xinglin.kernel import clock

    moments = [dt.datetime(2026, 11, day, tzinfo=clock.SHANGHAI) for day in (5, 3, 9)]
    for moment in moments:
        write(1, at=moment)
    found = tail.tail()
    assert (found.count, found.oldest, found.newest) == (3, moments[1], moments[2])
