"""Q-03: an export reads its rows without model instances, and holds what the model path would hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from xinglin.exports import writing
from xinglin.exports.light import Reader
from xinglin.residents.models import Enrollment, RecruitmentReview
from xinglin.residents.tables.intake import IntakeList, IntakeOverview
from xinglin.residents.tests import factories
from xinglin.ui.lists import registry
from xinglin.ui.lists.parts import Column

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-03", "P-17")]


class Whole(IntakeOverview):
    """The same list as if it did not say what it reads."""

    name = "tests.whole_intake"
    reads = None


class Prepared(IntakeOverview):
    """A list that attaches something to its rows."""

    name = "tests.prepared_intake"
    columns = (*IntakeOverview.columns, Column("greeting", "称呼", value=lambda row: row.greeting))

    def prepare(self, rows, viewer):
        for row in rows:
            row.greeting = f"{row.person.name}（{row.recruitment_review.review_status or '未审核'}）"


@pytest.fixture
def world():
    world = factories.make_world()
    ids = [row.pk for row in factories.make_enrollments(world, 5)]
    rows = Enrollment.unscoped.filter(pk__in=ids).order_by("pk")
    factories.fill_personal(rows[0])
    Enrollment.unscoped.filter(pk=ids[1]).update(
        specialty="0100", starts_on=date(2026, 9, 1), approved_years=3, military_hospital=False, employer_name="=1+1"
    )
    said = {"return_comment": "请核对", "field_comments": {"basic_info.photo": "不是白底"}}
    RecruitmentReview.unscoped.filter(pk=ids[1]).update(**said)
    return world


def lines(spec, viewer, *, clear=False, columns=None):
    told = []
    shown = columns or [column for column in spec.columns if column.export]
    rows = spec.queryset(viewer).order_by("pk")
    made = list(writing.rows(spec, rows, shown, viewer, clear=clear, tell=told.append))
    assert told == ([len(made)] if made else [])
    return made


@pytest.mark.parametrize("clear", [False, True])
@pytest.mark.parametrize("spec", [IntakeOverview, IntakeList])
def test_light_rows_say_what_whole_rows_say(world, spec, clear):
    class AsWhole(spec):
        name, reads = f"tests.{spec.name}", None

    made = lines(spec(), world.base, clear=clear)
    assert made == lines(AsWhole(), world.base, clear=clear)
    assert len(made) == 5
    assert spec is IntakeOverview or any("请核对；个人照片：不是白底" in line for line in made)


@pytest.mark.parametrize("column", [column.name for column in IntakeOverview.columns])
def test_each_column_alone_is_read(world, column):
    spec = registry.register(IntakeOverview)
    wanted = [spec.column_of[column]]
    assert lines(spec, world.province, columns=wanted) == lines(Whole(), world.province, columns=wanted)


def test_what_a_list_attaches_is_there(world):
    made = lines(Prepared(), world.province)
    names = [line[0] for line in made]
    assert [line[-1] for line in made] == [f"{name}（未审核）" for name in names]


def test_one_query_reads_all_and_only_the_columns(world):
    spec = IntakeOverview()
    with CaptureQueriesContext(connection) as found:
        lines(spec, world.province, columns=[spec.column_of["name"], spec.column_of["province"]])
    asked = [query["sql"] for query in found.captured_queries if "residents_enrollment" in query["sql"]]
    assert len(asked) == 1
    assert '"people_person"."name"' in asked[0]
    for other in ("id_number", "wrapped", 'specialty" ', "field_comments", "return_comment", "address"):
        assert f'"{other}"' not in asked[0].split(" FROM ")[0], other


def test_sealed_fields_are_opened_and_masked_by_right(world):
    spec = IntakeOverview()
    wanted = [spec.column_of["id_number"], spec.column_of["phone"]]
    masked, clear = (lines(spec, world.province, clear=clear, columns=wanted) for clear in (False, True))
    people = [row.person for row in spec.queryset(world.province).order_by("pk")]
    assert clear == [(person.id_number, person.phone) for person in people]
    for (number, phone), (hidden_number, hidden_phone) in zip(clear, masked, strict=True):
        assert "*" in hidden_number
        assert "*" in hidden_phone
        assert number[-4:] == hidden_number[-4:]
        assert number not in hidden_number
        assert phone not in hidden_phone


def test_a_person_without_qualification_has_an_empty_cell(world):
    spec = IntakeOverview()
    made = lines(spec, world.province, columns=[spec.column_of["qualification_status"]])
    assert made == [("未参加",), ("",), ("",), ("",), ("",)]


def test_the_same_column_twice_under_two_names(world):
    spec = IntakeOverview()
    name = spec.column_of["name"]
    made = lines(spec, world.province, columns=[name, replace(name, name="name_again")])
    assert all(first == second for first, second in made)


def test_formulas_in_light_rows_are_guarded(world):
    spec = IntakeOverview()
    made = lines(spec, world.province, columns=[spec.column_of["employer_name"]])
    assert ("'=1+1",) in made


def test_chunks_follow_one_another(world, monkeypatch):
    monkeypatch.setattr(writing, "CHUNK", 2)
    spec, told = IntakeOverview(), []
    rows = spec.queryset(world.province).order_by("pk")
    made = list(writing.rows(spec, rows, [spec.column_of["name"]], world.province, clear=False, tell=told.append))
    assert told == [2, 4, 5]
    monkeypatch.undo()
    assert made == lines(spec, world.province, columns=[spec.column_of["name"]])


def test_no_rows_no_lines(world):
    spec = IntakeOverview()
    rows = spec.queryset(world.province).none()
    assert list(writing.rows(spec, rows, list(spec.columns), world.province, clear=False, tell=print)) == []


def test_a_list_without_its_model_is_told(world):
    with pytest.raises(TypeError, match=r"tests\.nothing"):
        Reader(SimpleNamespace(name="tests.nothing", model=None, reads=()), [])


def test_scope_is_kept(world):
    assert lines(IntakeOverview(), world.other_province) == []
    assert lines(IntakeOverview(), world.sibling) == []
    assert len(lines(IntakeOverview(), world.province)) == 5
