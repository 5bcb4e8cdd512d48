"""Q-01, P-15: leafing goes on beyond the numbered pages, there and back, and an address keeps its meaning."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.http import QueryDict

from xinglin.dictionaries.models import CodeEntry, CodeTable
from xinglin.ui.lists import counting, pager, pages, state
from xinglin.ui.lists.counting import Count
from xinglin.ui.tests.lists import scenes
from xinglin.ui.tests.lists.sample import UnitList

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-01", "P-15"), pytest.mark.urls("xinglin.ui.tests.lists.sample")]
STEP = re.compile(r'id="xl-p-(prev|next)" href="\?([^"]*)"')


@pytest.fixture
def scene(client):
    return scenes.scene(client)


@pytest.fixture
def shallow(monkeypatch):
    """Numbers reach two pages of twenty."""
    monkeypatch.setattr(pages, "BOUND", 40)
    monkeypatch.setattr(counting, "BOUND", 40)


def steps(html):
    """{"prev": query, "next": query} of the pager."""
    return {name: unescape(query) for name, query in STEP.findall(str(html))}


def shown(scene, query=""):
    return scene.client.get(f"{scenes.PATH}?{query}").context["page"]


def names(page):
    return [row.name for row in page.page.rows]


def walk(scene, query=""):
    """Pages from here on, following 下一页."""
    page = shown(scene, query)
    yield page
    while "next" in (links := steps(page.pager_html)):
        page = shown(scene, links["next"])
        yield page


def test_25000_rows_with_ties_and_gaps_are_walked_once():
    table = CodeTable.objects.create(key="walk", title="走")
    first = date(2026, 1, 1)
    CodeEntry.objects.bulk_create(
        (
            CodeEntry(table=table, code=f"{n}", label=f"项{n % 7}", position=n % 3,
                      retired_from=None if n % 5 == 0 else first + timedelta(days=n % 4))
            for n in range(25_000)
        ),
        batch_size=5_000,
    )  # fmt: skip
    rows, order = CodeEntry.objects.filter(table=table), ("-retired_from", "position", "-pk")
    straight = list(rows.order_by(*order).values_list("pk", flat=True))
    at, found, numbers = state.State(state.filters.Conditions(), size=100), [], []
    while True:
        page = pages.fetch(rows, order, at)
        found += [row.pk for row in page.rows]
        numbers.append(page.number)
        told = steps(pager.links(page, Count(10_000, False), at, order))
        if "next" not in told:
            break
        words = QueryDict(told["next"])
        at = state.State(
            at.conditions,
            page=int(words["page"]),
            after=words.get("after", ""),
            before=words.get("before", ""),
            size=100,
        )
    assert found == straight
    assert numbers == list(range(1, 251))
    back = []
    while at.page > 210:
        told = steps(pager.links(page, Count(10_000, False), at, order))
        words = QueryDict(told["prev"])
        at = state.State(at.conditions, page=int(words["page"]), before=words.get("before", ""), size=100)
        page = pages.fetch(rows, order, at)
        back = [row.pk for row in page.rows] + back
    assert back == straight[20_900:24_900]


@pytest.mark.parametrize("sort", ["", "-name", "code", "-code", "created_at", "kind"])
def test_the_screens_walk_there_and_back(scene, shallow, sort):
    scenes.more_units(scene.viewer, 130)
    told = list(walk(scene, f"sort={sort}"))
    assert [page.page.number for page in told] == [1, 2, 3, 4, 5, 6, 7]
    found = [name for page in told for name in names(page)]
    assert len(found) == len(set(found)) == 133
    page = told[-1]
    for before in told[-2::-1]:
        page = shown(scene, steps(page.pager_html)["prev"])
        assert names(page) == names(before)
        assert page.page.number == before.page.number


def test_a_place_stands_when_its_row_has_gone(scene, shallow):
    made = scenes.more_units(scene.viewer, 100)
    third = steps(shown(scene, "page=2").pager_html)["next"]
    before = names(shown(scene, third))
    edge = names(shown(scene, "page=2"))[-1]
    next(row for row in made if row.name == edge).delete()
    assert names(shown(scene, third)) == before


def test_an_address_beyond_the_numbers_can_be_shared(scene, shallow):
    scenes.more_units(scene.viewer, 100)
    page = shown(scene, steps(shown(scene, "page=2").pager_html)["next"])
    again = shown(scene, page.here.lstrip("?"))
    assert names(again) == names(page)
    assert again.here == page.here
    assert 'aria-current="page"' in str(again.pager_html)
    assert again.page.first == 41


def test_forms_of_the_page_lead_back_to_the_same_place(scene, shallow):
    scenes.more_units(scene.viewer, 100)
    page = shown(scene, steps(shown(scene, "page=2").pager_html)["next"])
    sent = {"state": page.here}
    for verb in ({"do": "density", "density": "dense"}, {"do": "columns", "order": ["name", "kind"], "show": ["kind"]}):
        assert scene.client.post(scenes.PATH, {**sent, **verb})["Location"] == f"{scenes.PATH}{page.here}"
    batch = {"do": "batch", "action": "mark", "pick": [str(page.page.rows[0].pk)], **sent}
    assert scene.client.post(scenes.PATH, batch)["Location"] == f"{scenes.PATH}{page.here}"
    for verb in ({"do": "size", "size": "50"}, {"do": "filter", "name": "云"}, {"do": "page", "page": "1"}):
        assert "after=" not in scene.client.post(scenes.PATH, {**sent, **verb})["Location"], verb


def test_conditions_and_size_stay_on_the_way(scene, shallow):
    scenes.more_units(scene.viewer, 120)
    last = list(walk(scene, "name=云汀第&sort=-name&size=20"))[-1]
    assert last.state.sort == "-name"
    assert last.state.conditions.get("name").value == "云汀第"
    assert names(last)[-1] == "云汀第00000医院"


def test_changing_the_sort_starts_anew(scene, shallow):
    scenes.more_units(scene.viewer, 100)
    page = shown(scene, steps(shown(scene, "page=2").pager_html)["next"])
    heads = re.findall(r'id="sort-name" href="\?([^"]*)"', str(page.head_html))
    assert "after" not in unescape(heads[0])
    assert "page" not in unescape(heads[0])


@pytest.mark.parametrize("words", ["page=3", "page=3&after=", "page=3&after=garbage", "page=9&before=W10"])
def test_a_number_that_cannot_be_jumped_to_says_so_and_offers_ways(scene, shallow, words):
    scenes.more_units(scene.viewer, 100)
    answer = scene.client.get(f"{scenes.PATH}?{words}").content.decode()
    assert "不能直接跳到这一页" in answer
    assert "?page=2" in answer


def test_jumping_too_far_lands_on_the_last_number_and_says_why(scene, shallow):
    scenes.more_units(scene.viewer, 100)
    answer = scene.client.post(scenes.PATH, {"do": "page", "page": "77", "state": "?sort=-name"}, follow=True)
    assert answer.context["page"].page.number == 2
    assert "最多直接跳到第 2 页" in answer.content.decode()


def test_after_the_end_the_last_rows_are_shown(scene, shallow):
    scenes.more_units(scene.viewer, 100)
    told = list(walk(scene))
    last = told[-1]
    beyond = pager._address(last.state, last.page, last.page.number + 1, "after", last.order)
    assert names(shown(scene, beyond.lstrip("?"))) == [name for page in told for name in names(page)][-20:]


def test_before_the_beginning_there_is_the_first_page(scene, shallow):
    scenes.more_units(scene.viewer, 100)
    first = shown(scene)
    address = pager._address(first.state, first.page, 3, "before", first.order)
    page = shown(scene, address.lstrip("?"))
    assert page.page.rows, "nothing lies before the first row: the list shows what it can jump to"


def test_the_count_beyond_the_numbers_is_a_bound_until_asked(scene, shallow):
    scenes.more_units(scene.viewer, 100)
    page = shown(scene, steps(shown(scene, "page=2").pager_html)["next"])
    assert page.count == Count(40, False)
    counted = shown(scene, page.count_link.lstrip("?"))
    assert counted.count == Count(103, True)
    assert names(counted) == names(page)


def test_a_deep_page_costs_no_more_queries_than_the_first(scene, shallow, django_assert_max_num_queries):
    scenes.more_units(scene.viewer, 100)
    link = steps(shown(scene, "page=2").pager_html)["next"]
    shown(scene, link)
    with django_assert_max_num_queries(8):
        shown(scene, link)


@pytest.mark.parametrize(
    ("number", "total", "size", "wanted"),
    [(501, 10_000, 20, [1, None, 500, 501]), (700, 10_000, 20, [1, None, 500, None, 700]), (3, 55, 20, [1, 2, 3])],
)
def test_the_pager_names_the_place_beyond_its_numbers(number, total, size, wanted):
    found = pages.numbers(pages.Page([], number, size), Count(total, False))
    assert [n for n in found if n is not None] == [n for n in wanted if n is not None]


def test_places_outside_their_alphabet_are_dropped():
    for word, kept in (("abc-_9", "abc-_9"), ("a b", ""), ("<x>", ""), ("é", ""), ("x" * 1001, "")):
        read = state.read(UnitList(), QueryDict(mutable=True), None)
        assert read.after == ""
        assert state._place(word) == kept
