"""Who may change what, said in words; which entries of the menu each role has (P-01, P-21, P-07)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xinglin.organizations.models import Organization
from xinglin.ui import navigation

from ..selectors.organizations.rights import ADMINISTERED, OWN_PART, Rights, rights_of, why_no_child
from .organizations_scene import ROLES, Organizations, make_organizations

pytestmark = pytest.mark.django_db
NODES = ("ministry", "association", "province", "base", "sibling", "foreign_base")
MAY_EDIT = {
    "association": {"association", "province", "base", "sibling", "foreign_base"},
    "province": {"province", "base", "sibling"},
    "other_province": {"foreign_base"},
}
MAY_KEEP = {"base": {"base"}, "base_account": {"base"}, "sibling": {"sibling"}, "far_base": {"foreign_base"}}


@pytest.fixture
def world() -> Organizations:
    return make_organizations()


@pytest.mark.req("P-21")
@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("name", NODES)
def test_the_whole_table(world: Organizations, who: str, name: str) -> None:
    """Every role against every kind of node: allowed, or a reason that says who can."""
    node: Organization = getattr(world.tree, name)
    rights = rights_of(world.viewer(who), node)
    edits = name in MAY_EDIT.get(who, set())
    keeps = edits or name in MAY_KEEP.get(who, set())
    assert (rights.edit == "") is edits
    assert (rights.own == "") is keeps
    if not edits:
        assert "省级管理员或中国医师协会" in rights.edit
    if not keeps:
        assert "由该单位自己或其省级管理员维护" in rights.own and world.viewer(who).role_label in rights.own


def test_a_base_is_told_what_it_may(world: Organizations) -> None:
    assert rights_of(world.viewer("base"), world.tree.base).edit == OWN_PART
    assert rights_of(world.viewer("base"), world.tree.sibling).edit.endswith(ADMINISTERED)


@pytest.mark.parametrize(("track", "asked", "allowed"), [
    ("", "western", True), ("", "tcm", True), ("western", "western", True), ("western", "tcm", False),
    ("tcm", "western", False), ("western", "", True),
])  # fmt: skip
def test_a_track_narrows_what_may_be_edited(track: str, asked: str, allowed: bool) -> None:
    said = Rights("", "", track).for_track(asked)
    assert (said == "") is allowed
    if not allowed:
        assert "切换身份" in said


def test_without_the_right_the_track_changes_nothing() -> None:
    assert Rights("不能", "不能", "tcm").for_track("western") == "不能"


def test_a_track_comes_from_the_identity(world: Organizations) -> None:
    one_track = replace(world.viewer("province"), track="tcm")
    assert rights_of(one_track, world.tree.base).track == "tcm"
    assert rights_of(world.viewer("province"), world.tree.base).track == ""


@pytest.mark.parametrize(("who", "name", "may"), [
    ("association", "association", True), ("association", "province", True), ("association", "base", False),
    ("province", "province", True), ("province", "base", False), ("reviewer", "province", False),
    ("ministry", "ministry", False), ("base", "base", False),
])  # fmt: skip
def test_where_something_can_be_set_up_below(world: Organizations, who: str, name: str, may: bool) -> None:
    said = why_no_child(world.viewer(who), getattr(world.tree, name))
    assert (said == "") is may
    if name == "base":
        assert said == "医院（单位）是最末一级，之下只有科室。"


@pytest.mark.req("P-07")
@pytest.mark.parametrize("who", ["association", "ministry", "province", "reviewer", "base", "base_account"])
def test_the_menu_follows_the_identity(world: Organizations, who: str) -> None:
    shown = {item.key.removeprefix("administration."): item for item in navigation.visible(world.viewer(who))}
    hospital = who in ("base", "base_account")
    assert ("own-organization" in shown) is hospital
    assert ("organizations" in shown) is not hospital
    assert {"specialty-bases", "departments"} <= set(shown)
    for name in ("own-organization", "organizations", "specialty-bases", "departments"):
        if name in shown:
            assert shown[name].parent == "administration.group-units" and shown[name].icon


def test_a_resident_has_none_of_it(world: Organizations) -> None:
    from xinglin.accounts.tests.factories import make_resident, viewer_of

    resident = viewer_of(make_resident(world.tree.base))
    keys = {item.key for item in navigation.visible(resident)}
    assert not any(key.startswith("administration.") and "organization" in key for key in keys)
    assert rights_of(resident, world.tree.base).own


@pytest.mark.parametrize("who", ["association", "province", "base"])
def test_every_entry_leads_to_a_page(world: Organizations, who: str) -> None:
    from django.urls import reverse

    ours = {"own-organization", "organizations", "specialty-bases", "departments"}
    for item in navigation.visible(world.viewer(who)):
        if item.key.removeprefix("administration.") in ours and item.url_name:
            answer = world.client(who).get(reverse(item.url_name))
            assert answer.status_code == 200
            assert answer.context["nav_key"] == item.key
