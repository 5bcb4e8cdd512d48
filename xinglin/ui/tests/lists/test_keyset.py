"""Q-01: places in an order: the rows after one, whatever ties and gaps the sort columns have."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.dictionaries.models import CodeEntry, CodeTable
from xinglin.organizations.models import Organization
from xinglin.ui.lists import keyset

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-01", "P-15")]
DAYS = [None, date(2026, 1, 1), date(2026, 1, 2), date(2026, 5, 1)]
FIELDS = ("retired_from", "position", "label", "short_label")


def entries(values):
    """Entries of a table of their own: (retired_from, position, label)."""
    table = CodeTable.objects.create(key="walk", title="走")
    CodeEntry.objects.bulk_create(
        CodeEntry(table=table, code=f"{place}", label=label, position=position, retired_from=day)
        for place, (day, position, label) in enumerate(values)
    )
    return CodeEntry.objects.filter(table=table)


def word(values):
    return urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def walked(rows, order, size):
    """Keys of all rows, found page by page."""
    found, values = [], None
    ordered = rows.order_by(*order)
    while True:
        page = list((ordered if values is None else keyset.after(ordered, order, values))[:size])
        found += [row.pk for row in page]
        assert len(found) <= 500
        if len(page) < size:
            return found
        values = keyset.values_of(keyset.word_of(page[-1], order), rows.model, order)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.tuples(st.sampled_from(DAYS), st.integers(0, 2), st.sampled_from("甲乙丙")), max_size=14),
    names=st.lists(st.sampled_from(FIELDS), unique=True, max_size=3),
    falling=st.lists(st.booleans(), min_size=4, max_size=4),
    size=st.integers(1, 4),
)
def test_walking_finds_every_row_once_and_in_order(db, values, names, falling, size):
    with transaction.atomic():
        rows = entries(values)
        order = [f"-{name}" if down else name for name, down in zip([*names, "pk"], falling, strict=False)]
        straight = list(rows.order_by(*order).values_list("pk", flat=True))
        assert walked(rows, order, size) == straight
        assert walked(rows, keyset.turned(order), size) == straight[::-1]
        transaction.set_rollback(True)


@pytest.mark.parametrize("order", [("retired_from", "pk"), ("-retired_from", "-pk"), ("retired_from", "-pk")])
def test_rows_without_a_value_are_neither_lost_nor_repeated(order):
    rows = entries([(DAYS[place % 4], 0, "甲") for place in range(23)])
    assert walked(rows, order, 5) == list(rows.order_by(*order).values_list("pk", flat=True))


def where(order):
    rows = keyset.after(Organization.unscoped.order_by(*order), order, ("云汀", 5))
    return str(rows.query).split("WHERE")[1]


@pytest.mark.skipif(not connection.features.supports_tuple_lookups, reason="the database compares rows of values")
def test_one_direction_without_gaps_is_one_comparison_that_an_index_answers():
    assert " OR " not in where(("-name", "-pk"))
    assert " OR " not in where(("name", "pk"))
    assert " OR " in where(("-name", "pk"))


def test_a_sort_behind_a_relation():
    for name in ("甲", "乙"):
        table = CodeTable.objects.create(key=name, title=name)
        CodeEntry.objects.bulk_create(
            CodeEntry(table=table, code=f"{n}", label=f"项{n % 3}", position=0) for n in range(9)
        )
    rows = CodeEntry.objects.filter(table__key__in=["甲", "乙"]).select_related("table")
    for order in (
        ("table__title", "label", "pk"),
        ("-table__title", "-label", "-pk"),
        ("-label", "table__title", "pk"),
    ):
        assert walked(rows, order, 4) == list(rows.order_by(*order).values_list("pk", flat=True)), order


@pytest.mark.parametrize(
    ("row", "order"),
    [
        ({"pk": 4, "name": "云汀"}, ("name", "pk")),
        (SimpleNamespace(pk=3, person=SimpleNamespace(name="林知夏")), ("-person__name", "-pk")),
        (SimpleNamespace(pk=UUID(int=7), at=None), ("at", "pk")),
    ],
)
def test_a_place_is_a_short_word_for_an_address(row, order):
    said = keyset.word_of(row, order)
    assert said.replace("-", "").replace("_", "").isalnum()
    assert said.isascii()


def test_instants_keep_their_microseconds():
    at = datetime(2026, 11, 20, 9, 54, 4, 123456, tzinfo=UTC)
    said = keyset.word_of(SimpleNamespace(created_at=at, pk=1), ("-created_at", "-pk"))
    assert keyset.values_of(said, Organization, ("-created_at", "-pk")) == (at, 1)


@pytest.mark.parametrize(
    "said",
    [
        "", "a", "====", "%%%", "x" * 1001, word({"a": 1}), word([1]), word([1, 2, 3]), word(["x", "y"]),
        word([[1], 2]), word([{"a": 1}, 2]), word(["昨天", True]), word(["云汀", 2**70]), word([None, "1e9"]),
        urlsafe_b64encode(b"[" * 700).decode(),
    ],
)  # fmt: skip
def test_a_word_that_tells_no_place_is_none(said):
    assert keyset.values_of(said, Organization, ("created_at", "pk")) is None


@given(said=st.text(alphabet="abcABC019-_=", max_size=60))
def test_garbage_never_raises(said):
    keyset.values_of(said, Organization, ("-name", "-pk"))


def test_turning_twice_is_the_same():
    order = ("-intake_year", "specialty", "-pk")
    assert keyset.turned(order) == ("intake_year", "-specialty", "pk")
    assert keyset.turned(keyset.turned(order)) == order
