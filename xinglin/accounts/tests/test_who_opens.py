"""Who opens whom (decision 0025): the table, its closure, and what it says to those whom it refuses (P-04, P-06, P-07)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.accounts.roles import KEPT_ABOVE, OPENS, ROLES, keeps, openers_of, right_to_open
from xinglin.accounts.rules import end_text, last_day, opening_refusal, reset_permissions, who_opens, who_resets
from xinglin.kernel.clock import SHANGHAI
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind

pytestmark = pytest.mark.req("P-06", "P-07")
CODES = sorted(ROLES)
PATHS = {
    "ministry": ("/1/", Kind.MINISTRY),
    "association": ("/1/2/", Kind.ASSOCIATION),
    "province": ("/1/2/3/", Kind.PROVINCE),
    "other_province": ("/1/2/4/", Kind.PROVINCE),
    "base": ("/1/2/3/5/", Kind.HOSPITAL),
    "sibling": ("/1/2/3/6/", Kind.HOSPITAL),
    "foreign_base": ("/1/2/4/7/", Kind.HOSPITAL),
}
HOME = {
    Kind.MINISTRY: "ministry",
    Kind.ASSOCIATION: "association",
    Kind.PROVINCE: "province",
    Kind.HOSPITAL: "base",
}
"""Where the giver of a role sits in these tests."""


def viewer(role_code: str, *, track: str | None = None, place: str = "") -> Viewer:
    what = ROLES[role_code]
    path, kind = PATHS[place or HOME[what.kind]]
    return Viewer(
        user_id=7, user_name="办理人", grant_id=8, role=what.code, role_label=what.label, organization_id=9,
        organization_name="本单位", organization_path=path, organization_kind=kind, track=track,
        permissions=what.permissions,
    )  # fmt: skip


def refusal(by: Viewer, role_code: str, place: str, *, track: str = "", receiver: int | None = 70) -> str:
    path, kind = PATHS[place]
    return opening_refusal(by, role_code, kind=kind, path=path, name="那里", track=track, receiver_id=receiver)


def reachable(role_code: str) -> set[str]:
    """Every role that a chain of givers could arrive at."""
    found: set[str] = set()
    edge = set(OPENS.get(role_code, ()))
    while edge:
        found |= edge
        edge = {code for giver in edge for code in OPENS.get(giver, ())} - found
    return found


@pytest.mark.parametrize("giver", sorted(OPENS))
def test_no_chain_of_grants_reaches_what_the_first_giver_may_not_give(giver):
    assert reachable(giver) <= OPENS[giver]


@given(st.lists(st.sampled_from(CODES), min_size=2, max_size=6))
def test_no_path_of_grants_gives_more_rights_than_the_first_line_names(chain):
    """Walk any chain of roles in which each may give the next: its last rights are those of a role the first may give."""
    if all(after in OPENS.get(before, ()) for before, after in pairwise(chain)):
        named = frozenset().union(*(ROLES[code].permissions for code in OPENS[chain[0]]))
        assert ROLES[chain[-1]].permissions <= named
        assert chain[-1] in OPENS[chain[0]]


@given(
    chain=st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(sorted(PATHS))), min_size=1, max_size=5),
    first=st.sampled_from(CODES),
    track=st.sampled_from([None, "western", "tcm"]),
)
def test_no_path_of_grants_leaves_the_subtree_or_the_track(chain, first, track):
    """Each giver hands on at his own place what the rule allows: the last one still sits below the first."""
    by = viewer(first, track=track)
    home = by.organization_path
    for role_code, place in chain:
        if refusal(by, role_code, place, track=by.track or ""):
            continue
        path, kind = PATHS[place]
        what = ROLES[role_code]
        by = replace(
            by, role=what.code, role_label=what.label, permissions=what.permissions, organization_path=path,
            organization_kind=kind, user_id=(by.user_id or 0) + 100,
        )  # fmt: skip
    assert by.organization_path.startswith(home) or (by.role, first) == ("ministry_reader", "association_admin")
    assert by.track == track


def test_every_role_of_the_table_lies_at_or_below_its_giver_but_for_what_is_kept_above():
    order = [Kind.MINISTRY, Kind.ASSOCIATION, Kind.PROVINCE, Kind.HOSPITAL]
    for giver, given_roles in OPENS.items():
        for code in given_roles - KEPT_ABOVE.get(giver, frozenset()):
            assert order.index(ROLES[code].kind) >= order.index(ROLES[giver].kind)


def test_only_the_association_keeps_what_is_above_it_and_wins_nothing_by_it():
    assert {"association_admin": frozenset({"ministry_reader"})} == KEPT_ABOVE
    assert ROLES["ministry_reader"].permissions < ROLES["association_admin"].permissions
    assert "ministry_reader" not in OPENS, "the ministry opens nobody"


def test_nobody_opens_residents_by_hand_and_base_staff_open_nobody():
    named = frozenset().union(*OPENS.values())
    assert "resident" not in named
    assert [code for code in OPENS if "ministry_reader" in OPENS[code]] == ["association_admin"]
    assert not {"base_admin", "resident", "province_reviewer", "ministry_reader"} & set(OPENS)


@pytest.mark.parametrize("giver", sorted(OPENS))
def test_whoever_stands_in_the_table_has_the_right_that_the_table_asks_for(giver):
    """Else a line of the table could never be used."""
    for code in OPENS[giver]:
        assert right_to_open(code) in ROLES[giver].permissions, code


@pytest.mark.parametrize("giver", CODES)
@pytest.mark.parametrize("role_code", CODES)
def test_the_rule_is_the_table_within_the_subtree(giver, role_code):
    """Every role to every role, at the place where the role belongs and the giver covers it."""
    place = {"base": "base", "province": "province"}.get(HOME[ROLES[role_code].kind], HOME[ROLES[role_code].kind])
    said = refusal(viewer(giver), role_code, place)
    within = PATHS[place][0].startswith(viewer(giver).organization_path)
    may = role_code in OPENS.get(giver, ()) and (within or role_code in KEPT_ABOVE.get(giver, ()))
    assert (said == "") == may, said


@pytest.mark.parametrize(
    ("giver", "role_code", "place", "words"),
    [
        ("base_organization", "base_admin", "sibling", "不归“本单位”管理"),
        ("base_organization", "base_admin", "foreign_base", "不归“本单位”管理"),
        ("province_admin", "base_admin", "foreign_base", "不归“本单位”管理"),
        ("province_admin", "province_reviewer", "other_province", "不归“本单位”管理"),
        ("base_organization", "province_admin", "province", "由省级管理员、协会管理员办理"),
        ("base_admin", "base_admin", "base", "由培训基地、省级管理员、协会管理员办理"),
        ("province_reviewer", "base_admin", "base", "“省级审核”不能办理"),
        ("province_admin", "association_admin", "association", "由协会管理员办理"),
        ("province_admin", "ministry_reader", "ministry", "由协会管理员办理"),
        ("ministry_reader", "ministry_reader", "ministry", "由协会管理员办理"),
        ("base_organization", "ministry_reader", "ministry", "由协会管理员办理"),
        ("association_admin", "ministry_reader", "association", "不能有“主管部门”身份"),
        ("association_admin", "resident", "base", "由所在培训基地在招收时导入"),
        ("association_admin", "province_admin", "base", "不能有“省级管理员”身份"),
        ("association_admin", "base_admin", "province", "不能有“基地管理员”身份"),
    ],
)
def test_a_refusal_says_why_and_who_can(giver, role_code, place, words):
    assert words in refusal(viewer(giver), role_code, place)


@pytest.mark.parametrize(
    ("role_code", "place", "kept"),
    [
        ("ministry_reader", "ministry", True),
        ("ministry_reader", "province", True),  # below it anyway; the kind of the node refuses it
        ("association_admin", "ministry", False),
        ("province_admin", "province", True),
    ],
)
def test_the_reach_above_is_for_one_role(role_code, place, kept):
    assert keeps(viewer("association_admin"), role_code, PATHS[place][0]) == kept


def test_a_ministry_of_another_tree_is_not_reached():
    assert "不归“本单位”管理" in opening_refusal(
        viewer("association_admin"), "ministry_reader", kind=Kind.MINISTRY, path="/3/", name="那里", receiver_id=70
    )


@pytest.mark.parametrize("giver", sorted(OPENS))
def test_nobody_gives_himself_anything(giver):
    for code in OPENS[giver]:
        place = HOME[ROLES[code].kind]
        assert "不能给自己" in refusal(viewer(giver), code, place, receiver=7)


@pytest.mark.parametrize(
    ("own", "given_track", "allowed"),
    [
        (None, "", True),
        (None, "western", True),
        (None, "tcm", True),
        ("western", "western", True),
        ("western", "tcm", False),
        ("western", "", False),
        ("tcm", "western", False),
        ("tcm", "tcm", True),
    ],
)
def test_a_giver_of_one_track_gives_that_track_only(own, given_track, allowed):
    said = refusal(viewer("province_admin", track=own), "base_admin", "base", track=given_track)
    assert (said == "") == allowed
    if not allowed:
        assert "当前身份只管" in said


@pytest.mark.parametrize("giver", sorted(OPENS))
def test_without_the_permission_the_table_alone_gives_nothing(giver):
    bare = replace(viewer(giver), permissions=frozenset())
    for code in OPENS[giver]:
        assert "不能办理" in refusal(bare, code, HOME[ROLES[code].kind])


def test_the_system_may_everything_that_fits_its_place():
    system = Viewer.system("装载")
    for code in CODES:
        assert refusal(system, code, HOME[ROLES[code].kind]) == ""
    assert refusal(system, "base_admin", "province")


@pytest.mark.parametrize("role_code", CODES)
def test_every_role_says_who_opens_and_who_resets_it(role_code):
    assert who_opens(role_code).startswith("由")
    assert who_resets(role_code)
    labels = [role.label for role in openers_of(role_code)]
    assert all(label in who_opens(role_code) for label in labels)


@pytest.mark.parametrize("role_code", sorted(frozenset().union(*OPENS.values())))
def test_whoever_opens_a_role_may_also_reset_it(role_code):
    for opener in openers_of(role_code):
        assert opener.permissions & set(reset_permissions(role_code)), opener.code


def test_the_nearest_level_is_named_first():
    assert [role.code for role in openers_of("base_admin")] == [
        "base_organization", "province_admin", "association_admin",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("instant", "text", "day"),
    [
        (datetime(2026, 12, 4, tzinfo=SHANGHAI), "2026-12-03 24:00", "2026-12-03"),
        (datetime(2026, 12, 3, 16, tzinfo=UTC), "2026-12-03 24:00", "2026-12-03"),
        (datetime(2026, 12, 3, 8, 16, tzinfo=SHANGHAI), "2026-12-03 08:16", "2026-12-03"),
        (datetime(2027, 1, 1, tzinfo=SHANGHAI), "2026-12-31 24:00", "2026-12-31"),
    ],
)
@pytest.mark.req("P-20")
def test_an_end_is_told_as_the_day_that_was_meant(instant, text, day):
    assert end_text(instant) == text
    assert str(last_day(instant)) == day
    assert end_text(None) == "长期"
