"""角色与权限, and what a role sees (P-07)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts.matrix import PERMISSIONS, roles
from xinglin.accounts.roles import OPENS, ROLES
from xinglin.accounts.selectors import viewer_as
from xinglin.accounts.tests.factories import make_staff, writes_of
from xinglin.administration.views.accounts_roles import FACES, menu_of
from xinglin.organizations.enums import Kind
from xinglin.ui import navigation

from .accounts_world import make_world

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-07")]
ROLES_PAGE, SEES = reverse("administration:roles"), reverse("administration:role-sees")
DESK = [code for code, role in ROLES.items() if not role.personal]


@pytest.fixture
def world():
    return make_world()


def place(tree, role_code: str):
    return {
        Kind.MINISTRY: tree.ministry, Kind.ASSOCIATION: tree.association, Kind.PROVINCE: tree.province,
        Kind.HOSPITAL: tree.base,
    }[ROLES[role_code].kind]  # fmt: skip


@pytest.mark.parametrize("who", DESK)
def test_every_desk_identity_reads_the_table(world, who):
    page = world.client(who).get(ROLES_PAGE)
    assert page.status_code == 200
    for role in roles():
        assert role.label in page.text and role.description in page.text
    for permission in PERMISSIONS:
        assert permission.label in page.text
    assert "当前身份" in page.text
    assert ("角色能看到什么" in page.text) == ("accounts.view" in ROLES[who].permissions)


def test_residents_do_not(world):
    assert world.client("resident").get(ROLES_PAGE).status_code == 403


def test_the_marks_on_the_page_are_the_rights(world):
    lines = [line for _, found in world.client("base_admin").get(ROLES_PAGE).context["parts"] for line in found]
    for place_of, role in enumerate(roles()):
        assert {line.permission.code for line in lines if line.marks[place_of]} == role.permissions
    page = world.client("base_admin").get(ROLES_PAGE).text
    marks = sum(mark for line in lines for mark in line.marks) + sum(map(len, OPENS.values()))
    assert page.count('aria-label="可以"') == marks, "not by colour alone, and not one more or less"


def look(world, who: str, role: str, organization, **words):
    return world.client(who).get(SEES, {"role": role, "organization": organization.pk} | words)


@pytest.mark.parametrize("role_code", sorted(ROLES))
def test_each_role_at_its_place(world, role_code):
    node = place(world.tree, role_code)
    page = look(world, "association_admin", role_code, node)
    assert page.status_code == 200
    assert node.name in page.text and ROLES[role_code].label in page.text
    for permission in PERMISSIONS:
        assert (permission in page.context["permissions"]) == (permission.code in ROLES[role_code].permissions)
    assert page.context["opens"] == [
        ROLES[code].label for code in reversed(ROLES) if code in OPENS.get(role_code, ())
    ]  # fmt: skip
    assert ("只有本人的信息" in page.text) == ROLES[role_code].personal


def flat(entries) -> set[str]:
    return {
        key for entry in entries for key in ({entry.item.key} if entry.item.url_name else set()) | flat(entry.below)
    }


@pytest.mark.parametrize("role_code", DESK)
def test_the_menu_that_is_told_is_the_menu_that_is_seen(world, role_code):
    node = place(world.tree, role_code)
    world.users[role_code] = make_staff(role_code, node)
    seen = world.client(role_code).get(ROLES_PAGE).context["frame"]

    def shown(entries) -> set[str]:
        return {key for entry in entries for key in ({entry.item.key} if entry.url else set()) | shown(entry.children)}

    told = menu_of(viewer_as(role_code, node), "desk")
    assert flat(told) == shown(seen.side)


@pytest.mark.parametrize("role_code", sorted(ROLES))
@pytest.mark.parametrize("face", [face for face, _ in FACES])
def test_no_menu_entry_needs_more_than_a_role_to_be_judged(world, role_code, face):
    """Counts are not asked, conditions of entries bear somebody without an account."""
    told = menu_of(viewer_as(role_code, place(world.tree, role_code)), face)
    assert flat(told) <= {item.key for item in navigation.items(face)}


def test_counts_of_the_subtree_by_level(world):
    counts = dict(look(world, "association_admin", "province_admin", world.tree.province).context["counts"])
    assert counts == {Kind.PROVINCE.label: 1, Kind.HOSPITAL.label: 2}
    counts = dict(look(world, "association_admin", "association_admin", world.tree.association).context["counts"])
    assert counts == {Kind.ASSOCIATION.label: 1, Kind.PROVINCE.label: 2, Kind.HOSPITAL.label: 4}


@pytest.mark.parametrize(
    ("role", "at", "words"),
    [
        ("base_admin", "province", "只在医院（单位）"),
        ("province_admin", "base", "只在省级卫生健康行政部门"),
        ("nobody", "base", "nobody"),
    ],
)
def test_a_role_that_does_not_belong_there_is_said(world, role, at, words):
    page = look(world, "association_admin", role, getattr(world.tree, at))
    assert page.status_code == 422 and words in page.text


@pytest.mark.parametrize("at", ["sibling", "foreign_base", "province", "association"])
def test_organisations_outside_the_subtree_are_no_choice(world, at):
    page = look(world, "base_organization", "base_admin", getattr(world.tree, at))
    assert page.status_code == 422
    assert getattr(world.tree, at).name not in page.text


@pytest.mark.parametrize("words", [{}, {"track": "tcm"}, {"track": "western"}])
def test_the_track_is_told(world, words):
    page = look(world, "base_organization", "base_admin", world.tree.base, **words)
    assert page.context["track"] == {"tcm": "中医", "western": "西医"}.get(words.get("track", ""), "西医、中医")


def test_looking_opens_nothing_and_writes_nothing(world):
    client = world.client("base_organization")
    with CaptureQueriesContext(connection) as caught:
        look(world, "base_organization", "base_admin", world.tree.base)
    assert not writes_of(caught.captured_queries)
    assert client.get(reverse("administration:base-accounts")).status_code == 403, "one's own rights stay"


def test_the_account_page_leads_to_what_its_identity_sees(world):
    page = world.client("base_organization").get(reverse("administration:account", args=[world.user("base_admin").pk]))
    (line,) = page.context["lines"]
    answer = world.client("base_organization").get(line.sees_url)
    assert answer.status_code == 200 and answer.context["role"].code == "base_admin"


@pytest.mark.parametrize("who", ["province_reviewer", "ministry_reader", "resident"])
def test_whoever_sees_no_accounts_does_not_look_through_others_eyes(world, who):
    assert world.client(who).get(SEES).status_code == 403
