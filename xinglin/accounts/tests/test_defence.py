"""Guessing is slow, and the time of an answer tells nothing (P-08)."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import authenticate

from xinglin.accounts import backends, gate
from xinglin.accounts.actions import claim_token, open_users
from xinglin.accounts.actions.upkeep import forget_ended
from xinglin.accounts.hashers import Argon2id
from xinglin.accounts.models import SignInFailure, UsedToken, User
from xinglin.accounts.models import SignInSession as Session
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from .factories import PASSWORD, make_person, make_staff, make_tree, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-08")]


@pytest.fixture
def staff():
    return make_staff("base_admin", make_tree().base)


def admit(name, password=PASSWORD, address="10.0.0.1"):
    return gate.admit(entrance="organization", name=name, password=password, address=address)


def fail(name, times, address="10.0.0.1"):
    for _ in range(times):
        with pytest.raises(Refused, match="用户名或密码不对"):
            admit(name, "Wrong-2026", address)


def test_ten_failures_make_the_pair_wait(staff):
    fail(staff.sign_in_name, 10)
    with pytest.raises(Refused, match="15 分钟后再试"):
        admit(staff.sign_in_name)
    assert admit(staff.sign_in_name, address="10.0.0.2").user == staff
    with time_machine.travel(clock.now() + timedelta(minutes=15, seconds=1)):
        assert admit(staff.sign_in_name).user == staff


def test_unknown_names_wait_just_the_same():
    fail("nobody", 10)
    with pytest.raises(Refused, match="分钟后再试"):
        admit("nobody")


def test_others_behind_the_same_address_go_on(staff):
    fail("nobody", 10)
    assert admit(staff.sign_in_name).user == staff


def test_a_right_password_starts_the_count_anew(staff):
    fail(staff.sign_in_name, 9)
    admit(staff.sign_in_name)
    fail(staff.sign_in_name, 9)
    assert admit(staff.sign_in_name).user == staff


def test_no_personal_data_in_the_rows(staff):
    person = make_person()
    with pytest.raises(Refused):
        admit(person.id_number, "Wrong-2026")
    row = SignInFailure.objects.get()
    assert len(row.pair) == 64
    assert person.id_number not in row.pair


def test_old_rows_go(staff):
    fail(staff.sign_in_name, 1)
    with time_machine.travel(clock.now() + timedelta(days=2)):
        fail(staff.sign_in_name, 1)
    assert SignInFailure.objects.count() == 1


@pytest.mark.parametrize("who", ["unknown", "initial", "known"])
def test_every_wrong_answer_costs_one_hash(monkeypatch, who):
    tree = make_tree()
    name = "nobody"
    if who == "known":
        name = make_staff("base_admin", tree.base).sign_in_name
    if who == "initial":
        person = make_person()
        open_users([person.pk], organization=tree.base, track="western", by=Viewer.system("test"))
        name = person.id_number
    count = []
    encode, verify = Argon2id.encode, Argon2id.verify
    monkeypatch.setattr(Argon2id, "encode", lambda *a: count.append("encode") or encode(*a))
    monkeypatch.setattr(Argon2id, "verify", lambda *a: count.append("verify") or verify(*a))
    fail(name, 1)
    assert len(count) == 1


def test_the_cost_of_a_hash_is_that_of_the_specification():
    from django.conf import settings

    cheap = getattr(settings, "XINGLIN_ARGON2", None)
    assert (Argon2id.time_cost, Argon2id.memory_cost, Argon2id.parallelism) == (cheap or (2, 19_456, 1))
    assert Argon2id().encode("x", "saltsalt").startswith("argon2$argon2id$")


def test_the_backend_finds_active_accounts_only(staff):
    backend = backends.XinglinBackend()
    assert backend.get_user(staff.pk) == staff
    assert authenticate(user=staff, password=PASSWORD) == staff
    User.unscoped.filter(pk=staff.pk).update(is_active=False)
    assert backend.get_user(staff.pk) is None
    staff.refresh_from_db()
    assert authenticate(user=staff, password=PASSWORD) is None


def test_what_ran_out_is_forgotten(client, staff):
    sign_in(client, staff)
    fail(staff.sign_in_name, 1)
    claim_token("n" * 22, clock.now() + timedelta(minutes=5))
    forget_ended()
    assert (Session.objects.count(), SignInFailure.objects.count(), UsedToken.objects.count()) == (1, 1, 1)
    with time_machine.travel(clock.now() + timedelta(days=2)):
        forget_ended()
    assert (Session.objects.count(), SignInFailure.objects.count(), UsedToken.objects.count()) == (0, 0, 0)
