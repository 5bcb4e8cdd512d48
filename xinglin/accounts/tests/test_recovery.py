"""忘记密码: a code to the verified phone, a new password, every other door closed (P-06)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts import puzzles
from xinglin.accounts.actions import record_failure, remember_places
from xinglin.accounts.actions.recovery import recover_password
from xinglin.accounts.models import CODE_TRIES, KnownPlace, PhoneCode, SignInFailure, User, VerifiedPhone
from xinglin.accounts.reach import reach_of
from xinglin.accounts.throttle import guesser
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused, Stale

from .courier_box import Box, box, trust, wrong
from .factories import PASSWORD, make_resident, make_staff, make_tree, sign_in, writes_of
from .test_sign_in import CAPTCHA, send

__all__ = ["box"]
FORGOTTEN = reverse("accounts:forgotten")
ACCOUNT = reverse("accounts:account")
NEW = "Kapok-Lane-77"

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-06")]


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def user(tree):
    return trust(make_resident(tree.base))


def ask(client, name, entrance="resident", **words):
    words = {"answer": CAPTCHA, "picture_token": puzzles.make_puzzle().picture_token} | words
    if entrance == "resident":
        words.setdefault("id_type", "01")
    return client.post(FORGOTTEN, {"entrance": entrance, "name": name, **words})


def finish(client, where, code, new=NEW, confirm=None):
    return client.post(where, {"code": code, "new": new, "confirm": confirm or new})


def test_from_the_sign_in_page_to_a_new_password(client, user, box: Box):
    page = client.get(reverse("accounts:sign-in")).content.decode()
    assert f'href="{FORGOTTEN}?entrance=organization"' in page
    where = ask(client, user.person.id_number).url
    assert "如果账号存在，并且手机已经验证" in client.get(where).content.decode()
    answer = finish(client, where, box.digits)
    assert answer.url == f"{reverse('accounts:sign-in')}?why=recovered"
    assert "新密码已设好" in client.get(answer.url).content.decode()
    assert send(client, user.person.id_number, NEW, entrance="resident").url == "/"
    client.post(reverse("accounts:sign-out"))
    assert "用户名或密码不对" in send(client, user.person.id_number, PASSWORD, entrance="resident").content.decode()


def test_all_other_sign_ins_end_and_it_is_recorded_and_told(client, user, box: Box):
    elsewhere = sign_in(Client(), user)
    finish(client, ask(client, user.person.id_number).url, box.digits)
    assert elsewhere.get(ACCOUNT).status_code == 302
    entry = HistoryEntry.unscoped.get(verb="password_recovered")
    assert (entry.subject_id, entry.actor_user_id, entry.person_id) == (str(user.pk), user.pk, user.person_id)
    assert box.told == [user.pk]
    assert reach_of([user.pk])[user.pk].is_proven


def test_it_lifts_the_pauses_and_forgets_the_places(client, user, box: Box):
    who = guesser(f"user:{user.pk}", "127.0.0.1", "a thief's browser")
    remember_places(user, who)
    for _ in range(60):
        record_failure(who)
    finish(client, ask(client, user.person.id_number).url, box.digits)
    assert not SignInFailure.objects.filter(account=who.account).exists()
    assert not KnownPlace.objects.exists()
    assert send(client, user.person.id_number, NEW, entrance="resident").url == "/"


@pytest.mark.parametrize("entrance", ["organization", "resident"])
def test_staff_and_bases_are_found_as_they_sign_in(client, tree, box: Box, entrance):
    staff = trust(make_staff("base_admin", tree.base))
    name = staff.sign_in_name if entrance == "organization" else staff.person.id_number
    where = ask(client, name, entrance).url
    assert finish(client, where, box.digits).status_code == 302
    assert User.unscoped.get(pk=staff.pk).check_password(NEW)


def test_the_number_of_another_document_is_not_found(client, user, box: Box):
    ask(client, user.person.id_number, id_type="06")
    assert box.posted and not box.made


@pytest.mark.parametrize(
    ("new", "confirm", "said"),
    [
        ("short1A", "short1A", "至少 8 位"),
        (NEW, "Other-2026", "两次填写的新密码不一样"),
        ("000000", "000000", "不能与初始密码"),
        ("", "", "请填写新密码"),
    ],
)
def test_a_weak_password_is_told_and_costs_no_try(client, user, box: Box, new, confirm, said):
    where = ask(client, user.person.id_number).url
    answer = client.post(where, {"code": wrong(box.digits), "new": new, "confirm": confirm})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert PhoneCode.objects.get().tries == 0


def test_pieces_of_the_own_number_are_refused_after_the_code_only(client, user, box: Box):
    """Else the page would tell digits of an ID number to whoever types pieces of it."""
    where, piece = ask(client, user.person.id_number).url, f"Tz7-WmQp{user.person.id_number[6:14]}"
    before = finish(client, where, wrong(box.digits), piece).content.decode()
    assert "验证码不对" in before
    assert "连续几位" not in before
    after = finish(client, where, box.digits, piece)
    assert "不能含证件号码的连续几位" in after.content.decode()
    assert finish(client, where, box.digits).status_code == 302, "the code is still good"


def test_wrong_codes_are_counted_down_and_end_it(client, user, box: Box):
    where = ask(client, user.person.id_number).url
    for left in range(CODE_TRIES - 1, 0, -1):
        assert f"还可以试 {left} 次" in finish(client, where, wrong(box.digits)).content.decode()
    assert "已经作废" in finish(client, where, wrong(box.digits)).content.decode()
    assert "已经作废" in finish(client, where, box.digits).content.decode()
    assert User.unscoped.get(pk=user.pk).check_password(PASSWORD)


def test_a_code_works_once(client, user, box: Box):
    where = ask(client, user.person.id_number).url
    assert finish(client, where, box.digits).status_code == 302
    assert finish(client, where, box.digits, "Another-Lane-78").status_code == 422
    assert User.unscoped.get(pk=user.pk).check_password(NEW)


def test_two_windows_with_the_same_code_set_one_password(user, box: Box, client):
    ask(client, user.person.id_number)
    code = PhoneCode.objects.select_related("user").get()
    recover_password(code, NEW, address="", request_id="r")
    with pytest.raises(Stale):
        recover_password(code, "Another-Lane-78", address="", request_id="r")


def test_an_account_that_was_reset_meanwhile_is_not_taken_back(user, box: Box, client):
    ask(client, user.person.id_number)
    User.unscoped.filter(pk=user.pk).update(password="!")
    with pytest.raises(Refused, match="不能自己重置"):
        recover_password(PhoneCode.objects.get(), NEW, address="", request_id="r")
    assert not User.unscoped.get(pk=user.pk).has_usable_password()
    assert PhoneCode.objects.get().ended_at is None, "all or nothing"


def test_sending_again_waits_a_minute_and_ends_the_first(client, user, box: Box):
    where = ask(client, user.person.id_number).url
    answer = client.post(f"{where}again/")
    assert answer.status_code == 422
    assert "秒后再试" in answer.content.decode()
    first = box.digits
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        fresh = client.post(f"{where}again/").url
        assert fresh != where
        assert finish(client, where, first).status_code == 422
        assert finish(client, fresh, box.digits).status_code == 302


def test_an_old_or_forged_address_leads_back(client, user, box: Box):
    where = ask(client, user.person.id_number).url
    forged = where[:-2] + ("aa/" if not where.endswith("aa/") else "bb/")
    for address in (forged, reverse("accounts:recover", args=["x"])):
        assert client.get(address).url == FORGOTTEN
        assert client.post(f"{address}again/").url == FORGOTTEN
    with time_machine.travel(clock.now() + timedelta(minutes=21)):
        assert client.get(where).url == FORGOTTEN


def test_after_its_time_the_page_says_so(client, user, box: Box):
    where = ask(client, user.person.id_number).url
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert "验证码已过期或已经作废" in client.get(where).content.decode()
        assert "已过期" in finish(client, where, box.digits).content.decode()


@pytest.mark.parametrize(("words", "said"), [({"answer": "0000"}, "验证码不对"), ({"name": ""}, "请填写证件号码")])
def test_without_a_captcha_or_a_name_nothing_is_asked(client, user, box: Box, words, said):
    answer = ask(client, words.get("name", user.person.id_number), **{k: v for k, v in words.items() if k != "name"})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not box.posted


def test_without_a_gateway_the_page_says_who_can_reset(client, user, box: Box):
    box.open = False
    page = client.get(FORGOTTEN).content.decode()
    assert "本系统没有接通短信" in page
    assert "所在培训基地" in page
    assert "<form" not in page.split("忘记密码", 1)[1].split("返回登录")[0]
    assert ask(client, user.person.id_number).status_code == 200
    assert not PhoneCode.objects.exists()


def test_looking_at_the_pages_writes_nothing(client, user, box: Box):
    where = ask(client, user.person.id_number).url
    with CaptureQueriesContext(connection) as caught:
        for address in (FORGOTTEN, where):
            assert client.get(address).status_code == 200
    assert not writes_of(caught.captured_queries)


def test_a_phone_that_was_proven_stays_so_after_a_later_match(user):
    VerifiedPhone.objects.filter(user=user).update(proof="code")
    trust(user)
    assert reach_of([user.pk])[user.pk].is_proven
