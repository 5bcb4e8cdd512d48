"""Pauses for guessing: the pair first, then slower ceilings that the owner passes (P-08, decision 0026)."""

from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from xinglin.accounts import throttle
from xinglin.accounts.actions import forget_failures, record_failure, remember_places
from xinglin.accounts.defence_selectors import PLACE_KEPT
from xinglin.accounts.enums import Guess
from xinglin.accounts.models import KnownPlace, SignInFailure
from xinglin.accounts.throttle import LIMITS, guesser
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused

from .factories import make_staff, make_tree

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-08")]
HOME, BRANCH = "203.0.113.7", "203.0.113.8"


def fail(times, *, account="user:1", address=HOME, kind=Guess.PASSWORD, spread=False):
    """So many failures, each from another address or of another account where ``spread`` says so."""
    for number in range(times):
        who = guesser(
            f"{account}-{number}" if spread == "accounts" else account,
            f"198.51.{number // 250}.{number % 250}" if spread == "addresses" else address,
        )
        record_failure(who, kind)


def refused(who, kind=Guess.PASSWORD):
    try:
        throttle.check(who, kind)
    except Refused as error:
        return error
    return None


@pytest.mark.parametrize("kind", [kind for kind in Guess if "pair" in LIMITS[kind]])
def test_the_pair_waits_after_its_limit_and_no_other(kind):
    limit = LIMITS[kind]["pair"]
    fail(limit.most - 1, kind=kind)
    assert refused(guesser("user:1", HOME), kind) is None
    fail(1, kind=kind)
    assert refused(guesser("user:1", HOME), kind).field == throttle.FIELDS[kind]
    assert refused(guesser("user:1", BRANCH), kind) is None
    assert refused(guesser("user:2", HOME), kind) is None
    with time_machine.travel(clock.now() + limit.span + timedelta(seconds=1)):
        assert refused(guesser("user:1", HOME), kind) is None


@pytest.mark.parametrize("counted", list(Guess))
def test_kinds_do_not_add_up(counted):
    fail(LIMITS[counted].get("pair", LIMITS[counted]["account" if "account" in LIMITS[counted] else "address"]).most,
         kind=counted)  # fmt: skip
    for kind in set(Guess) - {counted}:
        assert refused(guesser("user:1", HOME), kind) is None


def test_the_words_say_when_it_ends_and_who_helps():
    with time_machine.travel("2026-11-20 17:54:04+08:00", tick=False):
        fail(10)
        said = refused(guesser("user:1", HOME)).message
    assert "请 15 分钟后再试（18:09:04 起）" in said
    assert "住院医师找所在培训基地" in said


def test_over_midnight_the_day_is_named():
    with time_machine.travel("2026-11-20 23:54:04+08:00", tick=False):
        fail(10)
        assert "2026-11-21 00:09:04" in refused(guesser("user:1", HOME)).message


def test_a_crowd_of_addresses_cannot_guess_one_account():
    fail(50, spread="addresses")
    error = refused(guesser("user:1", BRANCH))
    assert "这个账号被多次输错" in error.message
    assert refused(guesser("user:2", BRANCH)) is None


def test_the_owner_still_comes_in_from_where_he_was_before():
    user = make_staff("base_admin", make_tree().base)
    account = f"user:{user.pk}"
    remember_places(user, guesser(account, HOME, "browser-1"))
    fail(60, account=account, spread="addresses")
    assert refused(guesser(account, BRANCH)) is not None
    assert refused(guesser(account, HOME)) is None, "the network is known"
    assert refused(guesser(account, BRANCH, "browser-1")) is None, "the browser is known"
    assert refused(guesser(account, BRANCH, "browser-2")) is not None


def test_a_known_place_is_known_for_this_account_only():
    tree = make_tree()
    first, second = (make_staff("base_admin", tree.base) for _ in range(2))
    remember_places(first, guesser(f"user:{first.pk}", HOME, "browser-1"))
    fail(60, account=f"user:{second.pk}", spread="addresses")
    assert refused(guesser(f"user:{second.pk}", HOME, "browser-1")) is not None


def test_a_known_place_is_forgotten_after_its_time():
    user = make_staff("base_admin", make_tree().base)
    who = guesser(f"user:{user.pk}", HOME, "browser-1")
    remember_places(user, who)
    with time_machine.travel(clock.now() + PLACE_KEPT + timedelta(hours=1)):
        fail(60, account=f"user:{user.pk}", spread="addresses")
        assert refused(who) is not None


def test_being_known_does_not_lift_the_pause_of_the_pair():
    user = make_staff("base_admin", make_tree().base)
    who = guesser(f"user:{user.pk}", HOME, "browser-1")
    remember_places(user, who)
    fail(10, account=f"user:{user.pk}")
    assert "分钟后再试" in refused(who).message


def test_a_prankster_does_not_lock_the_hospital():
    user = make_staff("base_admin", make_tree().base)
    remember_places(user, guesser(f"user:{user.pk}", HOME))
    fail(300, spread="accounts")
    assert "您所在的网络" in refused(guesser("user:new", HOME)).message
    assert refused(guesser(f"user:{user.pk}", HOME)) is None
    assert refused(guesser("user:new", BRANCH)) is None
    with time_machine.travel(clock.now() + timedelta(minutes=15, seconds=1)):
        assert refused(guesser("user:new", HOME)) is None


def test_addresses_of_one_household_are_one_guesser():
    fail(10, address="2001:db8:1:2::1")
    assert refused(guesser("user:1", "2001:db8:1:2:ffff::9")) is not None
    assert refused(guesser("user:1", "2001:db8:1:3::1")) is None


def test_a_right_answer_forgets_this_pair_only():
    fail(9)
    fail(3, address=BRANCH)
    forget_failures(guesser("user:1", HOME))
    assert SignInFailure.objects.count() == 3


def test_codes_are_asked_for_so_often_a_day():
    fail(6, kind=Guess.ASKED)
    error = refused(guesser("user:1", BRANCH), Guess.ASKED)
    assert "一天内索取手机验证码的次数已用完" in error.message
    assert error.field == "name"
    with time_machine.travel(clock.now() + timedelta(hours=24, seconds=1)):
        assert refused(guesser("user:1", BRANCH), Guess.ASKED) is None


def test_rows_hold_hashes_only():
    fail(1, account="resident:32019919930102005X")
    user = make_staff("base_admin", make_tree().base)
    remember_places(user, guesser(f"user:{user.pk}", HOME, "browser-1"))
    row = SignInFailure.objects.get()
    words = [row.pair, row.account, row.address, *KnownPlace.objects.values_list("place", flat=True)]
    assert all(len(word) == 64 and set(word) <= set("0123456789abcdef") for word in words)
    assert len(set(words)) == len(words)


@given(account=st.text(max_size=30), address=st.ip_addresses().map(str), device=st.text(max_size=10))
def test_a_guesser_is_the_same_for_the_same_words_and_no_other(account, address, device):
    who = guesser(account, address, device)
    assert who == guesser(account, address, device)
    assert who.pair != guesser(account + "x", address, device).pair
    assert len(who.places) == (2 if device else 1)
