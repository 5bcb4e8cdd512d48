"""Giving, ending and dating identities: rights at the moment of writing, history, sessions (P-07)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from xinglin.accounts.actions import end_grant, end_identity, give_identity, set_expiry
from xinglin.accounts.models import Grant, User
from xinglin.accounts.selectors import grants_of, still_holds
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import Capability

from .factories import make_grant, make_organization, make_resident, make_staff, make_tree, sign_in, viewer_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-07")]
SYSTEM = Viewer.system("test")
HOME = reverse("accounts:account")


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def base_account(tree):
    return viewer_of(make_staff("base_organization", tree.base))


@pytest.fixture
def province(tree):
    return viewer_of(make_staff("province_admin", tree.province))


def only(user: User) -> Grant:
    (grant,) = grants_of(user)
    return grant


def entries(verb: str) -> list[HistoryEntry]:
    return list(HistoryEntry.unscoped.filter(verb=verb).order_by("pk"))


# giving


def test_an_identity_is_given_with_its_giver_in_the_history(tree, base_account):
    user = make_resident(tree.base)
    grant = give_identity(user, "base_admin", tree.base, by=base_account, track="western")
    assert (grant.given_by_id, grant.given_by_name) == (base_account.user_id, tree.base.name)
    assert {g.role for g in grants_of(user)} == {"resident", "base_admin"}
    (entry,) = entries("grant_given")
    assert (entry.actor_user_id, entry.subject_id, entry.facts["role"]) == (
        base_account.user_id, str(user.pk), "base_admin",
    )  # fmt: skip
    assert (entry.organization_path, entry.track) == (tree.base.path, "western")


def test_an_identity_with_an_end_is_in_force_until_then(tree, base_account):
    user, end = make_resident(tree.base), clock.now() + timedelta(days=3)
    give_identity(user, "base_admin", tree.base, by=base_account, ends_at=end)
    assert len(grants_of(user)) == 2
    assert len(grants_of(user, end - timedelta(seconds=1))) == 2
    assert len(grants_of(user, end)) == 1


@pytest.mark.parametrize(
    ("giver", "at", "role_code", "place"),
    [
        ("base_admin", "base", "base_admin", "base"),
        ("base_organization", "base", "base_admin", "sibling"),
        ("base_organization", "base", "province_reviewer", "province"),
        ("province_reviewer", "province", "province_reviewer", "province"),
        ("province_admin", "province", "association_admin", "association"),
        ("province_admin", "province", "base_admin", "foreign_base"),
        ("province_admin", "province", "ministry_reader", "ministry"),
        ("association_admin", "association", "resident", "base"),
        ("ministry_reader", "ministry", "base_admin", "base"),
    ],
)
def test_whoever_may_not_gives_nothing(tree, giver, at, role_code, place):
    user = make_resident(tree.sibling)
    by = viewer_of(make_staff(giver, getattr(tree, at)))
    with pytest.raises(NotAllowed):
        give_identity(user, role_code, getattr(tree, place), by=by)
    assert len(grants_of(user)) == 1
    assert not entries("grant_given")


@pytest.mark.parametrize(
    ("giver", "at", "role_code", "place"),
    [
        ("base_organization", "base", "base_admin", "base"),
        ("province_admin", "province", "base_admin", "sibling"),
        ("province_admin", "province", "province_reviewer", "province"),
        ("province_admin", "province", "province_admin", "province"),
        ("association_admin", "association", "association_admin", "association"),
        ("association_admin", "association", "province_admin", "other_province"),
        ("association_admin", "association", "base_admin", "foreign_base"),
    ],
)
def test_whoever_may_gives_it(tree, giver, at, role_code, place):
    user = make_resident(tree.base)
    by = viewer_of(make_staff(giver, getattr(tree, at)))
    assert give_identity(user, role_code, getattr(tree, place), by=by).role == role_code


def test_nobody_gives_himself_anything(tree):
    admin = make_staff("province_admin", tree.province)
    with pytest.raises(NotAllowed, match="不能给自己"):
        give_identity(admin, "province_reviewer", tree.province, by=viewer_of(admin))
    assert only(admin).role == "province_admin"


def test_a_giver_who_lost_the_right_gives_nothing(tree, base_account):
    """The viewer is from the beginning of the request; the identity was ended since."""
    mine = Grant.unscoped.get(pk=base_account.grant_id)
    end_grant(mine, by=SYSTEM, reason="停用")
    assert not still_holds(base_account)
    user = make_resident(tree.base)
    with pytest.raises(NotAllowed, match="已经结束"):
        give_identity(user, "base_admin", tree.base, by=base_account)
    with pytest.raises(NotAllowed, match="已经结束"):
        end_identity(only(user), by=base_account, reason="不再需要")


def test_a_giver_whose_account_was_closed_gives_nothing(tree, base_account):
    User.unscoped.filter(pk=base_account.user_id).update(is_active=False)
    with pytest.raises(NotAllowed, match="已经结束"):
        give_identity(make_resident(tree.base), "base_admin", tree.base, by=base_account)


def test_the_same_identity_is_given_once(tree, base_account):
    user = make_resident(tree.base)
    give_identity(user, "base_admin", tree.base, by=base_account, ends_at=clock.now() + timedelta(days=9))
    with pytest.raises(Refused, match="已有这个身份"):
        give_identity(user, "base_admin", tree.base, by=base_account)
    give_identity(user, "base_admin", tree.base, by=base_account, track="western")
    assert len(grants_of(user)) == 3


def test_an_ended_identity_can_be_given_again(tree, base_account):
    user = make_resident(tree.base)
    first = give_identity(user, "base_admin", tree.base, by=base_account)
    end_identity(first, by=base_account, reason="轮岗")
    again = give_identity(user, "base_admin", tree.base, by=base_account)
    assert again.pk != first.pk
    assert len(entries("grant_given")) == 2


def test_an_end_in_the_past_is_refused(tree, base_account):
    with pytest.raises(Refused, match="已经过去") as refused:
        give_identity(make_resident(tree.base), "base_admin", tree.base, by=base_account, ends_at=clock.now())
    assert refused.value.field == "ends_on"


def test_a_base_account_has_its_own_identity_only(tree, province):
    account = make_staff("base_organization", tree.base)
    with pytest.raises(Refused, match="单位账号"):
        give_identity(account, "base_admin", tree.base, by=province)


@pytest.mark.parametrize(("track", "words"), [("", "不是培训基地"), ("tcm", "不是中医培训基地")])
def test_a_hospital_that_trains_nobody_has_no_base_staff(tree, province, track, words):
    plain = tree.base
    if not track:
        plain = make_organization(tree.province, "hospital")
        Capability.unscoped.filter(organization=plain).delete()
    with pytest.raises(Refused, match=words):
        give_identity(make_resident(tree.base), "base_admin", plain, by=province, track=track)


# ending


def test_ending_needs_a_reason_of_some_words(tree, base_account):
    grant = only(make_staff("base_admin", tree.base))
    for reason in ("", "   "):
        with pytest.raises(Refused, match="请填写理由"):
            end_identity(grant, by=base_account, reason=reason)
    with pytest.raises(Refused, match="201 个字，最多 200 个字"):
        end_identity(grant, by=base_account, reason="由" * 201)
    assert only(grant.user).ends_at is None


def test_ending_is_recorded_with_its_reason_and_ends_the_sessions(tree, base_account):
    user = make_staff("base_admin", tree.base)
    client = sign_in(Client(), user)
    assert client.get(HOME).status_code == 200
    end_identity(only(user), by=base_account, reason="调离")
    assert client.get(HOME).status_code == 302
    assert not grants_of(user)
    (entry,) = entries("grant_ended")
    assert entry.facts["reason"] == "调离"
    assert Grant.unscoped.get(user=user).ended_reason == "调离"


def test_ending_one_identity_ends_the_sessions_under_the_others_too_but_not_the_identities(tree, base_account):
    """The account signs in again and has what it has left."""
    user = make_staff("base_admin", tree.base)
    other = make_grant(user, "base_admin", tree.sibling)
    elsewhere = sign_in(Client(), user, other)
    end_identity(next(g for g in grants_of(user) if g.organization_id == tree.base.pk), by=base_account, reason="调离")
    assert elsewhere.get(HOME).status_code == 302
    assert [g.pk for g in grants_of(user)] == [other.pk]


def test_a_session_does_not_outlive_the_expiry_of_its_identity(tree, base_account):
    """Nothing runs at that instant: the clock decides at the next request."""
    user = make_staff("base_admin", tree.base)
    set_expiry(only(user), clock.now() + timedelta(hours=2), by=base_account)
    client = sign_in(Client(), user)
    assert client.get(reverse("administration:accounts")).status_code == 200
    with time_machine.travel(clock.now() + timedelta(hours=2, seconds=1), tick=False):
        answer = client.get(reverse("administration:accounts"))
        assert answer.status_code == 302
        assert client.post(reverse("accounts:switch"), {"grant": only_ever(user).pk}).status_code in {302, 404}
        assert client.get(reverse("administration:accounts")).status_code == 302


def only_ever(user: User) -> Grant:
    return Grant.unscoped.get(user=user)


@pytest.mark.parametrize(
    ("role_code", "at"),
    [("base_organization", "base"), ("resident", "base"), ("base_admin", "sibling"), ("province_admin", "province")],
)
def test_a_base_ends_its_own_staff_only(tree, base_account, role_code, at):
    place = getattr(tree, at)
    user = make_resident(place) if role_code == "resident" else User.unscoped.filter(organization=place).first()
    user = user or make_staff(role_code, place)
    with pytest.raises(NotAllowed):
        end_identity(only(user), by=base_account, reason="试一下")
    assert only(user)


def test_the_last_administrator_cannot_end_himself(tree):
    admin = make_staff("association_admin", tree.association)
    with pytest.raises(NotAllowed, match="不能给自己"):
        end_identity(only(admin), by=viewer_of(admin), reason="离任")


def test_ending_twice_is_told_once(tree, base_account):
    grant = only(make_staff("base_admin", tree.base))
    end_identity(grant, by=base_account, reason="调离")
    end_identity(grant, by=base_account, reason="再来")
    assert [entry.facts["reason"] for entry in entries("grant_ended")] == ["调离"]


# dates


def test_the_expiry_is_set_moved_and_taken_off_with_both_values_in_the_history(tree, base_account):
    grant = only(make_staff("base_admin", tree.base))
    first, second = clock.now() + timedelta(days=10), clock.now() + timedelta(days=20)
    for end in (first, second, None):
        set_expiry(grant, end, by=base_account)
        assert Grant.unscoped.get(pk=grant.pk).ends_at == end
    told = [entry.changes["到期"] for entry in entries("grant_expiry")]
    texts = [f"{clock.local(end):%Y-%m-%d %H:%M}" for end in (first, second)]
    assert told == [["长期", texts[0]], [texts[0], texts[1]], [texts[1], "长期"]]


def test_the_same_expiry_again_writes_nothing(tree, base_account):
    grant, end = only(make_staff("base_admin", tree.base)), clock.now() + timedelta(days=10)
    set_expiry(grant, end, by=base_account)
    set_expiry(grant, end, by=base_account)
    assert len(entries("grant_expiry")) == 1


def test_an_ended_identity_gets_no_new_date(tree, base_account):
    grant = only(make_staff("base_admin", tree.base))
    end_identity(grant, by=base_account, reason="调离")
    with pytest.raises(Refused, match="重新授予"):
        set_expiry(grant, clock.now() + timedelta(days=1), by=base_account)
    with pytest.raises(Refused, match="已经过去"):
        set_expiry(grant, clock.now() - timedelta(days=1), by=base_account)


def test_one_track_does_not_date_the_other(tree):
    western = viewer_of(make_staff("province_admin", tree.province, track="western"))
    grant = only(make_staff("base_admin", tree.base, track="tcm"))
    with pytest.raises(NotAllowed, match="只管西医"):
        set_expiry(grant, None, by=western)
