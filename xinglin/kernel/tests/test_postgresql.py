"""Q-01, Q-09: kept texts are prepared by the server; a connection that was just used is not asked whether it stands."""

from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import (
    IntegrityError,
    NotSupportedError,
    OperationalError,
    close_old_connections,
    connection,
    connections,
    transaction,
)
from django.db.models import BigIntegerField, CharField
from django.test.utils import CaptureQueriesContext

from xinglin.kernel import among
from xinglin.kernel.behind import run_later, writing_behind
from xinglin.kernel.compiled import Compiled, Slot

assert among  # registers the lookup
Table = apps.get_model("dictionaries", "CodeTable")
pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-01", "Q-09")]
ours = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="prepared statements are PostgreSQL's")
BY_KEY = Compiled(lambda: Table.objects.filter(key=Slot("key", CharField())))
BY_KEYS = Compiled(lambda: Table.objects.filter(pk__among=Slot("keys", BigIntegerField())).order_by("pk"))


def prepared():
    """(times it was carried out, text) of what the server keeps for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans + custom_plans, statement FROM pg_prepared_statements ORDER BY 2")
        return [(times, text) for times, text in cursor.fetchall() if "dictionaries_codetable" in text]


@contextmanager
def another():
    """A second connection, as another process has it."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            yield cursor
    finally:
        other.close()


@pytest.fixture
def table():
    return Table.objects.create(key="kept", title="留着")


@ours
def test_the_server_keeps_a_text_once_and_carries_it_out_again(table):
    for key in ("kept", "other", "kept"):
        assert BY_KEY.rows(key=key) == ([table] if key == "kept" else [])
    found = prepared()
    assert [times for times, _ in found] == [3] and "$1" in found[0][1]
    Table.objects.get(key="kept")
    assert prepared() == found, "other statements are not kept"


@ours
def test_nothing_of_ordinary_statements_stays_with_the_connection(table):
    """psycopg would keep the last hundred texts with their values, a sealed workbook of megabytes among them."""
    BY_KEY.rows(key="kept")
    for number in range(20):
        Table.objects.filter(key=f"a secret {number}").first()
    kept = connection.connection._prepared
    assert not kept._counts and not any(b"secret" in key[0] for key in kept._names)
    assert connection.connection.prepare_threshold is None


@ours
def test_keys_of_any_number_are_one_text(table):
    for keys in ([table.pk], [table.pk, 7, 8], range(10**10, 10**10 + 500)):
        BY_KEYS.rows(keys=list(keys))
    assert [times for times, _ in prepared()] == [3]


def test_whoever_watches_a_connection_sees_the_statement(table):
    seen = []

    def watch(execute, sql, params, many, context):
        seen.append((sql, context["connection"]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch), CaptureQueriesContext(connection) as captured:
        assert BY_KEY.first(key="kept") == table
    assert [of for _, of in seen] == [connection]
    assert len(captured) == 1 and "kept" in captured[0]["sql"] and "dictionaries_codetable" in captured[0]["sql"]


def test_nothing_is_asked_in_a_broken_transaction(table):
    with transaction.atomic():
        with pytest.raises(IntegrityError), transaction.atomic():
            Table.objects.create(key="kept", title="又")
        assert BY_KEY.first(key="kept") == table, "the savepoint was rolled back"
        connection.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            BY_KEY.first(key="kept")


def test_it_waits_for_what_is_written_behind(table):
    with transaction.atomic(), writing_behind():
        sign = "%s" if connection.vendor == "postgresql" else "?"
        for number in range(50):
            run_later(f"UPDATE dictionaries_codetable SET title = {sign} WHERE key = {sign}", [f"题{number}", "kept"])
        assert BY_KEY.first(key="kept").title == "题49"


@contextmanager
def wider(column):
    """Another process changes the type of a column."""
    with another() as cursor:
        cursor.execute(f"ALTER TABLE dictionaries_codetable ALTER {column} TYPE varchar(180)")
    try:
        yield
    finally:
        size = Table._meta.get_field(column).max_length
        with another() as cursor:
            cursor.execute(f"ALTER TABLE dictionaries_codetable ALTER {column} TYPE varchar({size})")


@ours
@pytest.mark.django_db(transaction=True)
def test_a_column_that_changed_its_type_is_read_all_the_same():
    table = Table.objects.create(key="kept", title="留着")
    assert BY_KEY.first(key="kept") == table
    with wider("title"):
        assert BY_KEY.first(key="kept") == table
        close_old_connections()
        assert connection.connection is None, "it is not used for another request"
        assert BY_KEY.first(key="kept") == table and len(prepared()) == 1


@ours
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_meets_a_changed_type_fails_once():
    table = Table.objects.create(key="kept", title="留着")
    assert BY_KEY.first(key="kept") == table
    with wider("title"):
        with pytest.raises(NotSupportedError), transaction.atomic():
            BY_KEY.first(key="kept")
        close_old_connections()
        with transaction.atomic():
            assert BY_KEY.first(key="kept") == table


@pytest.fixture
def asked(monkeypatch):
    """How often the connection was asked whether it stands."""
    calls = []
    wrapper = type(connections["default"])
    usable = wrapper.is_usable

    def counted(self):
        calls.append(1)
        return usable(self)

    monkeypatch.setattr(wrapper, "is_usable", counted)
    return calls


def end_from_outside():
    """The server ends the connection, as when it is restarted."""
    with another() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])


@ours
@pytest.mark.django_db(transaction=True)
def test_requests_that_follow_one_another_ask_nothing(asked):
    for _ in range(3):
        close_old_connections()
        BY_KEY.rows(key="kept")
        Table.objects.count()
        with transaction.atomic():
            Table.objects.count()
    assert not asked


@ours
@pytest.mark.django_db(transaction=True)
def test_after_a_while_it_is_asked_once(asked, monkeypatch):
    BY_KEY.rows(key="kept")
    monkeypatch.setattr("xinglin.kernel.postgresql.base.QUIET_SECONDS", 0.0)
    close_old_connections()
    BY_KEY.rows(key="kept")
    Table.objects.count()
    assert asked == [1]


@ours
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "first", [lambda: BY_KEY.rows(key="x"), Table.objects.count, transaction.atomic(Table.objects.count)]
)
def test_a_server_that_went_away_a_moment_ago_is_met_by_a_new_connection(first, asked):
    BY_KEY.rows(key="kept")
    before = connection.connection.info.backend_pid
    end_from_outside()
    close_old_connections()
    first()
    assert asked == [1]
    assert connection.connection.info.backend_pid != before


@ours
@pytest.mark.django_db(transaction=True)
def test_one_that_goes_away_within_a_request_is_told_and_the_next_request_has_a_new_one():
    BY_KEY.rows(key="kept")
    end_from_outside()
    with pytest.raises(OperationalError):
        BY_KEY.rows(key="kept")
    close_old_connections()
    assert BY_KEY.rows(key="kept") == []
