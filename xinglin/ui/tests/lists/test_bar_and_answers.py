"""P-15, P-19: the filter bar as drawn, what its small forms answer, and the words of a selection, without rows."""

from __future__ import annotations

import re
from unittest import mock

import pytest
from django.core import signing
from django.http import QueryDict
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.kernel import clock, id_numbers
from xinglin.kernel.errors import Refused
from xinglin.organizations.models import Organization
from xinglin.ui.lists import actions, answers, bar, registry, selection, state
from xinglin.ui.lists.parts import Column, Filter
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.tests import factories

pytestmark = pytest.mark.req("P-15")
VIEWER = factories.viewer()
STILL = settings(max_examples=40, deadline=None)
COLOURS = (("r", "红"), ("g", '<绿>"'))
HASH = "0123456789abcdef" * 4


class Wards(ListSpec):
    name, title, noun, first = "test.bar", "病区", "病区", 2
    order_by = ("name",)
    columns = (Column("name", "名称", sort="name", always=True), Column("beds", "床位"), Column("code", "代码"))
    filters = (
        Filter("name", "名称<b>", placeholder='如"内"'),
        Filter("colour", "颜色", "choice", choices=COLOURS),
        Filter("many", "几种", "multi", choices=COLOURS),
        Filter("born", "日期", "date_range"),
        Filter("number", "证件号码", "id_number", last6="tail"),
    )

    def queryset(self, viewer):
        return Organization.unscoped.all()


SPEC = Wards()


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setitem(registry._specs, SPEC.name, SPEC)


def read(words):
    return state.read(SPEC, QueryDict(words), VIEWER)


def drawn(words):
    return bar.fields(SPEC, read(words), VIEWER)


def asked(**words):
    request = RequestFactory().post("/", words)
    request.viewer = VIEWER
    return request


def test_every_field_has_a_label_and_those_beyond_the_first_row_fold():
    html = drawn("")
    assert re.findall(r'<label for="(f-[a-z-]+)"', html) == ["f-name", "f-colour", "f-born-from", "f-number"]
    assert html.count('class="xl-filter-rest"') == 3
    assert "xl-on" not in html
    assert "名称&lt;b&gt;" in html
    assert 'placeholder="如&quot;内&quot;"' in html
    assert "&lt;绿&gt;&quot;" in html


def test_conditions_in_force_stand_in_their_fields():
    html = drawn(f'name="><i>&colour=r&many=r&born_from=2026-01-02&number_hash={HASH}')
    assert html.count("xl-on") == 6, "both days of the range are marked"
    assert 'value="&quot;&gt;&lt;i&gt;"' in html
    assert '<option value="r" selected>红</option>' in html
    assert "已选 1 项" in html
    assert 'value="2026-01-02" aria-label="日期从"' in html
    assert 'value="" aria-label="日期到"' in html
    assert "<i>" not in html


@pytest.mark.req("P-19")
def test_the_field_of_a_number_says_that_it_is_searched_and_never_the_number():
    html = drawn(f"number_hash={HASH}")
    assert f'<input type="hidden" name="number_hash" value="{HASH}">' in html
    assert 'placeholder="已按号码筛选"' in html
    assert 'placeholder="全号或后六位"' in drawn("")


@pytest.mark.parametrize(
    ("words", "opened"),
    [("", False), ("more=1", True), ("name=a", False), ("colour=r", False), ("many=r", True), ("born_to=2026-01-01", True),
     (f"number_last6={HASH}", True), ("many=zzz", False)],
)  # fmt: skip
def test_the_bar_unfolds_where_a_condition_would_be_hidden(words, opened):
    assert bar.is_open(SPEC, read(words)) is opened


@pytest.mark.req("P-19")
@STILL
@given(serial=st.integers(0, 999), tail=st.booleans())
def test_a_number_typed_into_the_bar_never_comes_back_in_the_address(serial, tail):
    number = id_numbers.synthetic("320199", clock.today().replace(year=1999, day=1), serial)
    typed = number[-6:] if tail else f"{number[:6]} {number[6:]}"
    query, notes = answers.set_conditions(SPEC, asked(number=typed, name="甲", state="?sort=-name&size=50&page=4"))
    assert re.search(r"number_(hash|last6)=[0-9a-f]{64}", query)
    assert number not in query
    assert query.endswith("&sort=-name&size=50"), "sort and size stay, the page does not"
    assert notes == []


@pytest.mark.parametrize(
    ("posted", "query"),
    [
        ({}, ""),
        ({"colour": "r"}, "colour=r"),
        ({"many": ["r", "g"]}, "many=r&many=g"),
        ({"born_from": "2026-01-01", "born_to": "2026-01-31"}, "born_from=2026-01-01&born_to=2026-01-31"),
        ({"more": "1"}, "more=1"),
        ({"state": "?name=old&sort=name"}, "sort=name"),
        ({"number": "", "number_hash": HASH}, f"number_hash={HASH}"),
        ({"unknown": "x", "pk": "1"}, ""),
    ],
)
def test_what_is_set_in_the_bar_is_what_the_address_says(posted, query):
    assert answers.set_conditions(SPEC, asked(**posted)) == (query, [])


@pytest.mark.parametrize(
    ("typed", "query", "noted"),
    [
        ("7", "page=7", ""),
        (" 7 ", "page=7", ""),
        ("1", "", ""),
        ("0", "", ""),
        ("500", "page=500", ""),
        ("501", "page=500", "最多直接跳到第 500 页，再往后请用“下一页”，或加筛选条件。"),
        ("99999999", "page=500", "最多直接跳到第 500 页，再往后请用“下一页”，或加筛选条件。"),
        ("", "page=3", "页码应为数字。"),
        ("-1", "page=3", "页码应为数字。"),
        ("七", "page=3", "页码应为数字。"),
        ("９", "page=3", "页码应为数字。"),
        ("9" * 9, "page=3", "页码应为数字。"),
    ],
)
def test_jumping_to_a_page(typed, query, noted):
    assert answers.go_to_page(SPEC, asked(page=typed, state="?page=3")) == (query, [noted] if noted else [])


@pytest.mark.parametrize(
    ("verb", "posted", "saved"),
    [
        ("size", {"size": "50"}, {"size": 50}),
        ("size", {"size": "30"}, None),
        ("size", {"size": "²"}, None),
        ("density", {"density": "dense"}, {"density": "dense"}),
        ("density", {"density": "huge"}, None),
        ("columns", {"order": ["beds", "name"], "show": ["beds"], "fix": ["beds"]}, {"columns": ["beds", "name"], "fixed": ["beds"]}),
        ("columns", {"order": ["name", "beds"], "show": ["beds"], "up": "beds"}, {"columns": ["beds", "name"], "fixed": []}),
        ("columns", {"order": ["name", "beds"], "show": ["beds"], "up": "name"}, {"columns": ["name", "beds"], "fixed": []}),
        ("columns", {"order": ["name", "beds"], "show": ["beds"], "down": "beds"}, {"columns": ["name", "beds"], "fixed": []}),
        ("columns", {"order": ["name", "name", "<b>"], "show": ["<b>"]}, {"columns": ["name"], "fixed": []}),
        ("columns", {"order": ["beds"], "show": []}, None),
        ("columns", {"declared": "1"}, {"columns": None, "fixed": None}),
    ],
)  # fmt: skip
def test_what_is_remembered_for_the_user_and_what_is_not(verb, posted, saved):
    with mock.patch.object(actions, "save_preference") as save:
        answers.VERBS[verb](SPEC, asked(**posted))
    calls = [(call.args, call.kwargs) for call in save.call_args_list]
    assert calls == ([((SPEC,), {"by": VIEWER, **saved})] if saved else [])


def test_at_least_one_column_must_stay():
    query, notes = answers.set_columns(SPEC, asked(order=["beds"], state="?page=2"))
    assert (query, notes) == ("page=2", ["至少要显示一列，列设置没有改变。"])


def read_selection(**words):
    return selection.read(asked(**words), SPEC.name)


@pytest.mark.parametrize(
    ("picked", "kept"),
    [
        (["1", "2"], ("1", "2")),
        (["2", "1", "2"], ("2", "1")),
        (["x", "-1", "1.0", "²", "9" * 19, "", "7"], ("7",)),
        ([], ()),
    ],
)
def test_picked_keys_are_kept_once_and_in_order(picked, kept):
    chosen = read_selection(pick=picked)
    assert (chosen.keys, chosen.is_all) == (kept, False)
    assert chosen.fields() == [("pick", key) for key in kept]


def test_more_boxes_than_a_page_can_have_are_refused_with_the_way():
    assert len(read_selection(pick=[str(n) for n in range(1000)]).keys) == 1000
    with pytest.raises(Refused, match="一次最多勾选 1,000 条。要处理更多，请选择全部符合条件的。"):
        read_selection(pick=[str(n) for n in range(1001)])


@STILL
@given(name=st.text(alphabet="abc中&=? ", max_size=10), sort=st.sampled_from(["", "name", "-name"]))
def test_the_word_for_all_carries_the_conditions_unchanged(name, sort):
    words = QueryDict(mutable=True)
    words["name"], words["sort"] = name, sort
    found = state.read(SPEC, words, VIEWER)
    with mock.patch.dict(registry._specs, {SPEC.name: SPEC}):
        chosen = read_selection(selection=selection.token(SPEC, found, VIEWER), pick=["1"])
    assert chosen.is_all
    assert chosen.keys == ()
    assert state.read(SPEC, QueryDict(chosen.query), VIEWER).conditions == found.conditions


@pytest.mark.req("Q-12")
@pytest.mark.parametrize(
    "told",
    [["test.other", 7, ""], ["test.bar", 8, ""], ["test.bar", None, ""], ["test.bar", 7, ["x"]], ["test.bar", 7, None]],
)
def test_a_word_for_another_list_user_or_nothing_selects_nothing(told):
    word = signing.dumps(told, salt="xinglin.ui.lists.selection")
    with pytest.raises(Refused, match="选择已经失效，什么也没有做"):
        read_selection(selection=word)


@pytest.mark.req("Q-12")
def test_a_word_that_was_signed_for_something_else_or_half_a_day_ago_selects_nothing():
    word = selection.token(SPEC, read(""), VIEWER)
    assert read_selection(selection=word).is_all
    with mock.patch.object(selection, "_KEPT_SECONDS", -1), pytest.raises(Refused, match="失效"):
        read_selection(selection=word)
    with pytest.raises(Refused, match="失效"):
        read_selection(selection=signing.dumps(["test.bar", 7, ""], salt="another"))
