"""What every list must keep. An app's test class inherits `ListContract` and says where its list is and who looks.

class TestIntakeList(ListContract):
    spec, path = IntakeList, "/residents/intake/"

    @pytest.fixture
    def scene(self): …  # a Scene: users, and rows inside and outside the scope
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from xinglin.kernel.viewer import Viewer

from . import filters, keyset, narrowing, registry
from .choices import options
from .formats import texts
from .parts import Column, Filter
from .spec import ListSpec

GARBAGE = (
    "",
    " ",
    "不存在",
    "-1",
    "9" * 40,
    "\x00",
    "'; DROP TABLE x; --",
    "<script>",
    "２０２６",
    "a" * 3000,
    "f" * 64,
)


@dataclass(frozen=True, slots=True)
class Scene:
    """``client`` is signed in as ``viewer``. ``inside``: keys the viewer sees, ``outside``: keys it must never see."""

    client: Client
    viewer: Viewer
    inside: Sequence[Any]
    outside: Sequence[Any]


class ListContract:
    """Inherit, set ``spec`` and ``path``, give the fixture ``scene``. ``queries``: the bound of one page view."""

    spec: ClassVar[type[ListSpec]]
    path: ClassVar[str]
    queries: ClassVar[int] = 25

    @pytest.fixture
    def declared(self) -> ListSpec:
        """The list as declared."""
        return registry.register(self.spec)

    def shown(self, scene: Scene, query: str = "") -> Any:
        """The page behind an address; it must be there."""
        answer = scene.client.get(f"{self.path}?{query}")
        assert answer.status_code == 200, answer.content.decode()[-2000:]
        return answer.context["page"]

    def everything(self, scene: Scene, declared: ListSpec) -> str:
        """The words of the address that take every default condition off."""
        return "&".join(f"{item.name}=" for item in declared.filters if item.default)

    def test_words_are_complete_and_distinct(self, declared: ListSpec) -> None:
        assert declared.name
        assert declared.title
        for kind in (declared.columns, declared.filters):
            names = [part.name for part in kind]
            assert len(set(names)) == len(names)
        heads = [column.head for column in declared.columns if column.export]
        assert len(set(heads)) == len(heads)
        assert any(column.default_on or column.always for column in declared.columns)

    def test_rows_of_the_scope_and_no_other(self, scene: Scene, declared: ListSpec) -> None:
        keys = set(declared.queryset(scene.viewer).values_list("pk", flat=True))
        assert set(scene.inside) <= keys
        assert not set(scene.outside) & keys
        picked = declared.queryset(scene.viewer).filter(pk__in=list(scene.outside))
        assert not picked.exists()

    def test_every_column_is_drawn(self, scene: Scene, declared: ListSpec) -> None:
        rows = list(declared.queryset(scene.viewer).filter(pk__in=list(scene.inside)))
        declared.prepare(rows, scene.viewer)
        declared.prepare_screen(rows, scene.viewer)
        for column in declared.columns:
            text = texts(column, short=True, masked=True, separated=True)
            for row in rows:
                assert isinstance(text(row), str), column.name
                if column.cell is not None:
                    assert isinstance(column.cell(row, scene.viewer), str), column.name

    def test_filters_take_garbage(self, scene: Scene, declared: ListSpec) -> None:
        for item in declared.filters:
            for value in GARBAGE:
                words = QueryDict(mutable=True)
                for name in _words_of(item):
                    words[name] = value
                found = filters.read(declared, words, scene.viewer)
                list(filters.apply(declared.queryset(scene.viewer), found.items, scene.viewer)[:2])

    def test_every_choice_can_be_asked_for(self, scene: Scene, declared: ListSpec) -> None:
        for item in declared.filters:
            for value, _label in list(options(item, scene.viewer))[:60]:
                words = QueryDict(mutable=True)
                words[item.name] = value
                found = filters.read(declared, words, scene.viewer)
                assert found.get(item.name) is not None, (item.name, value)
                list(filters.apply(declared.queryset(scene.viewer), found.items, scene.viewer)[:2])

    @pytest.mark.req("Q-01", "P-15")
    def test_walking_by_place_finds_each_row_once(self, scene: Scene, declared: ListSpec) -> None:
        rows = declared.queryset(scene.viewer)
        words = [c.name for c in declared.columns if c.sort_fields]
        for sort in ["", *words, *(f"-{word}" for word in words)]:
            order = declared.order(sort)
            told = list(rows.order_by(*order))
            for place, row in enumerate(told[:12]):
                values = keyset.values_of(keyset.word_of(row, order), rows.model, order)
                assert values is not None, (sort, row)
                rest = [found.pk for found in keyset.after(rows.order_by(*order), order, values)]
                assert rest == [found.pk for found in told[place + 1 :]], (sort, place)

    def test_every_sort_has_each_row_once(self, scene: Scene, declared: ListSpec) -> None:
        rows = declared.queryset(scene.viewer)
        number = rows.count()
        words = [c.name for c in declared.columns if c.sort_fields]
        for sort in ["", *words, *(f"-{word}" for word in words)]:
            keys = list(rows.order_by(*declared.order(sort)).values_list("pk", flat=True))
            assert len(set(keys)) == len(keys) == number, sort

    def test_pages_follow_one_another(self, scene: Scene, declared: ListSpec) -> None:
        query = self.everything(scene, declared)
        first = self.shown(scene, query)
        assert 0 < len(first.page.rows) <= first.page.size
        assert first.count.number >= len(scene.inside)
        last = self.shown(scene, f"{query}&page=99")
        assert last.page.rows, "a page beyond the end shows the last one"
        assert "page=1" not in self.shown(scene, f"{query}&page=100000000").here

    def test_a_page_asks_a_bounded_number_of_queries(self, scene: Scene, declared: ListSpec) -> None:
        query = self.everything(scene, declared)
        self.shown(scene, query)
        with CaptureQueriesContext(
            connection,
        ) as found:
            self.shown(scene, query)
        assert len(found) <= self.queries, [entry["sql"][:200] for entry in found.captured_queries]
        writes = [q["sql"] for q in found.captured_queries if q["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
        assert not writes, "a GET changes nothing"

    def test_more_rows_ask_no_more_queries(self, scene: Scene, declared: ListSpec) -> None:
        rows = list(declared.queryset(scene.viewer).filter(pk__in=list(scene.inside)))
        if len(rows) < 2:
            pytest.skip("one row tells nothing")
        assert self.cost(declared, rows, scene.viewer) <= self.cost(declared, rows[:1], scene.viewer)

    @pytest.mark.req("Q-07")
    def test_each_column_says_what_it_reads(self, scene: Scene, declared: ListSpec) -> None:
        """A column that reads a field which the narrow SELECT left out would ask once a row."""
        rows = list(declared.queryset(scene.viewer).filter(pk__in=list(scene.inside)))
        if declared.reads is None or len(rows) < 2:
            return
        for column in declared.columns:
            many, one = (self.cost(declared, some, scene.viewer, [column]) for some in (rows, rows[:1]))
            assert many <= one, column.name

    def cost(self, declared: ListSpec, rows: list[Any], viewer: Viewer, columns: Sequence[Column] | None = None) -> int:
        """Queries that drawing these rows with these columns (None: all) asks, code tables apart: those are kept."""
        keys = [declared.key_of(row) for row in rows]
        shown = declared.columns if columns is None else columns
        with CaptureQueriesContext(connection) as found:
            narrow = narrowing.bare(declared, declared.queryset(viewer).filter(pk__in=keys))
            fresh = list(narrowing.narrowed(declared, narrow, shown))
            declared.prepare(fresh, viewer)
            declared.prepare_screen(fresh, viewer)
            for row in fresh:
                declared.row_label(row), declared.row_url(row, viewer), declared.row_actions(row, viewer)
                for column in shown:
                    texts(column, short=True, masked=True, separated=True)(row)
                    if column.cell is not None:
                        column.cell(row, viewer)
        return sum('"dictionaries_' not in query["sql"] for query in found.captured_queries)

    def test_the_panel_alone_is_answered_to_scripts(self, scene: Scene) -> None:
        answer = scene.client.get(self.path, headers={"HX-Request": "true"})
        html = answer.content.decode()
        assert "<title>" in html
        assert "<html" not in html
        assert "HX-Request" in answer["Vary"]

    def test_chosen_columns_in_chosen_order(self, scene: Scene, declared: ListSpec) -> None:
        order = [column.name for column in declared.columns]
        random.Random(7).shuffle(order)
        answer = scene.client.post(self.path, {"do": "columns", "order": order, "show": order, "fix": order[:1]})
        assert answer.status_code == 302
        assert [column.name for column in self.shown(scene).columns] == order


def _words_of(item: Filter) -> list[str]:
    if item.kind == "date_range":
        return [f"{item.name}_from", f"{item.name}_to"]
    if item.kind == "id_number":
        return [f"{item.name}_hash", f"{item.name}_last6"]
    return [item.name]
