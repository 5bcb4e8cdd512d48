"""Paths are prefixes of exactly their subtree; dated things count half-open (P-01)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.organizations import rules
from xinglin.organizations.enums import Kind

# A tree as the parent's position of every node but the root: node n hangs under one of the nodes before it.
trees = st.lists(st.integers(0, 10_000), min_size=1, max_size=40).map(
    lambda draws: [draw % (position + 1) for position, draw in enumerate(draws)]
)


def build(parents):
    """Paths with ids that share digits (1, 11, 111 …), where a careless prefix would match."""
    ids = [int("1" * (position % 6 + 1) + str(position)) for position in range(len(parents) + 1)]
    paths = [rules.path_under("", ids[0])]
    for position, parent in enumerate(parents, 1):
        paths.append(rules.path_under(paths[parent], ids[position]))
    return ids, paths


def ancestors(parents, node):
    found = {node}
    while node:
        node = parents[node - 1]
        found.add(node)
    return found


@given(trees)
def test_a_subtree_is_exactly_a_prefix(parents):
    ids, paths = build(parents)
    for node, path in enumerate(paths):
        above = ancestors(parents, node)
        assert {other for other, of in enumerate(paths) if rules.within(path, of)} == above
        assert set(rules.ids_in(path)) == {ids[other] for other in above}
        assert rules.ids_in(path)[-1] == ids[node]


days = st.dates(date(2000, 1, 1), date(2030, 1, 1))


@given(days, days, days)
def test_capabilities_count_half_open(start, end, day):
    assert rules.in_force(start, None, day) == (day >= start)
    if start < end:
        assert rules.in_force(start, end, day) == (start <= day < end)


@pytest.mark.parametrize(("kind", "parent", "fits"), [
    (Kind.HOSPITAL, Kind.PROVINCE, True),
    (Kind.HOSPITAL, Kind.COUNTY, True),
    (Kind.HOSPITAL, Kind.HOSPITAL, False),
    (Kind.PROVINCE, Kind.ASSOCIATION, True),
    (Kind.PROVINCE, None, False),
    (Kind.MINISTRY, None, True),
])  # fmt: skip
def test_what_hangs_under_what(kind, parent, fits):
    assert rules.may_hang(kind, parent) is fits
