"""What a viewer may do and whom it covers."""

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.kernel.errors import NotAllowed
from xinglin.kernel.viewer import Viewer

BASE = Viewer(
    user_id=1, user_name="林知夏", grant_id=1, role="base_admin", role_label="培训基地管理员", organization_id=7,
    organization_name="澜江医院", organization_path="/1/3/7/", permissions=frozenset({"residents.report"}),
)  # fmt: skip
node_ids = st.lists(st.integers(1, 40), max_size=4)


def path(ids):
    return "/" + "".join(f"{node}/" for node in ids)


@pytest.mark.req("P-07")
def test_covers_its_own_node_and_what_is_below():
    assert BASE.covers("/1/3/7/") and BASE.covers("/1/3/7/9/")


@pytest.mark.req("P-07")
@pytest.mark.parametrize("foreign", ["/", "/1/", "/1/3/", "/1/3/70/", "/1/3/8/", "/2/1/3/7/", ""])
def test_covers_nothing_above_or_beside(foreign):
    assert not BASE.covers(foreign)


@pytest.mark.req("P-07")
@given(node_ids, node_ids)
def test_a_subtree_is_a_prefix_of_whole_ids(own, other):
    viewer = replace(BASE, organization_path=path(own))
    assert viewer.covers(path(other)) == (other[: len(own)] == own)


@pytest.mark.req("P-07")
def test_track_limits_a_viewer_that_has_one():
    western = replace(BASE, track="western")
    assert western.covers("/1/3/7/", "western") and western.covers("/1/3/7/")
    assert not western.covers("/1/3/7/", "tcm")
    assert BASE.covers("/1/3/7/", "tcm")


def test_without_an_organisation_nothing_is_covered():
    nobody = replace(BASE, organization_path="", organization_id=None)
    assert not nobody.covers("/1/") and not nobody.covers("")


def test_require_names_the_identity_and_the_way_out():
    BASE.require("residents.report")
    with pytest.raises(NotAllowed) as refused:
        BASE.require("residents.review")
    assert "培训基地管理员" in refused.value.message and "切换身份" in refused.value.message
    assert refused.value.status == 403


def test_the_system_covers_everything_and_may_nothing_of_people():
    system = Viewer.system("月末归档")
    assert system.covers("/1/3/7/", "tcm") and system.covers("/")
    assert not system.is_person and system.source == "job" and system.user_name == "月末归档"
    assert not system.may("residents.report")


def test_a_viewer_cannot_be_changed_and_each_has_its_request():
    with pytest.raises(FrozenInstanceError):
        BASE.role = "association_admin"  # type: ignore[misc]
    assert Viewer.system("一").request_id != Viewer.system("二").request_id
