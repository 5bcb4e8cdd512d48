"""Who changes what opens doors is asked for the password again, and for the second factor; nothing typed is lost (ASVS 7.5)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts.enums import Guess
from xinglin.accounts.factor_selectors import has_factor
from xinglin.accounts.models import PhoneCode, SignInFailure, SignInSession, User, VerifiedPhone
from xinglin.accounts.session_list import sessions_of
from xinglin.kernel import clock

from .authenticator import enrol, lose_recency
from .courier_box import box
from .factories import PASSWORD, make_resident, make_staff, make_tree, set_contact_phone, sign_in, writes_of
from .test_sign_in import send

__all__ = ["box"]
ACCOUNT, END = reverse("accounts:account"), reverse("accounts:end-sessions")
BEGIN, CODES, OFF = (reverse(f"accounts:factor-{name}") for name in ("begin", "codes", "off"))
SEND, VERIFY, CHANGE = reverse("accounts:phone-code"), reverse("accounts:phone"), reverse("accounts:change-password")
NEW = "Kapok-Lane-77"

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-08", "Q-12")]


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def staff(tree):
    return make_staff("base_admin", tree.base)


def words(answer):
    return answer.content.decode()


def asks(answer):
    return answer.status_code in (200, 422) and "请再次输入密码" in words(answer)


class TestSignInsAreEnded:
    def test_long_after_the_sign_in_the_password_is_asked_first(self, client, staff):
        other = sign_in(Client(), staff)
        sign_in(client, staff)
        lose_recency(client)
        handle = next(item.handle for item in sessions_of(staff, client.session.session_key) if not item.current)
        page = client.post(END, {"session": handle})
        assert asks(page) and f'name="session" value="{handle}"' in words(page)
        assert other.get(ACCOUNT).status_code == 200, "nothing happened yet"
        done = client.post(END, {"session": handle, "again_password": PASSWORD})
        assert done.url == f"{ACCOUNT}#sessions" and other.get(ACCOUNT).status_code == 302

    def test_all_others_too(self, client, staff):
        sign_in(Client(), staff)
        sign_in(client, staff)
        lose_recency(client)
        assert asks(client.post(END)) and SignInSession.objects.count() == 2
        client.post(END, {"again_password": PASSWORD})
        assert SignInSession.objects.count() == 1

    def test_a_wrong_password_ends_nothing_and_is_counted(self, client, staff):
        sign_in(Client(), staff)
        sign_in(client, staff)
        lose_recency(client)
        page = client.post(END, {"again_password": "wrong"})
        assert page.status_code == 422 and "当前密码不对" in words(page)
        assert SignInSession.objects.count() == 2
        assert SignInFailure.objects.filter(kind=Guess.PASSWORD).count() == 1

    def test_guessing_it_is_slowed_down_like_at_the_door(self, client, staff):
        sign_in(client, staff)
        lose_recency(client)
        for _ in range(10):
            client.post(END, {"again_password": "wrong"})
        page = client.post(END, {"again_password": PASSWORD})
        assert page.status_code == 422 and "输错次数太多" in words(page)

    def test_the_password_is_never_sent_back(self, client, staff):
        sign_in(client, staff)
        lose_recency(client)
        assert "wrong-Password-1" not in words(client.post(END, {"again_password": "wrong-Password-1"}))


class TestRecently:
    def test_one_answer_is_good_for_ten_minutes(self, client, staff):
        sign_in(client, staff)
        lose_recency(client)
        client.post(END, {"again_password": PASSWORD})
        assert client.post(END).status_code == 302
        now = clock.now()
        with time_machine.travel(now + timedelta(minutes=9), tick=False):
            assert client.post(END).status_code == 302
        with time_machine.travel(now + timedelta(minutes=10, seconds=1), tick=False):
            assert asks(client.post(END))

    def test_a_sign_in_counts_as_one(self, client, staff):
        send(client, staff.sign_in_name)
        assert client.post(END).status_code == 302
        with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
            assert asks(client.post(END))

    def test_using_it_writes_no_session(self, client, staff):
        sign_in(client, staff)
        with CaptureQueriesContext(connection) as caught:
            client.post(END)
        assert not [sql for sql in writes_of(caught.captured_queries) if "UPDATE" in sql and "signinsession" in sql]

    def test_being_asked_writes_nothing(self, client, staff):
        sign_in(client, staff)
        lose_recency(client)
        with CaptureQueriesContext(connection) as caught:
            assert asks(client.post(END))
        assert not writes_of(caught.captured_queries)

    def test_a_clock_that_was_put_back_does_not_make_it_last(self, client, staff):
        sign_in(client, staff)
        with time_machine.travel(clock.now() - timedelta(hours=1), tick=False):
            assert asks(client.post(END))


class TestSecondFactor:
    @pytest.mark.parametrize("address", [BEGIN, CODES, OFF])
    def test_changes_of_it_ask_for_password_and_value(self, client, staff, address):
        app = enrol(staff)
        sign_in(client, staff)
        lose_recency(client)
        page = client.post(address)
        assert asks(page) and "again_code" in words(page)
        assert client.post(address, {"again_password": PASSWORD}).status_code == 422
        wrong = client.post(address, {"again_password": PASSWORD, "again_code": app.wrong()})
        assert "动态码或恢复码不对" in words(wrong) and has_factor(staff.pk)
        assert SignInFailure.objects.filter(kind=Guess.FACTOR).count() == 1
        assert not asks(client.post(address, {"again_password": PASSWORD, "again_code": app.value()}))

    def test_a_value_that_let_one_in_does_not_pass_again_here(self, client, staff):
        app = enrol(staff)
        send(client, staff.sign_in_name)
        client.post(reverse("accounts:second-factor"), {"code": app.value()})
        lose_recency(client)
        assert asks(client.post(OFF, {"again_password": PASSWORD, "again_code": app.value()}))

    def test_a_recovery_code_helps_whoever_lost_the_phone(self, client, staff):
        app = enrol(staff)
        sign_in(client, staff)
        lose_recency(client)
        client.post(OFF, {"again_password": PASSWORD, "again_code": app.codes[0]})
        assert not has_factor(staff.pk)

    def test_a_wrong_password_costs_no_value(self, client, staff):
        app = enrol(staff)
        sign_in(client, staff)
        lose_recency(client)
        assert asks(client.post(OFF, {"again_password": "wrong", "again_code": app.value()}))
        assert not asks(client.post(OFF, {"again_password": PASSWORD, "again_code": app.value()}))

    def test_a_new_password_asks_for_it_too(self, client, staff):
        app = enrol(staff)
        sign_in(client, staff)
        lose_recency(client)
        assert 'name="code"' in words(client.get(CHANGE))
        sent = {"old": PASSWORD, "new": NEW, "confirm": NEW}
        assert client.post(CHANGE, sent | {"code": app.wrong()}).status_code == 422
        assert User.unscoped.get(pk=staff.pk).check_password(PASSWORD)
        assert client.post(CHANGE, sent | {"code": app.value()}).status_code == 302

    def test_without_one_the_old_password_is_enough(self, client, staff):
        sign_in(client, staff)
        lose_recency(client)
        assert 'name="code"' not in words(client.get(CHANGE))
        assert client.post(CHANGE, {"old": PASSWORD, "new": NEW, "confirm": NEW}).status_code == 302


class TestPhone:
    def test_a_code_is_sent_only_after_the_password(self, client, tree, box):
        user = make_resident(tree.base)
        sign_in(client, user)
        lose_recency(client)
        assert asks(client.post(SEND)) and not PhoneCode.objects.exists()
        client.post(SEND, {"again_password": PASSWORD})
        assert len(box.made) == 1

    def test_a_phone_is_verified_only_after_the_password(self, client, tree, box):
        user = make_resident(tree.base)
        sign_in(client, user)
        client.post(SEND)
        lose_recency(client)
        page = client.post(VERIFY, {"code": box.digits})
        assert asks(page) and f'name="code" value="{box.digits}"' in words(page)
        assert not VerifiedPhone.objects.exists()
        client.post(VERIFY, {"code": box.digits, "again_password": PASSWORD})
        assert VerifiedPhone.objects.get(user=user).proof == "code"

    def test_the_number_that_a_base_typed_is_kept_meanwhile(self, client, tree, box):
        set_contact_phone(tree.base, "19000000077")
        sign_in(client, make_staff("base_organization", tree.base))
        lose_recency(client)
        assert 'value="19000000077"' in words(client.post(SEND, {"phone": "19000000077"}))

    def test_on_the_phone_face_the_question_has_its_frame(self, client, tree, box):
        sign_in(client, make_resident(tree.base))
        lose_recency(client)
        assert "xl-on-phone" in words(client.post(SEND))

    def test_the_page_tells_the_risk_of_text_messages_and_offers_the_stronger_way(self, client, tree, box):
        sign_in(client, make_resident(tree.base))
        page = words(client.get(ACCOUNT))
        assert "短信可能被拦截" in page and "开启两步验证" in page
