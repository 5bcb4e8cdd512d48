"""Where an account stands: what the tag says and what the filter finds are the same (P-05)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from xinglin.accounts import standing
from xinglin.accounts.actions import open_users
from xinglin.accounts.models import MAX_TRIES, Grant, InitialCredential, User
from xinglin.accounts.standing import CHOICES, having, standings, stands
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer

from .factories import make_person, make_resident, make_tree

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-05")]
SYSTEM = Viewer.system("test")


def make(tree, state: str) -> User:
    if state == "active":
        return make_resident(tree.base)
    opened = open_users([make_person().pk], organization=tree.base, track="western", by=SYSTEM)
    user = User.unscoped.get(pk=next(iter(opened.users.values())))
    rows = InitialCredential.objects.filter(user=user)
    if state == "locked":
        rows.update(failed_tries=MAX_TRIES)
    elif state == "lapsed":
        rows.update(expires_at=clock.now())
    elif state == "locked and lapsed":
        rows.update(failed_tries=MAX_TRIES, expires_at=clock.now())
    elif state == "revoked":
        rows.update(revoked_at=clock.now())
    return user


@pytest.mark.parametrize(
    ("state", "code", "tone", "words"),
    [
        ("active", "active", "ok", "已设密码"),
        ("waiting", "waiting", "wait", "前有效"),
        ("lapsed", "lapsed", "bad", "失效"),
        ("locked", "locked", "bad", "已锁定"),
        ("locked and lapsed", "locked", "bad", "已锁定"),
        ("revoked", "lapsed", "bad", "没有初始密码"),
    ],
)
def test_the_tag_and_the_filter_agree(state, code, tone, words):
    tree = make_tree()
    user = make(tree, state)
    others = [make(tree, other) for other in ("active", "waiting", "lapsed", "locked")]
    told = standings([user, *others])[user.pk]
    assert (told.code, told.tone) == (code, tone)
    assert words in told.label
    assert told.is_waiting == (code == "waiting")
    found = {value for value, _ in CHOICES if User.unscoped.filter(stands(value), pk=user.pk).exists()}
    assert found == ({code, "stuck"} if code in {"lapsed", "locked"} else {code})


def test_every_account_stands_in_exactly_one_way_and_stuck_is_the_two_bad_ones():
    tree = make_tree()
    states = ("active", "waiting", "lapsed", "locked", "locked and lapsed", "revoked")
    users = {make(tree, state).pk for state in states}
    found = {value: set(User.unscoped.filter(stands(value)).values_list("pk", flat=True)) for value, _ in CHOICES}
    parts = [found[value] for value in ("active", "waiting", "lapsed", "locked")]
    assert set().union(*parts) == users
    assert sum(map(len, parts)) == len(users)
    assert found["stuck"] == found["lapsed"] | found["locked"]


def test_the_filter_works_from_identities_too():
    tree = make_tree()
    waiting = make(tree, "waiting")
    make(tree, "active")
    rows = having(Grant.unscoped.all(), "waiting", SYSTEM)
    assert [grant.user_id for grant in rows] == [waiting.pk]
    assert having(Grant.unscoped.all(), "active", SYSTEM).count() == 1


def test_time_alone_turns_waiting_into_lapsed():
    tree = make_tree()
    user = make(tree, "waiting")
    end = InitialCredential.objects.get(user=user).expires_at
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        assert standings([user])[user.pk].code == "waiting"
        assert User.unscoped.filter(stands("waiting")).exists()
    with time_machine.travel(end, tick=False):
        assert standings([user])[user.pk].code == "lapsed"
        assert not User.unscoped.filter(stands("waiting")).exists()


def test_many_standings_are_one_query(django_assert_num_queries):
    tree = make_tree()
    users = [make(tree, state) for state in ("active", "waiting", "lapsed", "locked")]
    with django_assert_num_queries(1):
        assert len(standings(users)) == 4


@pytest.mark.parametrize(("value", "label"), CHOICES)
def test_short_labels_have_no_dates(value, label):
    assert standing.Standing("ok", "…2026-01-01…", value).short == label
