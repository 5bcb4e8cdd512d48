"""Q-01: one look tells the count and the rows of a page as counting and reading one after the other would."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import Count, F
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.dictionaries.models import CodeEntry, CodeTable
from xinglin.ui.lists import counting, looking
from xinglin.ui.tests.lists import scenes

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-01"), pytest.mark.urls("xinglin.ui.tests.lists.sample")]
WORDS = ("pk", "-pk", "code", "-code", "position", "-position", "retired_from", "-retired_from")


def entries(number=60, key="look"):
    """Rows with ties in position and gaps in retired_from."""
    table, made = CodeTable.objects.get_or_create(key=key, defaults={"title": "看"})
    if made:
        CodeEntry.objects.bulk_create(
            CodeEntry(table=table, code=f"{n:04d}", label=f"项{n % 7}", position=n % 3,
                      retired_from=None if n % 4 == 0 else date(2026, 1, 1) + timedelta(days=n % 5))
            for n in range(number)
        )  # fmt: skip
    return CodeEntry.objects.filter(table=table)


@given(
    order=st.lists(st.sampled_from(WORDS), max_size=3, unique_by=lambda word: word.lstrip("-")),
    start=st.integers(0, 80),
    size=st.integers(1, 70),
    label=st.sampled_from(["", "项", "项3", "没有"]),
)
@settings(max_examples=120)
def test_the_look_is_what_counting_and_reading_find(order, start, size, label):
    rows = entries().filter(label__contains=label)
    total = tuple(order) if any(word.lstrip("-") == "pk" for word in order) else (*order, "pk")
    assert looking.possible(rows, total)
    look = looking.at(rows, total, start, size)
    assert look.count == counting.up_to_bound(rows)
    wanted = list(rows.order_by(*total).values_list("pk", flat=True)[start : start + size])
    assert (look.keys or []) == wanted
    assert look.keys is not None or start


def test_it_asks_once():
    rows = entries()
    with CaptureQueriesContext(connection) as asked:
        looking.at(rows, ("-code", "pk"), 0, 21)
    assert len(asked.captured_queries) == 1


def test_of_more_than_is_counted_it_only_says_so(monkeypatch):
    monkeypatch.setattr(counting, "BOUND", 40)
    assert looking.at(entries(), ("pk",), 0, 21) == looking.Look(counting.Count(40, False), None)
    exactly = entries().filter(code__lt="0040")
    look = looking.at(exactly, ("pk",), 0, 21)
    assert look.count == counting.Count(40, True) and len(look.keys) == 21


def test_behind_the_end_there_is_a_count_and_no_row():
    assert looking.at(entries(), ("pk",), 200, 21) == looking.Look(counting.Count(60, True), None)


def test_a_condition_that_nothing_meets_asks_nothing():
    rows = entries().filter(pk__in=[])
    with CaptureQueriesContext(connection) as asked:
        assert looking.at(rows, ("pk",), 0, 21) == looking.Look(counting.Count(0, True), [])
    assert not asked.captured_queries


@pytest.mark.parametrize(
    ("change", "order"),
    [
        (lambda rows: rows.annotate(n=Count("pk")), ("pk",)),
        (lambda rows: rows.values("code"), ("pk",)),
        (lambda rows: rows.distinct(), ("pk",)),
        (lambda rows: rows.union(rows), ("pk",)),
        (lambda rows: rows, ("table__key", "pk")),
        (lambda rows: rows, ("table", "pk")),
        (lambda rows: rows.alias(n=F("position")), ("n", "pk")),
    ],
    ids=["computed", "values", "distinct", "union", "joined", "relation", "unknown"],
)
def test_what_it_cannot_see_at_a_look_is_left_to_the_long_way(change, order):
    assert not looking.possible(change(entries()), order)


class TestPage:
    """A list whose table is large takes its pages at a look."""

    def shown(self, scene, query=""):
        return scene.client.get(f"{scenes.PATH}?{query}").context["page"]

    def test_pages_and_counts_agree_with_the_plain_rows(self, client):
        scene = scenes.scene(client)
        scenes.more_units(scene.viewer, 45)
        first, third = self.shown(scene), self.shown(scene, "page=3")
        assert first.count == third.count == counting.Count(48, True)
        assert len(first.page.rows) == 20 and len(third.page.rows) == 8
        assert first.page.has_next and not third.page.has_next

    def test_a_page_behind_the_end_shows_the_last_one(self, client):
        scene = scenes.scene(client)
        scenes.more_units(scene.viewer, 45)
        beyond = self.shown(scene, "page=9")
        assert beyond.page.number == 3 and len(beyond.page.rows) == 8
