"""Monthly partitions: names, bounds in the platform's time zone, and where rows land."""

import datetime as dt
from itertools import pairwise

import pytest
import time_machine
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from xinglin.history.actions import Entry, record
from xinglin.history.models import HistoryEntry
from xinglin.history.partitions import ensure_partitions, partition_sql, partitions_sql
from xinglin.kernel.viewer import Viewer

days = st.dates(dt.date(2015, 1, 1), dt.date(2100, 12, 31))


def bounds(statement):
    parts = statement.split("'")
    return parts[1], parts[3]


@pytest.mark.req("Q-12")
def test_december_ends_with_the_new_year():
    statement = partition_sql(dt.date(2026, 12, 1))
    assert "history_historyentry_202612 PARTITION OF history_historyentry " in statement
    assert bounds(statement) == ("2026-12-01 00:00:00+08", "2027-01-01 00:00:00+08")


@pytest.mark.req("Q-12")
@pytest.mark.parametrize(
    ("today", "first", "last"),
    [(dt.date(2026, 1, 31), "202512", "202702"), (dt.date(2024, 2, 29), "202401", "202503")],
)
def test_last_month_and_thirteen_to_come(today, first, last):
    statements = partitions_sql(today)
    assert len(statements) == 15 and f"_{first} " in statements[0] and f"_{last} " in statements[-1]


@pytest.mark.req("Q-12")
@given(days, st.integers(0, 30))
def test_months_follow_without_gap_or_overlap(today, ahead):
    spans = [bounds(statement) for statement in partitions_sql(today, ahead=ahead)]
    assert len(spans) == ahead + 2
    assert all(earlier[1] == later[0] for earlier, later in pairwise(spans))
    assert spans[0][0] < f"{today:%Y-%m-%d} 00:00:00+08" < spans[-1][1]
    assert all(start.endswith("-01 00:00:00+08") and start < end for start, end in spans)


postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no partitions")


@pytest.mark.req("Q-12")
@pytest.mark.django_db
@postgresql
@pytest.mark.parametrize(
    ("moment", "partition"),
    [
        ("2031-12-31T23:59:59+08:00", "history_historyentry_203112"),
        ("2032-01-01T00:00:00+08:00", "history_historyentry_203201"),
        ("2031-12-31T16:00:00+00:00", "history_historyentry_203201"),
        ("2090-05-05T12:00:00+08:00", "history_historyentry_default"),
    ],
)
def test_a_row_lands_in_the_partition_of_its_month(moment, partition):
    ensure_partitions(dt.date(2031, 12, 15))
    ensure_partitions(dt.date(2031, 12, 16))
    with time_machine.travel(moment, tick=False):
        record([Entry("test", "thing", 1, "/1/")], by=Viewer.system("test"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM history_historyentry")
        assert cursor.fetchall() == [(partition,)]


@pytest.mark.req("Q-12")
@pytest.mark.django_db
def test_making_sure_of_partitions_does_no_harm_where_there_are_none():
    ensure_partitions(dt.date(2031, 12, 15))
    assert not HistoryEntry.unscoped.exists()
