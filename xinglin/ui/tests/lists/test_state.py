"""P-15: the address of a list, read and written; what pages keep asking is kept for a while."""

import pytest
from django.http import QueryDict
from django.test import override_settings

from xinglin.ui import kept
from xinglin.ui.lists import registry, state
from xinglin.ui.lists.choices import option_html, options
from xinglin.ui.lists.parts import Filter
from xinglin.ui.lists.preferences import Preference
from xinglin.ui.tests.factories import viewer
from xinglin.ui.tests.lists.sample import UnitList

SPEC = UnitList()


def read(words, preference=None):
    return state.read(SPEC, QueryDict(words), viewer("residents.view"), preference)


@pytest.mark.parametrize(
    ("words", "again"),
    [
        ("", ""),
        ("kind=hospital&sort=-name&size=50&page=3", "kind=hospital&sort=-name&size=50"),
        ("kinds=hospital&kinds=province&more=1", "kinds=hospital&kinds=province&more=1"),
        ("sort=nonsense&size=7&page=x&unknown=1", ""),
        ("sort=province", ""),
        ("created_from=2026-01-01", "created_from=2026-01-01"),
    ],
)
def test_the_address_written_again_starts_at_the_first_page(words, again):
    assert read(words).query() == again


def test_changes_and_conditions_left_out():
    found = read("kind=hospital&name=a&sort=name")
    assert found.query(without="kind") == "name=a&sort=name"
    assert found.query(page=4, sort="") == "name=a&kind=hospital&page=4"
    assert found.link(count="all").endswith("&count=all")


def test_the_remembered_size_counts_while_no_page_is_named():
    liked = Preference(size=50)
    assert read("", liked).size == 50
    assert read("page=2", liked).size == 20
    assert read("size=100", liked).size == 100


@pytest.mark.parametrize(
    ("sort", "fields"),
    [
        ("", ("name", "pk")),
        ("-name", ("-name", "-pk")),
        ("code", ("code", "-name", "-pk")),
        ("-code", ("-code", "name", "pk")),
        ("-created_at", ("created_at", "name", "pk")),
        ("nonsense", ("name", "pk")),
    ],
)
def test_every_order_is_total(sort, fields):
    assert SPEC.order(sort) == fields


def test_two_lists_cannot_have_one_name():
    class Other(UnitList):
        pass

    assert registry.register(UnitList) is registry.register(UnitList)
    with pytest.raises(ValueError, match="registered twice"):
        registry.register(Other)
    with pytest.raises(LookupError):
        registry.get("test.unheard")


def test_options_are_selected_and_escaped():
    item = Filter("x", "", "choice", choices=(("a", "<甲>"), ("ab", "乙")))
    html = option_html(item, viewer(), ("a",))
    assert html == '<option value="a" selected>&lt;甲&gt;</option><option value="ab">乙</option>'


def test_computed_choices_are_kept_for_those_who_see_the_same():
    asked = []
    item = Filter("x", "", "choice", choices=lambda who: asked.append(who) or [("a", "甲")])
    with override_settings(XINGLIN_KEPT_SECONDS=60):
        for who in (viewer(), viewer(user_id=8), viewer(organization_path="/9/")):
            assert options(item, who) == [("a", "甲")]
    assert len(asked) == 2


def test_kept_answers_grow_old_and_give_way_to_a_write():
    answers = iter(range(9))

    def ask():
        return next(answers)

    with override_settings(XINGLIN_KEPT_SECONDS=60):
        place = object()
        assert [kept.keep(place, ask), kept.keep(place, ask)] == [0, 0]
        assert kept.keep(place, ask, not_before=9e12) == 1
    with override_settings(XINGLIN_KEPT_SECONDS=0):
        assert kept.keep(place, ask) == 2
