"""What may be changed in a code table, and what an edition would change: the rules alone, without a database (P-10)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.dictionaries import amendments, sources
from xinglin.dictionaries.amendments import BUILT_IN, CODE, Difference, Present, Wanted

pytestmark = pytest.mark.req("P-10")
TABLE = {
    "1": Present("内科", "内"),
    "2": Present("外科"),
    "2.1": Present("骨科", "", "2"),
    "2.2": Present("泌尿科", "", "2"),
    "9": Present("旧科", "", "", usable=False),
}
FACTS = {"1": Present("内科", has_facts=True), "2": Present("外科", has_facts=True)}

codes = st.text("0123456789ABCxyz._-", min_size=1, max_size=8)
labels = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x4E40), min_size=1, max_size=4)
rows = st.builds(Wanted, codes, labels, st.just("") | labels, st.just("") | codes)
tables = st.dictionaries(codes, st.builds(Present, labels, st.just("") | labels, st.just(""), st.booleans()))


def fields(wanted: Wanted, present: dict[str, Present] | None = None) -> list[str]:
    return [field for field, _ in amendments.faults(wanted, TABLE if present is None else present)]


def sentence(wanted: Wanted, present: dict[str, Present] | None = None) -> str:
    ((_, said),) = amendments.faults(wanted, TABLE if present is None else present)
    return said


# --- what is typed ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "stored"), [
    (" 60 ", "60"), ("６０", "60"), ("0 1", "01"), ("Ａ-１", "A-1"), ("z1", "z1"), ("\u3000２1", "21"), ("", ""),
])  # fmt: skip
def test_codes_lose_spaces_and_width_and_keep_their_case(typed, stored):
    found = amendments.cleaned(Wanted(typed, "名", "", typed, typed))
    assert (found.code, found.parent_code, found.like) == (stored, stored, stored)


@pytest.mark.parametrize(("typed", "stored"), [
    ("　示例科 ", "示例科"), ("示例科\u200b", "示例科"), ("A  B 科", "A B 科"), ("ＡＢ科", "AB科"), ("\t科\n", "科"),
])  # fmt: skip
def test_labels_lose_odd_spaces(typed, stored):
    found = amendments.cleaned(Wanted("1", typed, typed))
    assert (found.label, found.short_label) == (stored, stored)


@given(rows)
def test_cleaning_twice_is_cleaning_once(wanted):
    once = amendments.cleaned(wanted)
    assert amendments.cleaned(once) == once


@pytest.mark.parametrize("code", ["1", "01", "A", "a-1", "2.10", "CHN", "own_employee", "x" * 20, "1._-"])
def test_codes_that_may_be(code):
    assert CODE.fullmatch(code)


@pytest.mark.parametrize("code", ["", "-1", ".1", "_a", "x" * 21, "a b", "甲", "1/2", "1\n", "<b>", "=1+1", "a'b"])
def test_codes_that_may_not_be(code):
    assert not CODE.fullmatch(code)
    assert "code" in fields(Wanted(code, "新科"))


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [
    Wanted("3", "儿科"), Wanted("3", "儿科", "儿"), Wanted("2.3", "骨科二", "", "2"), Wanted("2.3", "骨科", "", ""),
    Wanted("1", "大内科"), Wanted("1", "内科"), Wanted("3", "旧科"), Wanted("2.3", "内科", "", "2"),
    Wanted("3", "长" * 100, "短" * 60), Wanted("3", "儿科", like="1"),
])  # fmt: skip
def test_what_may_be_entered(wanted):
    assert amendments.faults(wanted, TABLE) == []


@pytest.mark.parametrize(("wanted", "field", "said"), [
    (Wanted("3", ""), "label", "请填写名称。"),
    (Wanted("3", "长" * 101), "label", "最多 100 个字，现在是 101 个字。"),
    (Wanted("3", "儿科", "短" * 61), "short_label", "最多 60 个字，现在是 61 个字。"),
    (Wanted("3", "儿科", "", "7"), "parent_code", "本表没有上级代码 7。"),
    (Wanted("2", "外科", "", "2"), "parent_code", "本表没有上级代码 2。"),
    (Wanted("3", "内科"), "label", "与 1 重名，导入时分不清是哪一个。请加上区别的字。"),
    (Wanted("3", "内 科"), "label", "与 1 重名，导入时分不清是哪一个。请加上区别的字。"),
    (Wanted("2.3", "骨科", "", "2"), "label", "与 2.1 重名，导入时分不清是哪一个。请加上区别的字。"),
    (Wanted("3", "儿科", like="7"), "like", "本表没有代码 7。"),
    (Wanted("=3", "儿科"), "code", amendments.CODE_FORM),
])  # fmt: skip
def test_what_may_not_says_where_and_why(wanted, field, said):
    assert fields(wanted) == [field]
    assert sentence(wanted) == said


def test_all_faults_are_told_at_once():
    assert fields(Wanted("", "", "短" * 61, "7", "8")) == ["code", "label", "short_label", "parent_code", "like"]


def test_a_new_code_of_a_table_with_facts_says_like_which():
    assert fields(Wanted("3", "儿科"), FACTS) == ["like"]
    assert fields(Wanted("3", "儿科", like="1"), FACTS) == []
    assert fields(Wanted("1", "大内科"), FACTS) == [], "who is there has its facts"


def test_a_table_where_only_some_have_facts_asks_for_none():
    assert fields(Wanted("3", "儿科"), FACTS | {"5": Present("检验科")}) == []
    assert fields(Wanted("3", "儿科"), FACTS | {"5": Present("检验科", usable=False)}) == ["like"]
    assert fields(Wanted("3", "儿科"), {}) == []


@given(rows, tables)
def test_faults_name_fields_of_the_form_and_are_whole_sentences(wanted, present):
    for field, said in amendments.faults(wanted, present):
        assert field in Wanted.__slots__ and said.endswith("。")


@given(labels, codes, codes)
def test_two_usable_entries_never_get_one_label_under_one_parent(label, code, other):
    found = fields(Wanted(code, label), {other: Present(label)})
    assert ("label" in found) == (code != other)


# --- differences ------------------------------------------------------------------------------------------------------


def changed(*wanted: Wanted, retire: bool = False) -> dict[str, list[str]]:
    found = amendments.difference(wanted, TABLE, retire_missing=retire)
    return {name: getattr(found, name) for name in found.counts if getattr(found, name)}


@pytest.mark.parametrize(("wanted", "what"), [
    (Wanted("3", "儿科"), {"added": ["3"]}),
    (Wanted("1", "内科"), {}),
    (Wanted("1", "内科", "内"), {}),
    (Wanted("1", "大内科"), {"renamed": ["1"]}),
    (Wanted("1", "内科", "大内"), {"renamed": ["1"]}),
    (Wanted("2.1", "骨科", "", "1"), {"moved": ["2.1"]}),
    (Wanted("2.1", "骨科"), {}),
    (Wanted("2.1", "骨外科", "", "1"), {"renamed": ["2.1"], "moved": ["2.1"]}),
    (Wanted("9", "旧科"), {"restored": ["9"]}),
    (Wanted("9", "新科"), {"renamed": ["9"], "restored": ["9"]}),
])  # fmt: skip
def test_what_one_row_changes(wanted, what):
    assert changed(wanted) == what


def test_what_the_workbook_does_not_name_is_retired_only_where_that_was_asked():
    assert changed(Wanted("1", "内科"), retire=True) == {"retired": ["2", "2.1", "2.2"]}
    assert changed(Wanted("1", "内科"), retire=False) == {}
    assert changed(retire=True) == {"retired": ["1", "2", "2.1", "2.2"]}, "what is retired is not retired again"


def test_an_unchanged_row_is_counted():
    found = amendments.difference([Wanted("1", "内科"), Wanted("2", "外科"), Wanted("3", "儿科")], TABLE,
                                  retire_missing=False)  # fmt: skip
    assert (found.unchanged, found.total) == (2, 1)


@given(st.lists(rows, unique_by=lambda row: row.code), tables, st.booleans())
def test_every_row_and_every_entry_is_accounted_for(wanted, present, retire):
    found = amendments.difference(wanted, present, retire_missing=retire)
    touched = {*found.renamed, *found.moved, *found.restored}
    assert len(found.added) + len(touched) + found.unchanged == len(wanted)
    assert not set(found.added) & present.keys() and touched <= present.keys()
    assert not set(found.retired) & {row.code for row in wanted}
    assert all(present[code].usable for code in found.retired)
    assert retire or not found.retired
    assert found.total == sum(map(len, (found.added, found.renamed, found.moved, found.retired, found.restored)))


@given(tables)
def test_the_same_table_again_changes_nothing_but_what_was_retired(present):
    again = [Wanted(code, entry.label, entry.short_label, entry.parent_code) for code, entry in present.items()]
    found = amendments.difference(again, present, retire_missing=True)
    assert found.restored == [code for code, entry in present.items() if not entry.usable]
    assert found.counts == {"added": 0, "renamed": 0, "moved": 0, "retired": 0, "restored": len(found.restored)}


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("counts", "said"), [
    ({}, "没有变化"),
    ({"added": 0, "renamed": 0}, "没有变化"),
    ({"added": 2, "renamed": 1}, "新增 2，改名 1"),
    ({"moved": 3, "retired": 4, "restored": 5}, "换上级 3，停用 4，恢复 5"),
    ({"weather": 3}, "没有变化"),
    ({"added": 1, "weather": 3}, "新增 1"),
])  # fmt: skip
def test_counts_in_words(counts, said):
    assert amendments.counts_text(counts) == said


def test_counts_of_a_difference_have_words_for_all():
    whole = Difference(["a"], ["b"], ["c"], ["d"], ["e"])
    assert amendments.counts_text(whole.counts) == "新增 1，改名 1，换上级 1，停用 1，恢复 1"


@pytest.mark.parametrize("key", sorted(BUILT_IN))
def test_tables_of_the_products_own_words_are_shipped(key):
    assert sources.shipped(key).entries


def test_national_tables_can_be_kept_by_the_association():
    national = {key for key in sources.shipped_keys() if "GB" in sources.titles()[key] + sources.shipped(key).source}
    assert national - BUILT_IN >= {"ethnic_group", "division", "degree", "nationality"}
    assert not {"specialty", "medical_subject", "title", "personnel_type"} & BUILT_IN
