"""Role × action: the page, the document and the roles are one thing (P-07, Q-10)."""

from __future__ import annotations

import pytest

from xinglin.accounts import matrix as module
from xinglin.accounts.matrix import PERMISSIONS, granted, matrix, opening_matrix, roles
from xinglin.accounts.roles import OPENS, ROLES
from xinglin.accounts.selectors import viewer_as
from xinglin.organizations.enums import Kind

from .factories import make_tree

pytestmark = pytest.mark.req("P-07")


def test_every_permission_of_a_role_has_one_line_with_words_in_both_languages():
    codes = [line.permission.code for line in matrix()]
    assert sorted(codes) == sorted(granted())
    assert len(set(codes)) == len(codes)
    for permission in PERMISSIONS:
        assert permission.label and permission.meaning and permission.part, permission.code


def test_no_words_are_kept_for_permissions_that_nobody_has():
    assert {permission.code for permission in PERMISSIONS} <= granted()


@pytest.mark.parametrize("role_code", sorted(ROLES))
def test_the_marks_are_the_roles_permissions(role_code):
    place = [role.code for role in roles()].index(role_code)
    marked = {line.permission.code for line in matrix() if line.marks[place]}
    assert marked == ROLES[role_code].permissions


def test_roles_go_from_the_top_of_the_tree_down():
    order = [Kind.MINISTRY, Kind.ASSOCIATION, Kind.PROVINCE, Kind.HOSPITAL]
    assert [order.index(role.kind) for role in roles()] == sorted(order.index(role.kind) for role in roles())


def test_a_permission_without_words_still_shows(monkeypatch):
    monkeypatch.setattr(module, "PERMISSIONS", PERMISSIONS[1:])
    assert matrix()[-1].permission.code == PERMISSIONS[0].code


def test_who_opens_whom_is_the_table():
    codes = [role.code for role in roles()]
    for opener, marks in opening_matrix():
        assert {code for code, mark in zip(codes, marks, strict=True) if mark} == OPENS[opener.code]


@pytest.mark.django_db
@pytest.mark.parametrize("role_code", sorted(ROLES))
def test_somebody_imagined_under_a_role_is_nobody(role_code):
    """He shows what such an identity would see; he is not the system, owns nothing, and is no person."""
    tree = make_tree()
    place = {
        Kind.MINISTRY: tree.ministry, Kind.ASSOCIATION: tree.association, Kind.PROVINCE: tree.province,
        Kind.HOSPITAL: tree.base,
    }[ROLES[role_code].kind]  # fmt: skip
    imagined = viewer_as(role_code, place, track="tcm")
    assert imagined.user_id is not None and imagined.person_id is None
    assert (imagined.permissions, imagined.organization_path) == (ROLES[role_code].permissions, place.path)
    assert imagined.track == "tcm"
    assert imagined.province_id == (place.pk if place.kind == Kind.PROVINCE else place.province_id)
    assert viewer_as(role_code, place).track is None
