"""Q-01: where a part of a name is sought, what an index carries behind its key is compared after the name, not before."""

import pytest
from django.db import connection
from django.http import QueryDict

from xinglin.dictionaries.models import CodeEntry, CodeTable
from xinglin.residents.models import ClosingRecord, Enrollment
from xinglin.residents.tables.intake import IntakeOverview
from xinglin.residents.tests import factories
from xinglin.ui.lists import filters, looking, tails

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-01")]
CARRIED = {"person_name", "personnel_type", "report_status", "review_status"}


def test_only_what_stands_behind_the_key_of_an_index_is_tried():
    assert tails.tried(Enrollment, ["person_name"]) == CARRIED
    assert tails.tried(Enrollment, ["employer_name", "person__name"]) == frozenset()
    assert tails.tried(Enrollment, []) == tails.tried(ClosingRecord, ["person_name"]) == frozenset()


WORDS = ["", "a", "A", "á", "a\u0301", "夏", "夏 ", " 夏", "ß", "ss", "%", "_", "\\", "'", "İ", "i̇"]


def test_tried_finds_exactly_what_equality_finds():
    table = CodeTable.objects.create(key="tried", title="试")
    for number, word in enumerate(WORDS):
        CodeEntry.objects.create(table=table, code=str(number), label=word, position=number)
    rows = CodeEntry.objects.filter(table=table).order_by("position")
    for number, word in enumerate(WORDS):
        found = [row.position for row in rows.filter(label__tried=word)]
        assert found == [row.position for row in rows.filter(label=word)] == [number]


@pytest.fixture
def looked_at():
    """The plan of a look of the province's reviewer."""
    world = factories.make_world()

    def plan(words):
        viewer, spec = world.province, IntakeOverview()
        found = filters.read(spec, QueryDict(words), viewer)
        rows = filters.apply(spec.queryset(viewer).select_related(None), found.items, viewer)
        assert looking.possible(rows, ("-pk",))
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # an index goes only where nothing of its table waits
            for other in ("year_specialty", "province_year", "base_year"):  # as cheap as ours while there are no rows
                cursor.execute(f"DROP INDEX IF EXISTS enrollment_{other}")
        return rows.order_by().values_list("pk").explain()

    return plan


def conditions(plan):
    """(conditions of the index, filters) of the plan."""
    lines = [line.strip() for line in plan.splitlines()]
    assert "enrollment_province_find" in plan, plan
    return tuple(" ".join(line for line in lines if line.startswith(word)) for word in ("Index Cond", "Filter"))


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite takes no condition from behind a gap")
def test_the_index_is_entered_by_its_first_columns_and_the_rest_is_tried(looked_at):
    words = "year=2026&specialty=0900&personnel_type=independent&report=unreported"
    looked_up, tried = conditions(looked_at(f"{words}&name=夏"))
    assert all(name in looked_up for name in ("province_id", "intake_year", "specialty"))
    assert all(name in tried and name not in looked_up for name in ("person_name", "personnel_type", "report_status"))
    looked_up, tried = conditions(looked_at(words))
    assert "personnel_type" in looked_up and "report_status" in looked_up and not tried
