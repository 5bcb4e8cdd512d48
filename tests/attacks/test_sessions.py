"""Fixation, stolen and outlived sessions, and the flags of every cookie (P-08, Q-12)."""

import json
import os
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from tests.sources import ROOT
from xinglin.accounts import sessions
from xinglin.accounts.actions import end_grant, open_users, reset_passwords
from xinglin.accounts.models import SignInSession
from xinglin.accounts.selectors import grants_of
from xinglin.accounts.tests.courier_box import Box, box, trust
from xinglin.accounts.tests.factories import (
    PASSWORD,
    make_grant,
    make_person,
    make_resident,
    make_staff,
    make_tree,
    sign_in,
    viewer_of,
)
from xinglin.kernel.viewer import Viewer

from .doors import ACCOUNT, forget, knock

__all__ = ["box"]
SYSTEM = Viewer.system("test")
NEW = "Kapok-Lane-77"

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-08", "Q-12")]


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def staff(tree):
    return make_staff("base_admin", tree.base)


def key(client):
    return client.cookies["sessionid"].value


class TestFixation:
    def test_a_planted_key_is_not_taken_over(self, client, staff):
        client.cookies["sessionid"] = planted = "a" * 32
        knock(client, staff.sign_in_name)
        assert key(client) != planted
        assert not SignInSession.objects.filter(session_key=planted).exists()
        thief = Client()
        thief.cookies["sessionid"] = planted
        assert thief.get(ACCOUNT).status_code == 302

    def test_a_session_that_the_attacker_began_does_not_become_the_victims(self, tree, staff):
        """The attacker's own confined first sign-in, planted in the victim's browser."""
        person = make_person()
        open_users([person.pk], organization=tree.base, track="western", by=SYSTEM)
        attacker, victim = Client(), Client()
        knock(attacker, person.id_number, "000000", entrance="resident")
        planted = key(attacker)
        victim.cookies["sessionid"] = planted
        victim.post(reverse("accounts:sign-out"))
        knock(victim, staff.sign_in_name)
        assert key(victim) != planted
        assert attacker.get(ACCOUNT).status_code == 302

    def test_the_first_password_changes_the_key(self, client, tree):
        person = make_person()
        open_users([person.pk], organization=tree.base, track="western", by=SYSTEM)
        knock(client, person.id_number, "000000", entrance="resident")
        before = key(client)
        words = {"old": "000000", "phone": person.phone, "new": NEW, "confirm": NEW}
        assert client.post(reverse("accounts:initial-password"), words).url == "/"
        assert key(client) != before
        assert not SignInSession.objects.filter(session_key=before).exists()

    def test_a_new_password_changes_the_key(self, client, staff):
        knock(client, staff.sign_in_name)
        before = key(client)
        client.post(reverse("accounts:change-password"), {"old": PASSWORD, "new": NEW, "confirm": NEW})
        assert key(client) != before
        assert client.get(ACCOUNT).status_code == 200

    def test_signing_out_forgets_the_key(self, client, staff):
        knock(client, staff.sign_in_name)
        copy = Client()
        copy.cookies["xl_seen"] = client.cookies["xl_seen"].value if "xl_seen" in client.cookies else ""
        copy.cookies["sessionid"] = key(client)
        client.post(reverse("accounts:sign-out"))
        assert copy.get(ACCOUNT).status_code == 302
        assert not SignInSession.objects.exists()

    def test_the_token_of_forms_changes_with_the_sign_in(self, client, staff):
        client.get(reverse("accounts:sign-in"))
        before = client.cookies["csrftoken"].value
        knock(client, staff.sign_in_name)
        assert client.cookies["csrftoken"].value != before


class TestEnds:
    """Sessions that must be over, everywhere and at once."""

    def test_a_reset_by_the_level_above(self, tree):
        user = make_resident(tree.base)
        clients = [sign_in(Client(), user) for _ in range(2)]
        admin = viewer_of(make_staff("base_admin", tree.base))
        reset_passwords([user], issuer_organization=tree.base, by=admin)
        assert [client.get(ACCOUNT).status_code for client in clients] == [302, 302]

    def test_a_recovery_by_code(self, client, tree, box: Box):
        user = trust(make_resident(tree.base))
        thief = sign_in(Client(), user)
        where = forget(client, user.person.id_number).url
        client.post(where, {"code": box.digits, "new": NEW, "confirm": NEW})
        assert thief.get(ACCOUNT).status_code == 302

    def test_the_loss_of_the_grant_in_force(self, client, staff, tree):
        sign_in(client, staff)
        end_grant(grants_of(staff)[0], by=SYSTEM, reason="调离")
        assert client.get(ACCOUNT).url.startswith(reverse("accounts:sign-in"))

    def test_the_loss_of_another_grant_ends_them_too(self, client, staff, tree):
        other = make_grant(staff, "base_admin", tree.sibling)
        sign_in(client, staff)
        end_grant(other, by=SYSTEM, reason="调离")
        assert client.get(ACCOUNT).status_code == 302

    def test_an_ended_identity_cannot_be_taken_again(self, client, staff, tree):
        other = make_grant(staff, "base_admin", tree.sibling)
        end_grant(other, by=SYSTEM, reason="调离")
        knock(client, staff.sign_in_name)
        assert client.post(reverse("accounts:switch"), {"grant": other.pk}).status_code == 404

    def test_the_identity_of_another_cannot_be_put_into_a_session(self, client, staff, tree):
        foreign = grants_of(make_staff("province_reviewer", tree.province))[0]
        sign_in(client, staff)
        assert client.post(reverse("accounts:switch"), {"grant": foreign.pk}).status_code == 404
        session = client.session
        session[sessions.GRANT] = foreign.pk
        session.save()
        assert client.get(ACCOUNT).status_code == 302, "even a forged row finds only the user's own grants"


class TestCookies:
    def test_every_cookie_of_the_door_is_closed_to_scripts_and_other_sites(self, client, staff, settings):
        settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
        client.get(reverse("accounts:sign-in"))
        knock(client, staff.sign_in_name)
        client.get(ACCOUNT)
        names = {"sessionid", "csrftoken", "xl_seen", "xl_device"}
        assert names <= set(client.cookies)
        for name in names:
            cookie = client.cookies[name]
            assert cookie["httponly"], name
            assert cookie["secure"], name
            assert cookie["samesite"] in {"Lax", "Strict"}, name
            assert not cookie["domain"], name
            assert cookie["path"] == "/", name

    def test_they_hold_no_words_about_anybody(self, client, tree):
        user = make_resident(tree.base)
        knock(client, user.person.id_number, entrance="resident")
        client.get(ACCOUNT)
        values = " ".join(cookie.value for cookie in client.cookies.values())
        for word in (user.person.name, user.person.id_number, user.person.phone, client.session.session_key[:0] or "@"):
            assert word not in values
        assert client.session.session_key not in client.cookies["xl_seen"].value

    def test_production_sets_the_flags(self):
        names = [
            "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY",
            "SESSION_COOKIE_SAMESITE", "X_FRAME_OPTIONS", "SECURE_CONTENT_TYPE_NOSNIFF", "SESSION_COOKIE_AGE", "DEBUG",
            "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME",
        ]  # fmt: skip
        code = (
            "import json; from django.conf import settings;"
            f"print(json.dumps({{name: getattr(settings, name) for name in {names!r}}}))"
        )
        env = {**os.environ, "XINGLIN_PRODUCTION": "1", "XINGLIN_SECRET_KEY": "k" * 60}
        env["DJANGO_SETTINGS_MODULE"] = "xinglin.config.settings"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True
        )
        assert json.loads(done.stdout) == dict(
            zip(
                names,
                [True] * 4 + ["Lax", "DENY", True, 43200, False, "__Host-sessionid", "__Host-csrftoken"],
                strict=True,
            )
        )
