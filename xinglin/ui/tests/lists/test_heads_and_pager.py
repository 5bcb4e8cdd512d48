"""P-15: heads that turn the order round, pages by number, lines of 列设置, numbers in words: without a database."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from types import SimpleNamespace

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.ui.lists import answers, column_choice, heads, pager, pages, registry, state
from xinglin.ui.lists.counting import Count
from xinglin.ui.lists.formats import getter, number, plain
from xinglin.ui.lists.pages import Page
from xinglin.ui.lists.parts import BatchAction, BatchResult, Column
from xinglin.ui.lists.preferences import DENSITIES, SIZES, Preference, fixed_names, shown_columns
from xinglin.ui.lists.quoting import quoted
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.tests import factories

pytestmark = pytest.mark.req("P-15")
VIEWER = factories.viewer()
STILL = settings(max_examples=60, deadline=None)


class Wards(ListSpec):
    name, title = "test.wards", "病区"
    order_by = ("-opened", "name")
    columns = (
        Column("name", "名称", sort="name", sticky=True, always=True),
        Column("beds", "床位", sort=("beds", "name"), numeric=True, unit="张"),
        Column("opened", "开放时间", sort="-opened"),
        Column("evil", '<i>"&', default_on=False),
        Column("head", "负责人"),
    )


SPEC = Wards()
NAMES = [column.name for column in SPEC.columns]


def read(words):
    return state.read(SPEC, QueryDict(words), VIEWER)


def drawn(words, fixed=1, selectable=True):
    found = read(words)
    return heads.head(SPEC.columns, fixed, selectable, found, SPEC.order(found.sort))


def told(words):
    """Column → (direction told to the ear, sort word of its link), of the sortable columns."""
    html = drawn(words)
    found = {}
    for said, name, url in re.findall(r'<th[^>]*?(?: aria-sort="(\w+)")?><a class="xl-sort" id="sort-(\w+)" href="([^"]*)"', html):  # fmt: skip
        found[name] = (said, QueryDict(unescape(url).removeprefix("?")).get("sort", ""))
    return found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", {"name": ("", "name"), "beds": ("", "beds"), "opened": ("ascending", "-opened")}),
        ("sort=name", {"name": ("ascending", "-name"), "beds": ("", "beds"), "opened": ("", "opened")}),
        ("sort=-name", {"name": ("descending", "name"), "beds": ("", "beds"), "opened": ("", "opened")}),
        ("sort=-beds", {"name": ("", "name"), "beds": ("descending", "beds"), "opened": ("", "opened")}),
        ("sort=-opened", {"name": ("", "name"), "beds": ("", "beds"), "opened": ("descending", "opened")}),
        ("sort=head", {"name": ("", "name"), "beds": ("", "beds"), "opened": ("ascending", "-opened")}),
    ],
)
def test_each_head_tells_its_direction_and_offers_the_other(words, expected):
    assert told(words) == expected


@pytest.mark.parametrize(
    ("sort", "fields"),
    [
        ("", ("-opened", "name", "pk")),
        ("opened", ("-opened", "name", "pk")),
        ("-opened", ("opened", "name", "pk")),
        ("beds", ("beds", "name", "-opened", "-pk")),
        ("-beds", ("-beds", "-name", "-opened", "-pk")),
        ("head", ("-opened", "name", "pk")),
    ],
)
def test_the_order_of_a_sort_word_is_total(sort, fields):
    assert SPEC.order(sort) == fields


def test_an_order_that_ends_with_the_key_is_left_alone():
    class Keyed(Wards):
        name, order_by = "test.keyed", ("-id",)

    assert Keyed().order("") == ("-id",)
    assert Keyed().order("name") == ("name", "-id")


def test_heads_carry_unit_alignment_and_the_edge_of_what_is_fixed():
    html = drawn("", fixed=2)
    assert "床位（张）" in html
    assert html.count("xl-fix-l2") == 1
    assert 'class="xl-fix-l xl-fix-edge xl-num"' in html
    assert html.endswith('<th scope="col" class="xl-fix-r">操作</th>')
    assert "&lt;i&gt;&quot;&amp;" in html
    assert "<i>" not in html


def test_without_batch_verbs_there_is_no_box_in_the_head():
    assert 'type="checkbox"' in drawn("")
    assert 'type="checkbox"' not in drawn("", selectable=False)


@pytest.mark.req("P-15")
@STILL
@given(total=st.integers(0, 12_000), size=st.sampled_from(SIZES), wanted=st.integers(1, 700))
def test_numbers_of_pages_are_few_rising_and_hold_the_ends_and_the_present(total, size, wanted):
    count = Count(min(total, 10_000), total <= 10_000)
    shown = pages.numbers(Page([], wanted, size), count)
    real = [n for n in shown if n is not None]
    assert wanted in real
    assert real[0] == 1
    assert real == sorted(set(real))
    assert len(shown) <= 9
    last = max(1, -(-count.number // size))
    assert last in real
    for place, entry in enumerate(shown):
        if entry is None:
            before, behind = shown[place - 1], shown[place + 1]
            assert behind - before > 1, "a gap hides something"


@pytest.mark.parametrize(
    ("size", "number", "rows", "first", "last"),
    [(20, 1, 20, 1, 20), (20, 3, 5, 41, 45), (100, 2, 100, 101, 200), (50, 1, 0, 1, 0)],
)
def test_a_page_knows_its_rows(size, number, rows, first, last):
    page = Page([None] * rows, number, size)
    assert (page.first, page.last) == (first, last)


@pytest.mark.parametrize(("size", "deepest"), [(20, 500), (50, 200), (100, 100)])
def test_as_far_as_ten_thousand_rows_pages_have_numbers(size, deepest):
    assert pages.deepest(size) == deepest


def links(number, *, has_next, words="", count=200, size=20):
    found = read(words)
    page = Page([SimpleNamespace(opened="2026", name="甲", pk=7)], number, size, has_next=has_next)
    html = pager.links(page, Count(count, True), found, SPEC.order(found.sort))
    return html, dict(re.findall(r'id="xl-p-(\w+)" href="([^"]*)"', html))


def test_the_first_page_has_no_way_back_and_the_last_none_on():
    _, first = links(1, has_next=True)
    _, last = links(10, has_next=False)
    assert "prev" not in first
    assert "next" not in last
    assert first["next"] == "?page=2"
    assert last["prev"] == "?page=9"


def test_the_present_page_is_marked_once_and_keeps_its_words():
    html, found = links(3, has_next=True, words="sort=-name&size=50&page=3")
    assert html.count('aria-current="page"') == 1
    assert 'aria-label="第 3 页，当前页"' in html
    assert found["next"] == "?sort=-name&amp;size=50&amp;page=4"
    assert 'href="?sort=-name&amp;size=50" id="xl-p-1"' in html
    assert 'href="?sort=-name&amp;size=50&amp;page=3" aria-current="page"' in html


def test_at_the_edge_of_the_numbers_the_next_step_tells_its_place():
    _, inside = links(499, has_next=True, count=10_000)
    _, edge = links(500, has_next=True, count=10_000)
    _, beyond = links(501, has_next=True, count=10_000)
    assert "after=" not in inside["next"]
    assert "page=501&amp;after=" in edge["next"]
    assert beyond["prev"] == "?page=500"
    assert "page=502&amp;after=" in beyond["next"]


@pytest.mark.parametrize(
    ("preference", "shown"),
    [
        (Preference(), ["name", "beds", "opened", "head"]),
        (Preference(columns=("head", "beds")), ["name", "head", "beds"]),
        (Preference(columns=("evil", "name"), fixed=("evil",)), ["evil", "name"]),
        (Preference(columns=(), fixed=()), ["name"]),
        (Preference(fixed=("head",)), ["head", "name", "beds", "opened"]),
    ],
)
def test_columns_shown_fixed_ones_first_and_the_needed_one_always(preference, shown):
    assert [column.name for column in shown_columns(SPEC, preference)] == shown


@STILL
@given(columns=st.lists(st.sampled_from(NAMES), unique=True), fixed=st.lists(st.sampled_from(NAMES), unique=True))
def test_whatever_is_chosen_nothing_is_shown_twice_or_lost(columns, fixed):
    shown = [c.name for c in shown_columns(SPEC, Preference(columns=tuple(columns), fixed=tuple(fixed)))]
    assert sorted(shown) == sorted({*columns, "name"})
    lead = [name for name in shown if name in fixed]
    assert shown[: len(lead)] == lead
    rest = [name for name in shown if name not in fixed]
    order = [*columns, *(["name"] if "name" not in columns else [])]
    assert rest == [name for name in order if name not in fixed]


def test_without_a_choice_what_is_declared_is_fixed():
    assert fixed_names(SPEC, Preference()) == ("name",)
    assert fixed_names(SPEC, Preference(fixed=())) == ()


def test_row_heights_go_round_in_three_steps():
    heights = [""]
    for _ in DENSITIES:
        heights.append(Preference(density=heights[-1]).next_density)
    assert heights == ["", "dense", "loose", ""]


def test_lines_of_the_column_choice_tell_what_is_shown_and_what_can_move(monkeypatch):
    monkeypatch.setitem(registry._specs, SPEC.name, SPEC)
    html = column_choice.lines(SPEC, Preference(columns=("head", "beds"), fixed=("head",)))
    assert re.findall(r'name="order" value="(\w+)"', html) == ["head", "beds", "name", "opened", "evil"]
    assert set(re.findall(r'name="show" value="(\w+)" checked', html)) == {"head", "beds", "name"}
    assert re.findall(r'name="fix" value="(\w+)" checked', html) == ["head"]
    assert 'value="name" checked disabled' in html
    assert 'aria-label="上移 床位（张）"' in html
    assert 'aria-label="下移 床位（张）"' in html
    assert "<i>" not in html
    assert html.count("<li>") == len(NAMES)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (BatchResult("上报了 3 人。"), "上报了 3 人。"),
        (BatchResult("上报了 2 人。", [("林知夏", "没有照片")]), "上报了 2 人。 林知夏：没有照片。"),
        (BatchResult("", [("林知夏", "没有照片。"), ("陈一", "缺证书。")]), "林知夏：没有照片；陈一：缺证书。"),
        (
            BatchResult("没有上报。", [(f"第{n}人", "缺") for n in range(1, 6)]),
            "没有上报。 第1人：缺；第2人：缺；第3人：缺；第4人：缺；第5人：缺。",
        ),
        (
            BatchResult("没有上报。", [(f"第{n}人", "缺") for n in range(1, 9)]),
            "没有上报。 第1人：缺；第2人：缺；第3人：缺；第4人：缺；第5人：缺；另有 3 条。",
        ),
    ],
)
def test_the_sentence_of_a_batch_names_five_and_counts_the_rest(result, said):
    assert answers.sentence(result) == said


@pytest.mark.parametrize(
    ("label", "plain_label"), [("上报 {n} 项", "上报"), ("{n} 项", ""), ("退回", "退回"), ("审核 {n}", "审核")]
)
def test_a_verb_without_its_number(label, plain_label):
    assert BatchAction("x", label).plain_label == plain_label


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (Count(0, True), "0"),
        (Count(999, True), "999"),
        (Count(1_765, True), "1,765"),
        (Count(10_000, True), "10,000"),
        (Count(10_000, False), "10,000+"),
    ],
)
def test_counts_say_when_they_are_a_bound(count, text):
    assert count.text == text


@STILL
@given(value=st.one_of(st.integers(), st.decimals(allow_nan=False, allow_infinity=False, places=2)))
def test_separators_change_nothing_but_the_looks(value):
    said = number(value)
    assert Decimal(said.replace(",", "")) == value
    digits = said.lstrip("-").partition(".")[0]
    assert all(len(group) == 3 for group in digits.split(",")[1:])
    assert 1 <= len(digits.split(",")[0]) <= 3


@given(text=st.text(max_size=40))
def test_quoted_text_never_opens_a_tag_and_reads_the_same(text):
    said = quoted(text)
    assert not set("<>\"'") & set(said)
    assert unescape(said) == text


@pytest.mark.parametrize(("value", "said"), [(12.5, "12.5"), (Decimal("3.10"), "3.10"), (Ellipsis, "Ellipsis")])
def test_other_values_are_said_as_python_says_them(value, said):
    assert plain(value) == said


def test_a_column_reads_by_its_name_by_a_path_or_by_a_function():
    row = SimpleNamespace(name="甲", base=SimpleNamespace(name="乙"))
    assert getter(Column("name", ""))(row) == "甲"
    assert getter(Column("x", "", value="base.name"))(row) == "乙"
    assert getter(Column("x", "", value=lambda one: one.name * 2))(row) == "甲甲"
