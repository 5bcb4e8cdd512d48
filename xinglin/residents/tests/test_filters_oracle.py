"""The fifteen filters of R-02 against a plain reading of the rows: alone, together, in any order, nothing lost."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.kernel import clock
from xinglin.people.models import Person, Qualification
from xinglin.residents.models import Enrollment

from . import factories
from .signed_in import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-02", "P-15")]
INTAKE = "/residents/intake/"
KEYS = re.compile(r'data-key="(\d+)"')
YEAR = clock.today().year
SIZE = 12

TRAINING: dict[str, list[Any]] = {
    "intake_year": [YEAR, YEAR - 1],
    "specialty": ["", "0100", "0900"],
    "personnel_type": ["", "own_employee", "independent"],
    "graduate_cohort": ["", "fresh", "previous"],
    "approved_years": [None, 1, 2, 3],
    "rural_oriented": [None, True, False],
    "west_china_support": [None, True, False],
}
PERSONAL: dict[str, list[Any]] = {
    "highest_education": ["", "bachelor", "master"],
    "highest_degree": ["", "410", "310"],
    "highest_degree_type": ["", "professional", "academic"],
}
STATUS = ["", "not_taken", "certified"]


class Scene:
    """A dozen residents of one base with every attribute drawn, one of a sibling, and what is known of each."""

    def __init__(self) -> None:
        draw = random.Random(20261120)
        self.world = factories.make_world()
        self.rows: dict[int, dict[str, Any]] = {}
        for enrollment in factories.make_enrollments(self.world, SIZE):
            training = {name: draw.choice(values) for name, values in TRAINING.items()}
            personal = {name: draw.choice(values) for name, values in PERSONAL.items()}
            status = draw.choice(STATUS)
            Enrollment.unscoped.filter(pk=enrollment.pk).update(**training)
            Person.unscoped.filter(pk=enrollment.person_id).update(**personal)
            if status:
                Qualification.unscoped.create(person_id=enrollment.person_id, key=enrollment.person.key, status=status)
            self.rows[enrollment.pk] = {
                **training, **personal, "status": status, "name": enrollment.person.name,
                "id_number": enrollment.person.id_number,
            }  # fmt: skip
        factories.make_enrollments(self.world, 1, base=self.world.tree.sibling, by=self.world.sibling)
        self.client = client_of(self.world.base)

    def shown(self, **asked: Any) -> list[int]:
        """Keys of the page in their order; the year must be asked for, else the present one counts."""
        answer = self.client.get(INTAKE, {"size": "100", **asked})
        assert answer.status_code == 200
        return [int(key) for key in dict.fromkeys(KEYS.findall(answer.content.decode()))]

    def expected(self, year: int, **wanted: Any) -> set[int]:
        """Keys of the rows whose known attributes are the wanted ones."""
        return {
            pk
            for pk, row in self.rows.items()
            if row["intake_year"] == year and all(row[name] == value for name, value in wanted.items())
        }


@pytest.fixture
def scene() -> Scene:
    return Scene()


COLUMN = {
    "specialty": ("specialty", ["0100", "0900"]),
    "personnel_type": ("personnel_type", ["own_employee", "independent"]),
    "cohort": ("graduate_cohort", ["fresh", "previous"]),
    "qualification": ("status", ["not_taken", "certified"]),
    "degree": ("highest_degree", ["410", "310"]),
    "years": ("approved_years", [1, 2, 3]),
    "rural": ("rural_oriented", [True, False]),
    "west": ("west_china_support", [True, False]),
}


def sent(value: Any) -> str:
    """A value as the filter bar sends it."""
    return {True: "1", False: "0"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def test_every_filter_alone_shows_exactly_the_rows_that_have_the_value(scene: Scene) -> None:
    wrong = []
    for name, (field, values) in COLUMN.items():
        for value in values:
            found = set(scene.shown(year=str(YEAR), **{name: sent(value)}))
            if found != scene.expected(YEAR, **{field: value}):
                wrong.append((name, value, found, scene.expected(YEAR, **{field: value})))
    assert not wrong


def test_each_year_has_its_own_rows(scene: Scene) -> None:
    assert set(scene.shown(year=str(YEAR))) == scene.expected(YEAR)
    assert set(scene.shown(year=str(YEAR - 1))) == scene.expected(YEAR - 1)
    assert set(scene.shown()) == scene.expected(YEAR), "the present intake unless another is asked for"
    assert scene.expected(YEAR) and scene.expected(YEAR - 1)


@given(st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_filters_together_show_what_each_of_them_admits(scene: Scene, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(COLUMN)), unique=True, min_size=2, max_size=4))
    year = data.draw(st.sampled_from([YEAR, YEAR - 1]))
    asked, wanted = {"year": str(year)}, {}
    for name in names:
        field, values = COLUMN[name]
        value = data.draw(st.sampled_from(values))
        asked[name], wanted[field] = sent(value), value
    assert set(scene.shown(**asked)) == scene.expected(year, **wanted)


def _full(row: dict[str, Any]) -> str:
    return str(row["name"])


def _first(row: dict[str, Any]) -> str:
    return str(row["name"])[0]


def _padded(row: dict[str, Any]) -> str:
    return f"　{row['name']} "


@pytest.mark.parametrize("written", [_full, _first, _padded], ids=["full", "family name", "with spaces"])
def test_a_name_is_found_as_it_is_typed(scene: Scene, written: Callable[[dict[str, Any]], str]) -> None:
    for pk, row in scene.rows.items():
        found = set(scene.shown(year=str(row["intake_year"]), name=written(row)))
        assert pk in found
        typed = written(row).strip("　 ")
        alike = {key for key in scene.expected(row["intake_year"]) if typed in scene.rows[key]["name"]}
        assert found == alike


def test_an_unknown_name_finds_nobody_and_the_page_says_so(scene: Scene) -> None:
    assert scene.shown(year=str(YEAR), name="查无此人") == []
    html = scene.client.get(INTAKE, {"year": str(YEAR), "name": "查无此人"}).content.decode()
    assert "没有" in html


@pytest.mark.req("P-19")
def test_an_id_number_is_posted_and_the_address_carries_its_hash_only(scene: Scene) -> None:
    pk, row = next((pk, row) for pk, row in scene.rows.items() if row["intake_year"] == YEAR)
    answer = scene.client.post(INTAKE, {"do": "filter", "id_number": row["id_number"], "year": str(YEAR)})
    assert answer.status_code == 302
    assert row["id_number"] not in answer.headers["Location"]
    page = scene.client.get(answer.headers["Location"])
    keys = {int(key) for key in KEYS.findall(page.content.decode())}
    assert keys == {pk}


def test_the_order_does_not_change_what_is_shown(scene: Scene) -> None:
    plain = scene.shown(year=str(YEAR))
    for sort in ("specialty", "-specialty", "intake_year", "name"):
        assert sorted(scene.shown(year=str(YEAR), sort=sort)) == sorted(plain)


@pytest.mark.parametrize("value", ["", "unknown", "9999", "'; DROP TABLE", "%", "_"])
def test_a_value_that_no_filter_knows_breaks_nothing(scene: Scene, value: str) -> None:
    for name in COLUMN:
        answer = scene.client.get(INTAKE, {"year": str(YEAR), name: value})
        assert answer.status_code == 200, (name, value)
