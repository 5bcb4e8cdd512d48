"""Guessing passwords, captchas and codes: from one place, from many, through forged headers (P-08)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from xinglin.accounts.models import PhoneCode, SignInFailure, User
from xinglin.accounts.tests.courier_box import Box, box, trust, wrong
from xinglin.accounts.tests.factories import PASSWORD, make_resident, make_staff, make_tree
from xinglin.kernel import clock

from .doors import ACCOUNT, CAPTCHA, forget, knock

__all__ = ["box"]
NEW = "Kapok-Lane-77"

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-08", "Q-12")]


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def staff(tree):
    return make_staff("base_admin", tree.base)


def guess(name, times, **where):
    for number in range(times):
        knock(Client(), name, f"Wrong-{number}", **where)


def test_in_the_pause_even_the_right_password_is_not_looked_at(client, staff):
    guess(staff.sign_in_name, 10)
    answer = knock(client, staff.sign_in_name)
    assert answer.status_code == 422
    assert "分钟后再试" in answer.content.decode()
    assert client.get(ACCOUNT).status_code == 302


def test_the_owner_elsewhere_is_not_locked_out_by_it(client, staff):
    guess(staff.sign_in_name, 10)
    assert knock(client, staff.sign_in_name, address="203.0.113.99").status_code == 302


def test_a_botnet_is_stopped_and_the_owner_comes_in_from_his_own_browser(client, staff):
    assert knock(client, staff.sign_in_name, address="203.0.113.1").status_code == 302
    client.post("/sign-out/")
    for number in range(50):
        knock(Client(), staff.sign_in_name, "Wrong-2026", address=f"198.51.100.{number}")
    bot = knock(Client(), staff.sign_in_name, PASSWORD, address="198.51.100.200")
    assert "这个账号被多次输错" in bot.content.decode(), "the right password does not help a stranger"
    assert knock(client, staff.sign_in_name, address="192.0.2.50").status_code == 302, "the cookie of the browser"
    assert knock(Client(), staff.sign_in_name, address="203.0.113.1").status_code == 302, "the network"


def test_forged_headers_are_no_new_addresses(client, staff):
    for number in range(10):
        knock(Client(), staff.sign_in_name, "Wrong-2026", headers={"X-Forwarded-For": f"198.51.100.{number}"})
    assert "分钟后再试" in knock(client, staff.sign_in_name).content.decode()


def test_behind_a_proxy_only_what_the_proxy_adds_counts(client, staff, settings):
    settings.XINGLIN_TRUSTED_PROXIES = ["10.0.0.0/8"]
    for number in range(10):
        forged = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.7"}
        knock(Client(), staff.sign_in_name, "Wrong-2026", address="10.0.0.1", headers=forged)
    real = {"X-Forwarded-For": "203.0.113.7"}
    assert "分钟后再试" in knock(client, staff.sign_in_name, address="10.0.0.1", headers=real).content.decode()
    colleague = {"X-Forwarded-For": "203.0.113.8"}
    assert knock(client, staff.sign_in_name, address="10.0.0.1", headers=colleague).status_code == 302


def test_a_prankster_in_the_hospital_locks_nobody_who_works_there(tree):
    colleagues = [make_staff("base_admin", tree.base) for _ in range(3)]
    for user in colleagues:
        assert knock(Client(), user.sign_in_name).status_code == 302
    SignInFailure.objects.bulk_create(
        SignInFailure(pair=f"{n:064}", account=f"{n:064}", address=_address_hash(), at=clock.now()) for n in range(300)
    )
    assert "您所在的网络" in knock(Client(), "somebody-else").content.decode()
    for user in colleagues:
        assert knock(Client(), user.sign_in_name).status_code == 302


def _address_hash() -> str:
    from xinglin.accounts.throttle import guesser

    return guesser("", "203.0.113.7").address


def test_wrong_captchas_are_counted_before_the_password(client, staff):
    for _ in range(20):
        knock(Client(), staff.sign_in_name, answer="0000")
    assert "分钟后再试" in knock(client, staff.sign_in_name).content.decode()
    assert not SignInFailure.objects.filter(kind="password").exists()


def test_one_captcha_is_good_for_one_try(client, staff):
    from xinglin.accounts import puzzles

    token = puzzles.make_puzzle().picture_token
    knock(client, staff.sign_in_name, "Wrong-2026", picture_token=token)
    answer = knock(client, staff.sign_in_name, picture_token=token, answer=CAPTCHA)
    assert "这张验证码已经用过" in answer.content.decode()


class TestCodes:
    """Six digits, five tries a code, six codes a day: thirty in a million."""

    def test_all_tries_of_a_day_together(self, tree, box: Box):
        user = trust(make_resident(tree.base))
        tried = 0
        with time_machine.travel(clock.now(), tick=False) as traveller:
            for number in range(12):
                client, address = Client(), f"198.51.100.{number}"
                answer = forget(client, user.person.id_number, address=address)
                if answer.status_code == 302:
                    for _ in range(8):
                        words = {"code": wrong(box.digits), "new": NEW, "confirm": NEW}
                        client.post(answer.url, words, REMOTE_ADDR=address)
                        tried += 1
                traveller.shift(timedelta(minutes=15))
        assert tried == 6 * 8
        assert sum(PhoneCode.objects.values_list("tries", flat=True)) <= 30
        assert User.unscoped.get(pk=user.pk).check_password(PASSWORD)

    def test_one_address_cannot_make_phones_ring_all_over(self, tree, box: Box):
        residents = [trust(make_resident(tree.base)) for _ in range(3)]
        from xinglin.accounts.actions import record_failure
        from xinglin.accounts.enums import Guess
        from xinglin.accounts.throttle import guesser

        for number in range(59):
            record_failure(guesser(f"x{number}", "203.0.113.7"), Guess.ASKED)
        answers = [forget(Client(), user.person.id_number) for user in residents]
        assert [answer.status_code for answer in answers] == [302, 422, 422]
        assert "您所在的网络一天内" in answers[1].content.decode()
        assert len(box.made) == 1

    def test_the_right_code_in_the_wrong_window_is_nothing(self, tree, box: Box):
        """Whoever starts two recoveries cannot use the code of the one for the other account."""
        mine, victim = (trust(make_resident(tree.base)) for _ in range(2))
        client = Client()
        forget(client, mine.person.id_number)
        my_digits = box.digits
        where = forget(client, victim.person.id_number).url
        if my_digits != box.digits:
            assert client.post(where, {"code": my_digits, "new": NEW, "confirm": NEW}).status_code == 422
        assert User.unscoped.get(pk=victim.pk).check_password(PASSWORD)
