"""The sign-in with a second factor: password first, then a value of the app, and nothing else answers between (P-08)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts import sessions
from xinglin.accounts.actions import open_users, reset_passwords
from xinglin.accounts.enums import Guess
from xinglin.accounts.models import Grant, KnownPlace, RecoveryCode, SecondFactor, SignInFailure, SignInSession, User
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer

from .authenticator import enrol
from .courier_box import box, trust
from .factories import make_grant, make_person, make_resident, make_staff, make_tree, writes_of
from .test_recovery import ask, finish
from .test_sign_in import send

__all__ = ["box"]
DOOR, SECOND = reverse("accounts:sign-in"), reverse("accounts:second-factor")
ACCOUNT, SETUP = reverse("accounts:account"), reverse("accounts:factor")
NEW = "Kapok-Lane-77"

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-08", "Q-12")]


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def staff(tree):
    return make_staff("base_admin", tree.base)


def after(**span):
    return time_machine.travel(clock.now() + timedelta(**span), tick=False)


def give(client, code, **words):
    return client.post(SECOND, {"code": code} | words)


class TestBetween:
    def test_a_right_password_leads_to_the_second_factor_and_no_further(self, client, staff):
        enrol(staff)
        answer = send(client, staff.sign_in_name, next="/account/password/")
        assert answer.url == SECOND
        assert sessions.GRANT not in client.session and "_auth_user_id" not in client.session
        for address in (ACCOUNT, "/", reverse("accounts:identities"), DOOR, SETUP, reverse("accounts:session-state")):
            assert client.get(address).url == SECOND, address
        assert client.get(ACCOUNT, headers={"HX-Request": "true"}).status_code == 401

    def test_its_page_asks_and_writes_nothing(self, client, staff):
        enrol(staff)
        send(client, staff.sign_in_name)
        with CaptureQueriesContext(connection) as caught:
            page = client.get(SECOND)
        assert not writes_of(caught.captured_queries)
        assert "密码正确，还要填验证器上的动态码" in page.content.decode()
        assert "no-store" in page["Cache-Control"]

    def test_the_right_value_leads_where_the_sign_in_was_to_lead(self, client, staff):
        app = enrol(staff)
        send(client, staff.sign_in_name, next="/account/password/")
        before = client.session.session_key
        answer = give(client, app.value())
        assert answer.url == "/account/password/" and client.session.session_key != before
        assert client.get(ACCOUNT).status_code == 200
        assert HistoryEntry.unscoped.filter(verb="signed_in").count() == 1, "not at the password"

    def test_among_several_identities_the_choice_comes_afterwards(self, client, staff, tree):
        make_grant(staff, "base_admin", tree.sibling)
        app = enrol(staff)
        send(client, staff.sign_in_name)
        assert give(client, app.value()).url == reverse("accounts:identities")

    def test_a_wrong_value_is_told_and_counted(self, client, staff):
        app = enrol(staff)
        send(client, staff.sign_in_name)
        page = give(client, app.wrong())
        assert page.status_code == 422 and "动态码不对" in page.content.decode()
        assert SignInFailure.objects.filter(kind=Guess.FACTOR).count() == 1
        assert client.get(ACCOUNT).url == SECOND

    def test_ten_wrong_ones_make_it_wait_and_even_the_right_one_is_not_looked_at(self, client, staff):
        app = enrol(staff)
        send(client, staff.sign_in_name)
        for _ in range(10):
            give(client, app.wrong())
        page = give(client, app.value())
        assert page.status_code == 422 and "输错次数太多" in page.content.decode()
        with after(minutes=16):
            later = Client()
            send(later, staff.sign_in_name)
            assert give(later, app.value()).url == "/"
        assert not SignInFailure.objects.filter(kind=Guess.FACTOR).exists()

    def test_from_other_addresses_one_account_is_tried_thirty_times_a_day(self, client, staff):
        app = enrol(staff)
        send(client, staff.sign_in_name)
        for number in range(30):
            client.post(SECOND, {"code": app.wrong()}, REMOTE_ADDR=f"198.51.100.{number + 1}")
        page = client.post(SECOND, {"code": app.value()}, REMOTE_ADDR="198.51.100.99")
        assert "动态码、恢复码输错次数太多" in page.content.decode()

    def test_after_ten_minutes_the_password_is_asked_for_again(self, client, staff):
        app = enrol(staff)
        send(client, staff.sign_in_name)
        with after(minutes=10, seconds=1):
            assert give(client, app.value()).url == f"{DOOR}?why=ended"
            assert client.get(ACCOUNT).url.startswith(DOOR)

    def test_a_password_reset_in_between_ends_it(self, client, staff, tree):
        app = enrol(staff)
        send(client, staff.sign_in_name)
        reset_passwords([staff], issuer_organization=tree.province, by=Viewer.system("test"))
        assert give(client, app.value()).url == f"{DOOR}?why=ended"

    def test_nobody_comes_to_the_page_without_the_password(self, client, staff):
        enrol(staff)
        assert client.get(SECOND).url == f"{DOOR}?why=ended"
        assert give(client, "123456").url == f"{DOOR}?why=ended"
        assert not SignInFailure.objects.exists()

    def test_a_place_is_known_only_after_the_second_factor(self, client, staff):
        app = enrol(staff)
        send(client, staff.sign_in_name)
        assert not KnownPlace.objects.exists()
        give(client, app.value())
        assert KnownPlace.objects.filter(user=staff).exists()

    def test_it_can_be_left(self, client, staff):
        enrol(staff)
        send(client, staff.sign_in_name)
        assert client.post(reverse("accounts:sign-out")).url == f"{DOOR}?why=out"
        assert not SignInSession.objects.exists()

    def test_signed_in_halfway_it_is_no_sign_in_on_the_list(self, client, staff):
        enrol(staff)
        send(client, staff.sign_in_name)
        assert not SignInSession.objects.filter(user=staff).exists()

    def test_without_a_factor_the_password_is_enough(self, client, staff):
        assert send(client, staff.sign_in_name).url == "/"

    def test_an_account_whose_identities_ended_meanwhile_stays_outside(self, client, staff):
        app = enrol(staff)
        send(client, staff.sign_in_name)
        Grant.unscoped.filter(user=staff).update(ends_at=clock.now())
        assert "没有有效的身份" in give(client, app.value()).content.decode()


class TestOnce:
    def test_a_value_passes_once(self, client, staff):
        app = enrol(staff)
        value = app.value()
        send(client, staff.sign_in_name)
        assert give(client, value).status_code == 302
        other = Client()
        send(other, staff.sign_in_name)
        page = give(other, value)
        assert page.status_code == 422 and "或已经用过" in page.content.decode()

    def test_an_earlier_value_does_not_pass_after_a_later_one(self, client, staff):
        app = enrol(staff)
        send(client, staff.sign_in_name)
        give(client, app.value())
        other = Client()
        send(other, staff.sign_in_name)
        assert give(other, app.value(timedelta(0))).status_code == 422

    def test_a_recovery_code_stands_for_a_value_once(self, client, staff, box):
        app = enrol(staff)
        send(client, staff.sign_in_name)
        assert "填一个恢复码" in client.get(f"{SECOND}?way=recovery").content.decode()
        assert give(client, app.codes[3].lower().replace("-", " "), way="recovery").status_code == 302
        assert RecoveryCode.objects.filter(user=staff, used_at=None).count() == 7
        assert box.factors[-1] == (staff.pk, "用恢复码通过了一次")
        assert HistoryEntry.unscoped.filter(verb="recovery_code_used").exists()
        other = Client()
        send(other, staff.sign_in_name)
        page = give(other, app.codes[3], way="recovery")
        assert page.status_code == 422 and "恢复码不对，或已经用过" in page.content.decode()

    def test_the_code_of_another_account_opens_nothing(self, client, staff, tree):
        enrol(staff)
        foreign = enrol(make_staff("base_admin", tree.base))
        send(client, staff.sign_in_name)
        assert give(client, foreign.codes[0], way="recovery").status_code == 422
        assert give(client, foreign.value()).status_code == 422


class TestNoWayAround:
    """Every other way to a password leads to the second factor all the same."""

    def test_a_password_reset_by_the_level_above(self, client, tree):
        user = make_resident(tree.base)
        enrol(user)
        reset_passwords([user], issuer_organization=tree.base, by=Viewer.system("test"))
        send(client, user.person.id_number, "000000", entrance="resident")
        answer = client.post(
            reverse("accounts:initial-password"),
            {"old": "000000", "phone": user.person.phone, "new": NEW, "confirm": NEW},
        )
        assert answer.url == SECOND and User.unscoped.get(pk=user.pk).check_password(NEW)
        assert client.get(ACCOUNT).url == SECOND

    def test_a_forgotten_password(self, client, tree, box):
        user = trust(make_resident(tree.base))
        enrol(user)
        finish(client, ask(client, user.person.id_number).url, box.digits)
        assert User.unscoped.get(pk=user.pk).check_password(NEW)
        assert send(client, user.person.id_number, NEW, entrance="resident").url == SECOND
        assert SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()

    def test_a_first_sign_in_of_somebody_new_needs_none(self, client, tree):
        person = make_person()
        open_users([person.pk], organization=tree.base, track="western", by=Viewer.system("test"))
        send(client, person.id_number, "000000", entrance="resident")
        answer = client.post(
            reverse("accounts:initial-password"), {"old": "000000", "phone": person.phone, "new": NEW, "confirm": NEW}
        )
        assert answer.url == "/"

    def test_a_forgotten_password_does_not_start_the_count_of_wrong_values_anew(self, client, tree, box):
        user = trust(make_resident(tree.base))
        app = enrol(user)
        send(client, user.person.id_number, entrance="resident")
        give(client, app.wrong())
        elsewhere = Client()
        finish(elsewhere, ask(elsewhere, user.person.id_number).url, box.digits)
        assert SignInFailure.objects.filter(kind=Guess.FACTOR).count() == 1
