"""A viewer sees its own node and its subtree, no sibling (P-01)."""

import pytest

from xinglin.organizations import selectors
from xinglin.organizations.tests.trees import make_tree, viewer_at

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-01")]


def test_scopes():
    tree = make_tree()
    base = viewer_at(tree.base)
    province = viewer_at(tree.province)
    association = viewer_at(tree.association)
    assert list(selectors.organizations(base)) == [tree.base]
    assert set(selectors.bases(province)) == {tree.base, tree.sibling}
    assert set(selectors.bases(association)) == set(tree.bases)
    assert not selectors.bases(association, "tcm")
    assert list(selectors.provinces(province)) == [tree.province]
    assert set(selectors.provinces()) == {tree.province, tree.other_province}
    assert selectors.base_of(base) == tree.base
    assert selectors.base_of(province) is None
    assert list(selectors.subtree(tree.province)) == [tree.province, tree.base, tree.sibling]
    assert selectors.ancestors(tree.base) == [tree.ministry, tree.association, tree.province]
