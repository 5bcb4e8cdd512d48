"""What holds for every code table as it is read: choices, labels, trees, retired codes (P-10)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.dictionaries import selectors
from xinglin.dictionaries.models import CodeEntry, CodeTable
from xinglin.dictionaries.sources import DATA

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-10")]
KEYS = sorted([path.stem for path in DATA.glob("*.json")] + ["division"])
TREES = ("division", "medical_subject", "education_level", "degree")
COMMON = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("key", KEYS)
def test_it_is_loaded_with_source_and_edition(key: str) -> None:
    row = CodeTable.objects.get(key=key)
    assert row.title and row.source and row.edition and row.version


@pytest.mark.parametrize("key", KEYS)
def test_what_may_be_chosen_is_in_the_table(key: str) -> None:
    offered = selectors.choices(key)
    every = selectors.choices(key, include_retired=True)
    assert offered and len({code for code, _ in every}) == len(every)
    assert set(offered) <= set(every)
    assert [pair for pair in every if pair in set(offered)] == offered, "both in the order of the table"


@pytest.mark.parametrize("key", KEYS)
def test_every_code_has_its_label(key: str) -> None:
    labels = selectors.labels(key)
    for code, label in selectors.choices(key, include_retired=True)[:400]:
        assert labels[code] == label == selectors.label(key, code)
        assert selectors.short_label(key, code)
        entry = selectors.entry(key, code)
        assert entry is not None and (entry.code, entry.label) == (code, label)
        assert code in selectors.codes(key)


@pytest.mark.parametrize("key", KEYS)
def test_a_code_and_its_label_are_both_read(key: str) -> None:
    """Typed as code or as label, each choosable entry is found; another entry's only where labels repeat."""
    offered = selectors.choices(key)[:200]
    labels = [label for _, label in selectors.choices(key)]
    for code, label in offered:
        assert selectors.code_for(key, code) == code
        if labels.count(label) == 1:
            assert selectors.code_for(key, label) == code


@pytest.mark.parametrize("key", KEYS)
def test_the_unknown_is_unknown(key: str) -> None:
    for typed in ("没有这一项也没有", "", None, "\x00", "－－"):
        assert selectors.code_for(key, typed) is None
    assert selectors.label(key, "no-such-code") == "no-such-code"
    assert selectors.label(key, "") == "" and selectors.label(key, None) == ""
    assert selectors.entry(key, "no-such-code") is None
    assert "no-such-code" not in selectors.codes(key)


@pytest.mark.parametrize("key", TREES)
def test_a_tree_has_each_entry_under_one_parent(key: str) -> None:
    """From the top down everything choosable is met once, and the way up agrees with the way down."""
    met: list[str] = []
    open_ends = list(selectors.children(key, ""))
    while open_ends:
        entry = open_ends.pop()
        met.append(entry.code)
        if len(met) > 600:
            break
        for child in selectors.children(key, entry.code):
            assert selectors.parent_of(key, child) == entry.code or child.parent_code == entry.code
            if entry.parent_code == "" or key != "division":
                open_ends.append(child)
    assert len(met) == len(set(met))
    assert set(met) <= {code for code, _ in selectors.choices(key)}


@COMMON
@given(st.sampled_from(KEYS), st.text(max_size=20))
def test_a_suggestion_is_a_label_of_the_table(key: str, typed: str) -> None:
    found = selectors.nearest(key, typed)
    assert found is None or found in selectors.labels(key).values()


@COMMON
@given(st.sampled_from(KEYS), st.integers(0, 10_000))
def test_what_is_found_exactly_is_also_nearest(key: str, number: int) -> None:
    offered = selectors.choices(key)
    code, label = offered[number % len(offered)]
    if [other for _, other in offered].count(label) == 1:
        assert selectors.nearest(key, label) == label
        assert selectors.code_for(key, f"  {label}\u3000") == code


@pytest.mark.parametrize("key", ["specialty", "sex", "title"])
def test_a_retired_code_is_read_and_not_offered(key: str) -> None:
    from datetime import date

    code, label = selectors.choices(key)[0]
    CodeEntry.objects.filter(table__key=key, code=code).update(retired_from=date(2020, 1, 1))
    selectors.forget(key)
    assert (code, label) not in selectors.choices(key)
    assert selectors.label(key, code) == label
    assert selectors.code_for(key, code) is None
    assert (code, label) in selectors.choices(key, include_retired=True)


@pytest.mark.parametrize("key", KEYS[:6])
def test_reading_again_asks_nothing(key: str, django_assert_num_queries: object) -> None:
    selectors.choices(key)
    with django_assert_num_queries(0):  # type: ignore[operator]
        selectors.choices(key)
        selectors.labels(key)
        selectors.code_for(key, "甲")
        selectors.nearest(key, "甲")


def test_specialties_belong_to_a_track() -> None:
    for code, _ in selectors.choices("specialty", include_retired=True):
        entry = selectors.entry("specialty", code)
        assert entry is not None and entry.extra["track"] in ("western", "tcm")
        assert (entry.extra["track"] == "tcm") == code.startswith("Z")


def test_medical_subjects_have_two_levels() -> None:
    for code, _ in selectors.choices("medical_subject"):
        entry = selectors.entry("medical_subject", code)
        assert entry is not None
        assert entry.parent_code == ("" if "." not in code else code.partition(".")[0])


def test_divisions_begin_with_their_parent() -> None:
    for code, _ in selectors.choices("division")[:1_000]:
        entry = selectors.entry("division", code)
        assert entry is not None and len(code) == 6 and code.isdigit()
        assert not entry.parent_code or entry.parent_code[:2] == code[:2]
