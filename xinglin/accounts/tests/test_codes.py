"""Codes to the phone: one open, ten minutes, five tries, limits of a day; nothing tells who exists (P-06, P-08)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from xinglin.accounts.actions import codes
from xinglin.accounts.actions.codes import ask_code, make_code, spend_code, try_code
from xinglin.accounts.enums import CodePurpose
from xinglin.accounts.models import CODE_TRIES, PhoneCode, User
from xinglin.accounts.throttle import guesser
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.people.models import Person

from .courier_box import Box, box, trust, wrong
from .factories import make_person, make_resident, make_tree

__all__ = ["box"]
RESET, PHONE = CodePurpose.RESET, CodePurpose.PHONE

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-06", "P-08")]


@pytest.fixture
def user():
    return trust(make_resident(make_tree().base))


def ask(user, purpose=RESET, account="", address="203.0.113.7"):
    return ask_code(purpose, guesser(account or f"user:{user.pk}", address), user)


def later(**span):
    return time_machine.travel(clock.now() + timedelta(**span), tick=False)


def test_a_code_is_six_digits_for_the_phone_on_record(box: Box, user):
    code = ask(user)
    made = box.made[0]
    assert (made.reach.phone, made.purpose) == (user.person.phone, RESET)
    assert made.digits.isdigit() and len(made.digits) == 6
    assert made.expires_at == code.expires_at == code.asked_at + timedelta(minutes=10)
    row = PhoneCode.objects.get()
    assert made.digits not in (row.digest, row.phone_hash, row.account)
    assert user.person.phone not in "".join(str(value) for value in vars(row).values())


def test_right_digits_pass_until_they_are_spent(box: Box, user):
    code = ask(user)
    assert try_code(code, box.digits)
    assert try_code(code, box.digits), "a right answer costs nothing"
    assert spend_code(code)
    assert not spend_code(code)
    assert not try_code(code, box.digits)


def test_five_wrong_tries_end_a_code(box: Box, user):
    code = ask(user)
    for _ in range(CODE_TRIES):
        assert not try_code(code, wrong(box.digits))
    assert not try_code(code, box.digits)
    assert PhoneCode.objects.get().tries == CODE_TRIES


@pytest.mark.parametrize("typed", ["", " ", "12345", "1234567", "abcdef", "\x00", "0" * 12])
def test_other_things_are_no_digits(box: Box, user, typed):
    assert not try_code(ask(user), typed)


def test_full_width_digits_and_spaces_are_read(box: Box, user):
    wide = " ".join(chr(ord(digit) + 0xFEE0) for digit in (ask(user), box.digits)[1])
    assert try_code(PhoneCode.objects.get(), wide)


def test_after_ten_minutes_a_code_is_worth_nothing(box: Box, user):
    code = ask(user)
    with later(minutes=10, seconds=1):
        assert not try_code(code, box.digits)


def test_a_minute_passes_between_two(box: Box, user):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        ask(user)
        traveller.shift(timedelta(seconds=20))
        with pytest.raises(Refused, match="请 40 秒后再试") as caught:
            ask(user)
        assert caught.value.field == "name"
        traveller.shift(timedelta(seconds=40))
        ask(user)
    assert len(box.made) == 2


def test_a_second_code_ends_the_first(box: Box, user):
    first = ask(user)
    digits = box.digits
    with later(seconds=61):
        second = ask(user)
        assert not try_code(first, digits)
        assert try_code(second, box.digits)
    assert PhoneCode.objects.filter(ended_at=None).count() == 1


def test_digits_of_one_code_are_not_those_of_another(box: Box, user):
    other = trust(make_resident(make_tree().base))
    first, second = ask(user), ask(other)
    assert not try_code(second, box.made[0].digits) or box.made[0].digits == box.made[1].digits
    assert try_code(first, box.made[0].digits)


def test_the_database_knows_one_open_code_and_five_tries(user):
    now = clock.now()
    values = {"purpose": RESET, "account": "a" * 64, "network": "n", "asked_at": now, "expires_at": now}
    PhoneCode.objects.create(**values)
    for bad in (
        values,
        values | {"account": "b" * 64, "tries": 6},
        values | {"account": "b" * 64, "purpose": "other"},
        values | {"account": "b" * 64, "digest": "d"},
        values | {"account": "b" * 64, "digest": "d", "phone_hash": "p", "made_at": now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            PhoneCode.objects.create(**bad)


def test_two_who_ask_at_once_get_one_code(box: Box, user, monkeypatch):
    ask(user)
    monkeypatch.setattr(codes, "latest_code", lambda *_: None)
    monkeypatch.setattr(PhoneCode.objects.__class__, "filter", _blind_once(PhoneCode.objects.__class__.filter))
    with pytest.raises(Refused, match="刚刚发过"):
        ask(user)
    assert len(box.made) == 1


def _blind_once(real):
    """The other request has not committed when this one looks."""
    seen = []

    def blind(self, *args, **words):
        if self.model is PhoneCode and "ended_at" in words and not seen:
            seen.append(1)
            return self.none()
        return real(self, *args, **words)

    return blind


class TestWhoGetsOne:
    """The same row for everybody; digits only for an owner."""

    def nobody(self, box):
        assert len(box.posted) == 1, "the courier is asked all the same"
        assert not box.made
        row = PhoneCode.objects.get()
        assert (row.digest, row.phone_hash, row.made_at) == ("", "", None)
        assert not try_code(row, "000000")

    def test_nobody_for_a_name_that_does_not_exist(self, box: Box):
        ask_code(RESET, guesser("resident:nobody", "203.0.113.7"), None)
        self.nobody(box)

    def test_nobody_without_a_verified_phone(self, box: Box):
        ask(make_resident(make_tree().base))
        self.nobody(box)

    def test_nobody_whose_phone_changed_since(self, box: Box, user):
        other = make_person(phone="19000009999")
        Person.unscoped.filter(pk=user.person_id).update(phone_hash=other.phone_hash)
        ask(user)
        self.nobody(box)

    @pytest.mark.parametrize("how", ["inactive", "no identity", "no password"])
    def test_nobody_whose_account_is_closed(self, box: Box, user, how):
        if how == "inactive":
            User.unscoped.filter(pk=user.pk).update(is_active=False)
        elif how == "no password":
            User.unscoped.filter(pk=user.pk).update(password="!")
        else:
            from xinglin.accounts.models import Grant

            Grant.unscoped.filter(user=user).update(ends_at=clock.now())
        ask(User.unscoped.get(pk=user.pk))
        self.nobody(box)

    def test_a_phone_gets_so_many_a_day_whatever_for(self, box: Box, user):
        with time_machine.travel(clock.now(), tick=False) as traveller:
            for number in range(codes.PER_PHONE + 1):
                ask(user, account=f"spread-{number}")
                traveller.shift(timedelta(minutes=2))
            assert len(box.made) == codes.PER_PHONE
            traveller.shift(timedelta(days=1))
            ask(user, account="next-day")
        assert len(box.made) == codes.PER_PHONE + 1

    def test_an_account_asks_so_often_a_day_known_or_not(self, box: Box, user):
        said = []
        for account, whom in ((f"user:{user.pk}", user), ("resident:nobody", None)):
            with time_machine.travel("2026-11-20 08:00:00+08:00", tick=False) as traveller:
                for _ in range(6):
                    ask_code(RESET, guesser(account, "203.0.113.7"), whom)
                    traveller.shift(timedelta(minutes=2))
                with pytest.raises(Refused) as caught:
                    ask_code(RESET, guesser(account, "203.0.113.9"), whom)
                said.append(caught.value.message)
        assert said[0] == said[1]
        assert "2026-11-21 08:00:00 起可以再试" in said[0]

    def test_a_code_for_the_phone_itself_goes_to_the_number_on_record(self, box: Box):
        ask(make_resident(make_tree().base), PHONE)
        assert len(box.made) == 1

    def test_the_worker_makes_it_once(self, box: Box, user):
        code = ask(user)
        assert make_code(code.pk) is None
        assert make_code(10**9) is None

    def test_the_worker_that_comes_too_late_makes_none(self, box: Box, user, monkeypatch):
        monkeypatch.setattr(Box, "post_code", lambda self, code_id: self.posted.append(code_id))
        code = ask(user)
        with later(minutes=11):
            assert make_code(code.pk) is None
