"""Canonical content, digest and difference agree on what is the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.reviews.content import Change, canonical, difference, digest
from xinglin.reviews.spec import Outcome

keys = st.sampled_from(["basic_info.name", "basic_info.email", "education.bachelor.applies", "training_info.note"])
values = st.one_of(st.none(), st.just(""), st.booleans(), st.text('证a"\\\n\t ', max_size=4), st.integers(2, 9))
contents = st.dictionaries(keys, values)


@pytest.mark.req("R-21")
@given(contents, contents)
def test_no_difference_is_the_same_digest(old, new):
    assert (difference(old, new) == []) == (digest(old) == digest(new))


@pytest.mark.req("R-21")
@given(contents, contents)
def test_difference_turned_round_is_the_same_changes(old, new):
    there = {(change.key, change.old, change.new) for change in difference(old, new)}
    back = {(change.key, change.new, change.old) for change in difference(new, old)}
    assert there == back


@pytest.mark.req("R-21")
@given(contents, keys)
def test_empty_and_missing_are_the_same(content, key):
    without = {name: value for name, value in content.items() if name != key}
    for empty in ("", None):
        assert digest({**without, key: empty}) == digest(without)
        assert difference({**without, key: empty}, without) == []


@pytest.mark.req("R-21")
@given(contents)
def test_the_order_of_fields_does_not_matter_and_the_spelling_reads_back(content):
    turned = dict(reversed(content.items()))
    assert canonical(content) == canonical(turned) and len(digest(content)) == 64
    kept = {key: value for key, value in content.items() if value not in ("", None)}
    assert json.loads(canonical(content)) == kept


@pytest.mark.req("R-21")
def test_no_is_an_answer_and_not_empty():
    assert difference({}, {"a": False}) == [Change("a", None, False)]
    assert digest({"a": False}) != digest({})


@pytest.mark.req("R-21")
def test_changes_come_in_the_order_of_the_new_then_what_vanished():
    changes = difference({"gone": 1, "b": 1, "a": 1}, {"b": 2, "a": 2, "new": 1})
    assert [change.key for change in changes] == ["b", "a", "new", "gone"]
    assert changes[-1] == Change("gone", 1, None)


@pytest.mark.req("R-21")
def test_answers_of_batches_are_joined():
    first, second = Outcome(done=[1]), Outcome(done=[3])
    first.refuse(2, "缺“民族”", "basic_info.ethnic_group")
    second.refuse(4, "一")
    second.refuse(4, "二")
    first.merge(second)
    assert first.done == [1, 3]
    assert {pk: [issue.message for issue in issues] for pk, issues in first.refused.items()} == {
        2: ["缺“民族”"], 4: ["一", "二"],
    }  # fmt: skip
    assert first.refused[2][0].field == "basic_info.ethnic_group"
