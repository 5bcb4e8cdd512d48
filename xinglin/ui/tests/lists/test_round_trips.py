"""P-15, P-19: whatever is asked for, the address says it, and reading the address asks for the same again."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.organizations.enums import Kind
from xinglin.ui.lists import choices, filters, preferences, state
from xinglin.ui.lists.parts import Column, Filter
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.tests import factories
from xinglin.ui.tests.lists.sample import UnitList

pytestmark = [pytest.mark.req("P-15"), pytest.mark.django_db]
SPEC, VIEWER = UnitList(), factories.viewer()
STILL = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
HASHES = st.text(alphabet="0123456789abcdef", min_size=64, max_size=64)
TEXTS = st.text(alphabet=st.characters(categories=("L", "N", "P")), min_size=1, max_size=40)


def words(**asked):
    made = QueryDict(mutable=True)
    for name, value in asked.items():
        made.setlist(name, value if isinstance(value, list) else [str(value)])
    return made


@st.composite
def addresses(draw):
    """Words of an address, each of them sensible, any of them absent."""
    asked = {}
    if draw(st.booleans()):
        asked["name"] = draw(TEXTS)
    if draw(st.booleans()):
        asked["kind"] = draw(st.sampled_from(Kind.values))
    if draw(st.booleans()):
        asked["kinds"] = draw(st.lists(st.sampled_from(Kind.values), min_size=1, unique=True))
    if draw(st.booleans()):
        start, end = sorted([draw(DAYS), draw(DAYS)])
        asked |= {"created_from": start, "created_to": end}
    if draw(st.booleans()):
        asked["year"] = draw(st.integers(1900, 2200))
    if draw(st.booleans()):
        asked["coded"] = draw(st.sampled_from(["1", "0", "none"]))
    if draw(st.booleans()):
        asked[draw(st.sampled_from(["number_hash", "number_last6"]))] = draw(HASHES)
    if draw(st.booleans()):
        asked["sort"] = draw(st.sampled_from(["name", "-name", "code", "-created_at"]))
    if draw(st.booleans()):
        asked["size"] = draw(st.sampled_from(preferences.SIZES))
    if draw(st.booleans()):
        asked["page"] = draw(st.integers(1, 400))
    return words(**asked)


def told(found):
    """All that a state asks for."""
    return (
        [(item.filter.name, item.value) for item in found.conditions.items], found.sort, found.page, found.size,
        found.after, found.before, found.more, found.counted,
    )  # fmt: skip


@STILL
@given(asked=addresses())
def test_an_address_written_and_read_asks_for_the_same(db, asked):
    found = state.read(SPEC, asked, VIEWER)
    assert not found.conditions.notes
    again = state.read(SPEC, QueryDict(found.here(count="all" if found.counted else "")), VIEWER)
    assert told(again) == told(found)
    assert again.here() == found.here()


@STILL
@given(asked=addresses())
def test_leaving_one_condition_out_leaves_the_others(db, asked):
    found = state.read(SPEC, asked, VIEWER)
    for item in found.conditions.items:
        rest = state.read(SPEC, QueryDict(found.query(without=item.filter.name)), VIEWER).conditions
        kept = [other for other in found.conditions.items if other is not item]
        assert [(c.filter.name, c.value) for c in rest.items] == [(c.filter.name, c.value) for c in kept]


@STILL
@given(asked=addresses())
def test_changes_of_sort_and_size_start_at_the_first_page(db, asked):
    found = state.read(SPEC, asked, VIEWER)
    for change in ({"sort": "-name"}, {"size": 50}, {"count": "all"}, {"more": "1"}):
        assert "page=" not in found.query(**change)
    assert "page=7" in found.query(page=7)


@STILL
@given(asked=st.dictionaries(st.sampled_from(["name", "kind", "kinds", "created_from", "created_to", "year", "coded",
       "number_hash", "number_last6", "sort", "page", "size", "after", "before", "more", "count"]),
       st.text(max_size=60), max_size=8))  # fmt: skip
def test_garbage_is_left_out_with_a_note_or_without_and_never_raises(db, asked):
    found = state.read(SPEC, words(**asked), VIEWER)
    assert found.size in preferences.SIZES
    assert found.page >= 1
    assert found.sort == "" or found.sort.lstrip("-") in SPEC.column_of
    list(filters.apply(SPEC.queryset(VIEWER), found.conditions.items, VIEWER)[:1])
    again = state.read(SPEC, QueryDict(found.here()), VIEWER)
    assert not again.conditions.notes, "what was kept makes sense"


@pytest.mark.req("P-19")
@given(number=st.text(alphabet="0123456789X", min_size=15, max_size=18))
def test_a_number_in_the_address_is_no_condition(number):
    found = filters.read(SPEC, words(number=number, number_hash=number), VIEWER)
    assert found.get("number") is None
    assert number not in str(found.pairs())


class Defaults(ListSpec):
    name, title = "test.defaults", "默认"
    columns = (Column("name", "名称", sort="name"),)
    filters = (
        Filter("year", "年份", "year", default="2026"),
        Filter("kind", "类别", "choice", choices=Kind.choices, default=lambda viewer: viewer.organization_kind),
        Filter("name", "名称"),
    )


@pytest.mark.parametrize(
    ("asked", "years", "written"),
    [
        ({}, 2026, ""),
        ({"year": "2025"}, 2025, "year=2025"),
        ({"year": ""}, None, "year="),
        ({"year": "abc"}, None, ""),
        ({"year": "2026"}, 2026, "year=2026"),
    ],
)
def test_a_default_counts_until_the_address_names_the_filter(asked, years, written):
    found = state.read(Defaults(), words(**asked), VIEWER)
    condition = found.conditions.get("year")
    assert (condition.value if condition else None) == years
    assert found.query() == written


def test_a_default_may_follow_from_who_looks():
    hospital = factories.viewer(organization_kind="hospital")
    assert state.read(Defaults(), words(), hospital).conditions.get("kind").value == "hospital"
    assert state.read(Defaults(), words(), VIEWER).conditions.get("kind") is None


def test_taking_a_default_off_is_said_in_the_address():
    found = state.read(Defaults(), words(name="云"), VIEWER)
    assert found.query(without="year") == "name=%E4%BA%91&year="
    assert state.read(Defaults(), QueryDict(found.query(without="year")), VIEWER).conditions.get("year") is None


def test_all_conditions_in_force_make_the_word_under_which_a_count_is_kept():
    plain = state.read(Defaults(), words(), VIEWER)
    assert plain.asked == "year=2026"
    assert plain.asked != state.read(Defaults(), words(year=""), VIEWER).asked
    assert plain.asked == state.read(Defaults(), words(page="3", sort="name"), VIEWER).asked


@pytest.mark.parametrize(
    ("item", "offered"),
    [
        (Filter("x", "甲", "bool"), ["1", "0", "none"]),
        (Filter("x", "甲", "choice", choices=(("a", "甲"), ("b", "乙"))), ["a", "b"]),
        (Filter("x", "甲", "choice", choices=lambda viewer: [(viewer.role, "我")]), ["base_admin"]),
        (Filter("x", "甲"), []),
    ],
)
def test_what_a_filter_offers(item, offered):
    assert [value for value, _ in choices.options(item, VIEWER)] == offered


def test_the_years_offered_begin_with_the_next():
    from xinglin.kernel import clock

    years = [int(value) for value, _ in choices.options(Filter("x", "年", "year"), VIEWER)]
    assert years[0] == clock.today().year + 1
    assert years == sorted(years, reverse=True)


def test_options_are_escaped_and_the_chosen_one_is_marked():
    item = Filter("x", "甲", "choice", choices=(('"><b>', "<i>"), ("b", "乙")))
    html = choices.option_html(item, VIEWER, ("b",))
    assert "<b>" not in html
    assert "<i>" not in html
    assert '<option value="b" selected>乙</option>' in html
    assert html.count("selected") == 1
