"""Every constraint and index that a model declares is in the database after all migrations.

Django drops a partial unique index on a single column when it takes the plain index of that column away.
"""

import pytest
from django.apps import apps
from django.db import connection

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-09")]

ELSEWHERE = {
    "sqlite": {("history.HistoryEntry", "history_scope_prefix")},
    "postgresql": {("history.HistoryEntry", "history_scope")},
}
"""What the other database has instead."""


def in_database() -> str:
    """Names of constraints and indexes, and on SQLite the tables' texts, in which constraints have their names."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes")
            return "\n".join(f'"{row[0]}"' for row in cursor.fetchall())
        cursor.execute("SELECT coalesce(sql, '') FROM sqlite_master")
        return "\n".join(row[0] for row in cursor.fetchall())


def declared() -> list[tuple[str, str]]:
    return [
        (model._meta.label, thing.name)
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy and model.__module__.startswith("xinglin.")
        for thing in (*model._meta.constraints, *model._meta.indexes)
    ]


def test_everything_that_is_declared_is_there():
    there = in_database()
    lacking = {pair for pair in declared() if f'"{pair[1]}"' not in there}
    assert lacking == ELSEWHERE[connection.vendor]


def test_there_is_something_to_look_for():
    assert len(declared()) > 60
    assert ("residents.Enrollment", "enrollment_one_holding") in declared()
