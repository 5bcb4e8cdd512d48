"""docs/security.md names every item of ASVS 5.0 at levels 1 and 2 once, and no test that does not exist (Q-12)."""

import re
from collections import Counter
from itertools import chain

import pytest

from tests.sources import ROOT

TABLE = ROOT / "docs" / "security.md"
STATES = {"met", "partly", "not met", "n/a"}
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| L([12]) \| ([^|]+) \| ([^|]*) \| ([^|]*) \|$", re.M)

# Section → last numbers of its items at each level, as in the release 5.0.0 of the standard.
LEVEL_1 = {
    "1.2": [1, 2, 3, 4, 5], "1.3": [1, 2], "1.5": [1], "2.1": [1], "2.2": [1, 2], "2.3": [1], "3.2": [1, 2],
    "3.3": [1], "3.4": [1, 2], "3.5": [1, 2, 3], "4.1": [1], "4.4": [1], "5.2": [1, 2], "5.3": [1, 2], "6.1": [1],
    "6.2": [1, 2, 3, 4, 5, 6, 7, 8], "6.3": [1, 2], "6.4": [1, 2], "7.2": [1, 2, 3, 4], "7.4": [1, 2], "8.1": [1],
    "8.2": [1, 2], "8.3": [1], "9.1": [1, 2, 3], "9.2": [1], "10.4": [1, 2, 3, 4, 5], "11.3": [1, 2], "11.4": [1],
    "12.1": [1], "12.2": [1, 2], "13.4": [1], "14.2": [1], "14.3": [1], "15.1": [1], "15.2": [1], "15.3": [1],
}  # fmt: skip
LEVEL_2 = {
    "1.1": [1, 2], "1.2": [6, 7, 8, 9], "1.3": [3, 4, 5, 6, 7, 8, 9, 10, 11], "1.4": [1, 2, 3], "1.5": [2],
    "2.1": [2, 3], "2.2": [3], "2.3": [2, 3, 4], "2.4": [1], "3.3": [2, 3, 4], "3.4": [3, 4, 5, 6], "3.5": [4, 5],
    "3.7": [1, 2], "4.1": [2, 3], "4.2": [1], "4.3": [1, 2], "4.4": [2, 3, 4], "5.1": [1], "5.2": [3],
    "5.4": [1, 2, 3], "6.1": [2, 3], "6.2": [9, 10, 11, 12], "6.3": [3, 4], "6.4": [3, 4], "6.5": [1, 2, 3, 4, 5],
    "6.6": [1, 2, 3], "6.8": [1, 2, 3, 4], "7.1": [1, 2, 3], "7.3": [1, 2], "7.4": [3, 4, 5], "7.5": [1, 2],
    "7.6": [1, 2], "8.1": [2], "8.2": [3], "8.4": [1], "9.2": [2, 3, 4], "10.1": [1, 2], "10.2": [1, 2],
    "10.3": [1, 2, 3, 4], "10.4": [6, 7, 8, 9, 10, 11], "10.5": [1, 2, 3, 4, 5], "10.6": [1, 2], "10.7": [1, 2, 3],
    "11.1": [1, 2], "11.2": [1, 2, 3], "11.3": [3], "11.4": [2, 3, 4], "11.5": [1], "11.6": [1], "12.1": [2, 3],
    "12.3": [1, 2, 3, 4], "13.1": [1], "13.2": [1, 2, 3, 4, 5], "13.3": [1, 2], "13.4": [2, 3, 4, 5], "14.1": [1, 2],
    "14.2": [2, 3, 4], "14.3": [2, 3], "15.1": [2, 3], "15.2": [2, 3], "15.3": [2, 3, 4, 5, 6, 7], "16.1": [1],
    "16.2": [1, 2, 3, 4, 5], "16.3": [1, 2, 3, 4], "16.4": [1, 2, 3], "16.5": [1, 2, 3], "17.1": [1],
    "17.2": [1, 2, 3, 4], "17.3": [1, 2],
}  # fmt: skip

pytestmark = pytest.mark.req("Q-12")


def rows() -> list[tuple[str, str, str, str, str]]:
    """Item, level, state, where, test."""
    found = ROW.findall(TABLE.read_text(encoding="utf-8"))
    return [(item, level, state.strip(), where.strip(), test.strip()) for item, level, state, where, test in found]


def items(level: dict[str, list[int]]) -> set[str]:
    return set(chain.from_iterable((f"{section}.{number}" for number in last) for section, last in level.items()))


def test_every_item_of_both_levels_stands_once_with_its_level() -> None:
    told = Counter(item for item, *_ in rows())
    assert {item for item, times in told.items() if times > 1} == set()
    assert {item for item, level, *_ in rows() if level == "1"} == items(LEVEL_1)
    assert {item for item, level, *_ in rows() if level == "2"} == items(LEVEL_2)
    assert len(told) == 253


def test_states_are_known_counted_and_explained() -> None:
    assert {state for _, _, state, *_ in rows()} <= STATES
    assert [item for item, _, _, where, _ in rows() if len(where) < 5] == []
    count = Counter(state for _, _, state, *_ in rows())
    told = f"{count['met']} met, {count['partly']} partly, {count['not met']} not met, {count['n/a']} not applicable."
    assert told in TABLE.read_text(encoding="utf-8")


def test_what_is_called_met_names_a_test() -> None:
    bare = {item for item, _, state, _, test in rows() if state == "met" and not test}
    shown_with_the_second_factor = {"6.1.3", "7.1.1"}
    assert bare <= shown_with_the_second_factor, "where is it shown?"


def test_every_test_that_is_named_exists() -> None:
    missing = []
    for item, _, _, _, test in rows():
        if not test:
            continue
        path, _, name = test.strip("`").partition("::")
        file = ROOT / path
        if not file.is_file() or f"def {name}(" not in file.read_text(encoding="utf-8"):
            missing.append(f"{item}: {test}")
    assert not missing
