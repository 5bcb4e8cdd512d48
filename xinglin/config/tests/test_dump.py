"""``dump --json``: everything, in an order that two equal installations share."""

import base64
import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from xinglin.vault.actions import prepare_keys, store_keys
from xinglin.vault.models import DataKey


def dump():
    out = StringIO()
    call_command("dump", "--json", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_every_table_of_the_product_is_there_in_order():
    tables = list(json.loads(dump()))
    assert tables == sorted(tables)
    assert {"accounts.user", "people.person", "vault.datakey", "history.historyentry"} <= set(tables)
    assert not [name for name in tables if name.startswith(("sessions.", "django_tasks"))]


@pytest.mark.django_db
def test_ciphertext_is_written_as_base64_and_rows_by_their_key():
    store_keys(prepare_keys("person", 3))
    rows = json.loads(dump())["vault.datakey"]
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    assert len(rows) == DataKey.objects.count() >= 3
    sealed = rows[0]["wrapped"]
    assert base64.b64decode(sealed, validate=True)


@pytest.mark.django_db
def test_dumping_twice_gives_the_same_and_changes_nothing(django_assert_max_num_queries):
    tables = len(connection.introspection.django_table_names(only_existing=True))
    with django_assert_max_num_queries(2 * tables):
        first = dump()
    assert dump() == first
