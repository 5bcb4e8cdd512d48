"""A sign-in ends after being left alone, and after an absolute time; looking at pages writes nothing (P-08)."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts import presence, sessions
from xinglin.accounts.actions import open_users
from xinglin.accounts.checks import sign_ins_end
from xinglin.accounts.models import SignInSession
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer

from .factories import make_grant, make_person, make_resident, make_staff, make_tree, sign_in, writes_of
from .test_sign_in import send

ACCOUNT, SEEN, STATE = (reverse(f"accounts:{name}") for name in ("account", "session-seen", "session-state"))

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-08", "Q-12")]


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def staff(tree):
    return make_staff("base_admin", tree.base)


def come_in(client, user):
    answer = send(
        client, user.sign_in_name or user.person.id_number, entrance="organization" if user.sign_in_name else "resident"
    )
    assert answer.status_code == 302
    return client


def is_in(client):
    return client.get(ACCOUNT).status_code == 200


def after(**span):
    return time_machine.travel(clock.now() + timedelta(**span), tick=False)


def test_left_alone_for_half_an_hour_the_office_is_signed_out(client, staff):
    come_in(client, staff)
    with after(minutes=29):
        assert is_in(client)
    with after(minutes=58):
        assert is_in(client), "the look at minute 29 counted"
    with after(minutes=90):
        answer = client.get(f"{ACCOUNT}?a=1")
        assert answer.url == "/sign-in/?next=%2Faccount%2F%3Fa%3D1&why=idle"
        assert "因长时间未操作，已自动退出" in client.get(answer.url).content.decode()
    assert not SignInSession.objects.exists(), "the row is gone, not only the cookie"


def test_residents_on_their_own_phones_have_longer(client, tree):
    come_in(client, make_resident(tree.base))
    with after(minutes=119):
        assert is_in(client)
    with after(minutes=240):
        assert not is_in(client)


def test_the_times_are_settings(client, staff, settings):
    settings.XINGLIN_IDLE_MINUTES = 5
    come_in(client, staff)
    with after(minutes=6):
        assert not is_in(client)


def test_no_use_puts_the_absolute_end_off(client, staff):
    come_in(client, staff)
    for minutes in range(20, 12 * 60, 20):
        with after(minutes=minutes):
            assert is_in(client), minutes
    with after(hours=12, seconds=1):
        assert "why=ended" in client.get(ACCOUNT).url


def test_a_switch_of_identity_does_not_prolong_it(client, staff, tree):
    other = make_grant(staff, "base_admin", tree.sibling)
    sign_in(client, staff)
    end = SignInSession.objects.get().expire_date
    with after(minutes=20):
        client.post(reverse("accounts:switch"), {"grant": other.pk})
    assert abs(SignInSession.objects.get().expire_date - end) <= timedelta(minutes=21)
    come_in(Client(), make_staff("base_admin", tree.base))


def test_a_signed_in_session_keeps_its_end(client, staff, tree):
    make_grant(staff, "base_admin", tree.sibling)
    come_in(client, staff)
    end = SignInSession.objects.get().expire_date
    with after(minutes=20):
        grant = client.get(reverse("accounts:identities")).context["identities"][0]["grant"]
        client.post(reverse("accounts:switch"), {"grant": grant.pk})
    assert SignInSession.objects.get().expire_date == end


def test_one_sign_in_writes_its_session_once(client, staff):
    with CaptureQueriesContext(connection) as caught:
        come_in(client, staff)
    written = [sql for sql in writes_of(caught.captured_queries) if "accounts_signinsession" in sql]
    assert len(written) == 1, written
    assert written[0].startswith("INSERT")


def test_looking_writes_nothing_and_carries_the_sign_of_life_in_the_cookie(client, staff):
    come_in(client, staff)
    client.get(ACCOUNT)
    with after(minutes=10), CaptureQueriesContext(connection) as caught:
        answer = client.get(ACCOUNT)
    assert not writes_of(caught.captured_queries)
    cookie = answer.cookies[presence.COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"], "it ends with the browser"


def test_the_cookie_is_renewed_at_most_once_a_minute(client, staff):
    come_in(client, staff)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        assert presence.COOKIE in client.get(ACCOUNT).cookies
        traveller.shift(timedelta(seconds=59))
        assert presence.COOKIE not in client.get(ACCOUNT).cookies
        traveller.shift(timedelta(seconds=2))
        assert presence.COOKIE in client.get(ACCOUNT).cookies


def forged(client, *, key=None, at=None, salt="xinglin.seen"):
    mark = presence._mark(key or client.session.session_key)
    return signing.Signer(salt=salt).sign(f"{mark}:{int((at or clock.now()).timestamp())}")


@pytest.mark.parametrize("how", ["salt", "other session", "garbage", "none"])
def test_a_forged_sign_of_life_keeps_nobody_in(client, staff, how):
    come_in(client, staff)
    with after(minutes=31):
        client.cookies[presence.COOKIE] = {
            "salt": forged(client, salt="mine"),
            "other session": forged(client, key="x" * 32),
            "garbage": "a:b:c",
            "none": "",
        }[how]
        assert not is_in(client)


def test_a_stolen_session_cookie_is_worth_half_an_hour(client, staff):
    come_in(client, staff)
    thief = Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    with after(minutes=31):
        assert not is_in(thief)


def test_a_confined_first_sign_in_ends_too(client, tree):
    person = make_person()
    open_users([person.pk], organization=tree.base, track="western", by=Viewer.system("test"))
    send(client, person.id_number, "000000", entrance="resident")
    assert sessions.INITIAL in client.session
    with after(minutes=31):
        answer = client.get(reverse("accounts:initial-password"))
        assert answer.status_code == 302
        assert "sign-in" in answer.url
    assert not SignInSession.objects.exists()


class TestSignOfLife:
    def test_a_page_in_use_keeps_the_sign_in(self, client, staff):
        come_in(client, staff)
        with after(minutes=20):
            assert client.post(SEEN).status_code == 204
            row = SignInSession.objects.get()
            assert row.last_seen_at == clock.now()
        client.cookies.pop(presence.COOKIE)
        with after(minutes=45):
            assert is_in(client), "the database knows it without the cookie"

    def test_it_writes_at_most_once_a_minute(self, client, staff):
        come_in(client, staff)
        with after(minutes=5):
            client.post(SEEN)
            with CaptureQueriesContext(connection) as caught:
                client.post(SEEN)
        changed = [q for q in caught.captured_queries if q["sql"].startswith("UPDATE")]
        assert len(changed) == 1
        assert SignInSession.objects.get().last_seen_at < clock.now() + timedelta(minutes=6)

    def test_too_late_it_says_so(self, client, staff):
        come_in(client, staff)
        with after(minutes=31):
            answer = client.post(SEEN, headers={"HX-Request": "true"})
            assert answer.status_code == 401
            assert "why=idle" in answer.headers["HX-Redirect"]

    def test_a_look_does_not_send_it(self, client, staff):
        assert come_in(client, staff).get(SEEN).status_code == 405

    def test_an_open_page_learns_who_is_signed_in_and_gets_a_token(self, client, staff):
        assert client.get(STATE).json() == {"user": None, "grant": None, "token": ""}
        come_in(client, staff)
        told = client.get(STATE).json()
        assert (told["user"], told["grant"]) == (staff.pk, staff.__class__.unscoped.get(pk=staff.pk).last_grant_id)
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = client.cookies
        assert strict.post(SEEN, headers={"X-CSRFToken": told["token"]}).status_code == 204
        assert strict.post(SEEN, headers={"X-CSRFToken": "x" * 64}).status_code == 403

    def test_the_page_carries_what_the_script_needs(self, client, staff):
        html = come_in(client, staff).get(ACCOUNT).content.decode()
        assert f'data-presence data-idle="30" data-user="{staff.pk}"' in html
        assert "accounts/seen" in html
        assert "data-presence" not in Client().get(reverse("accounts:sign-in")).content.decode()


class TestBackToTheSamePage:
    def test_a_form_that_came_too_late_leads_back_to_its_page(self, client, staff):
        come_in(client, staff)
        with after(minutes=31):
            answer = client.post(
                reverse("accounts:change-password"), headers={"Referer": "http://testserver/account/password/?x=1"}
            )
        assert answer.url == "/sign-in/?next=%2Faccount%2Fpassword%2F%3Fx%3D1&why=idle"

    def test_a_part_that_came_too_late_leads_back_to_its_page(self, client, staff):
        come_in(client, staff)
        with after(minutes=31):
            headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/residents/intake/?page=2"}
            answer = client.get(ACCOUNT, headers=headers)
        assert "next=%2Fresidents%2Fintake%2F%3Fpage%3D2" in answer.headers["HX-Redirect"]

    @pytest.mark.parametrize(
        "where", ["https://evil.example/account/", "//evil.example/", "http://testserver/sign-in/", ""]
    )
    def test_other_houses_and_the_door_itself_are_no_way_back(self, client, staff, where):
        come_in(client, staff)
        with after(minutes=31):
            assert "next" not in client.post(ACCOUNT, headers={"Referer": where}).url

    def test_the_way_back_outlives_the_choice_of_identity(self, client, staff, tree):
        grant = make_grant(staff, "base_admin", tree.sibling)
        answer = send(client, staff.sign_in_name, next="/account/password/")
        assert answer.url == reverse("accounts:identities")
        assert client.post(reverse("accounts:switch"), {"grant": grant.pk}).url == "/account/password/"
        assert client.post(reverse("accounts:switch"), {"grant": grant.pk}).url == "/", "once"


@pytest.mark.parametrize(
    ("office", "phone", "hours", "fault"),
    [(30, 120, 12, 0), (0, 120, 12, 1), (30, -1, 12, 1), (30, 120, 25, 1), (1440, 1440, 24, 0)],
)
def test_times_that_never_end_are_refused_at_start(settings, office, phone, hours, fault):
    settings.XINGLIN_IDLE_MINUTES, settings.XINGLIN_IDLE_MINUTES_PHONE = office, phone
    settings.SESSION_COOKIE_AGE = hours * 3600
    assert len(sign_ins_end()) == fault
