"""激活单: the printed page, its QR, and the way from the link to one's own password, with both policies (P-05)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts import sessions
from xinglin.accounts.models import ActivationToken, InitialCredential, User
from xinglin.accounts.tests.factories import make_organization, set_contact_phone, writes_of
from xinglin.administration.views.accounts_sheets import qr_of
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock

from .accounts_world import make_world, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-05")]
SHEETS, FIRST = reverse("administration:account-sheets"), reverse("accounts:initial-password")
NEW = {"new": "Kapok-Lane-77", "confirm": "Kapok-Lane-77"}


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def client(world):
    return world.client("base_organization")


def printed(client, *users, url: str = SHEETS):
    answer = client.post(url, {"pick": [user.pk for user in users]})
    assert answer.status_code == 200, answer.text
    return answer


def the_sheet(client, user):
    return printed(client, user).context["sheets"][0]


def link_of(shown) -> str:
    return reverse("administration:activate", args=[shown.sheet.token_id])


# the page


def test_a_sheet_has_name_masked_number_account_code_and_qr(world, client):
    (user,) = waiting(world.tree.base)
    answer = printed(client, user)
    (shown,) = answer.context["sheets"]
    page, person = answer.text, user.person
    assert person.name in page and shown.sheet.secret in page
    assert person.id_number not in page and f"{person.id_number[:6]}********{person.id_number[-4:]}" in page
    assert "业务管理系统" in page and "有效期至" in page and "登记的完整手机号" in page
    assert "no-store" in answer.headers["Cache-Control"]
    assert HistoryEntry.unscoped.get(verb="sheet_printed").subject_id == str(user.pk)


@pytest.mark.req("Q-12")
def test_the_qr_is_drawn_without_any_style_or_script(world, client):
    (user,) = waiting(world.tree.base)
    svg = the_sheet(client, user).qr
    assert svg.startswith("<svg") and "style=" not in svg and "<script" not in svg
    assert 'viewBox="' in svg and "width=" not in svg.split(">")[0]
    assert re.fullmatch(r'<svg viewBox="[0-9 ]+" class="xl-qr">.*</svg>\n?', svg, re.S)


def test_the_qr_says_the_address_with_the_secret_behind_the_hash(world, client, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "xinglin.administration.views.accounts_sheets.qr_of", lambda text: drawn.append(text) or qr_of(text)
    )
    (user,) = waiting(world.tree.base)
    shown = the_sheet(client, user)
    assert drawn == [f"http://testserver{link_of(shown)}#{shown.sheet.secret}"]


def test_residents_are_sent_to_their_entrance_and_bases_to_theirs(world, client):
    (resident,) = waiting(world.tree.base, role="resident")
    assert the_sheet(client, resident).entrance == "住院医师入口"
    above = world.client("province_admin")
    User.unscoped.filter(pk=world.user("sibling").pk).update(password="!")
    above.post(reverse("administration:bases-renew"), {"pick": [world.tree.sibling.pk]})
    answer = above.post(reverse("administration:base-sheets"), {"pick": [world.tree.sibling.pk]})
    (shown,) = answer.context["sheets"]
    assert (shown.entrance, shown.signs_in_with, shown.id_number) == (
        "业务管理系统", world.tree.sibling.code, "",
    )  # fmt: skip


def test_who_gets_no_sheet_is_named_with_the_reason(world, client):
    (lapsed,) = waiting(world.tree.base, state="lapsed")
    active = world.user("base_admin")
    page = printed(client, lapsed, active)
    assert not page.context["sheets"]
    assert page.text.count("没有待用的初始密码，请先重新发放") == 2
    assert lapsed.person.name in page.text and active.person.name in page.text


def test_sheets_cannot_be_looked_at_only_printed(world, client):
    assert client.get(SHEETS).status_code == 405
    (foreign,) = waiting(world.tree.sibling)
    assert client.post(SHEETS, {"pick": [foreign.pk]}).status_code == 422
    assert not ActivationToken.objects.exists()


# from the link to the password


def test_opening_the_link_changes_nothing(world, client):
    (user,) = waiting(world.tree.base)
    shown, stranger = the_sheet(client, user), Client()
    with CaptureQueriesContext(connection) as caught:
        for _ in range(3):
            page = stranger.get(link_of(shown))
    assert not writes_of(caught.captured_queries)
    assert page.status_code == 200 and "开始激活" in page.text
    assert user.person.name not in page.text, "a stranger learns nothing"
    assert not stranger.session.get(sessions.INITIAL)
    assert ActivationToken.objects.get().used_at is None


def test_head_and_prefetch_change_nothing(world, client):
    (user,) = waiting(world.tree.base)
    shown = the_sheet(client, user)
    for method in ("head", "options", "put", "delete"):
        getattr(Client(), method)(link_of(shown))
    assert ActivationToken.objects.get().used_at is None


@pytest.mark.parametrize("policy", ["fixed", "random"])
def test_the_sheet_stands_for_the_initial_password(world, client, settings, policy):
    """Fixed defaults still ask for the phone, since a sheet may go astray; nobody types the password."""
    settings.XINGLIN_INITIAL_PASSWORDS = policy
    (user,) = waiting(world.tree.base)
    shown, phone = the_sheet(client, user), Client()
    answer = phone.post(link_of(shown), {"secret": shown.sheet.secret.lower().replace("-", " ")})
    assert answer.url == FIRST
    page = phone.get(FIRST).text
    assert 'name="old"' not in page and ('name="phone"' in page) == (policy == "fixed")
    sent = NEW | {"sign_in_name": "chengwanghe"} | ({"phone": user.person.phone} if policy == "fixed" else {})
    assert phone.post(FIRST, sent).url == "/"
    fresh = User.unscoped.get(pk=user.pk)
    assert fresh.check_password("Kapok-Lane-77") and fresh.sign_in_name == "chengwanghe"
    assert InitialCredential.objects.get(user=user).used_at is not None


def test_with_a_fixed_default_the_wrong_phone_does_not_get_in(world, client):
    (user,) = waiting(world.tree.base)
    shown, thief = the_sheet(client, user), Client()
    thief.post(link_of(shown), {"secret": shown.sheet.secret})
    answer = thief.post(FIRST, NEW | {"sign_in_name": "thief", "phone": "19000000009"})
    assert answer.status_code == 422 and "手机号与登记的不一致" in answer.text
    assert not User.unscoped.get(pk=user.pk).has_usable_password()


def test_the_password_page_without_a_sheet_still_asks_for_the_initial_password(world, client):
    (user,) = waiting(world.tree.base)
    browser = Client()
    browser.post(link_of(the_sheet(client, user)), {"secret": "ABCD-EFGH-JKLM-NPQR-STUV"})
    assert sessions.INITIAL not in browser.session
    assert browser.get(FIRST).status_code == 302


def test_an_organisation_without_phone_activates_by_its_random_sheet(world, settings):
    settings.XINGLIN_INITIAL_PASSWORDS = "random"
    base = make_organization(world.tree.province, "hospital")
    above = world.client("province_admin")
    above.post(reverse("administration:base-open", args=[base.pk]))
    user = User.unscoped.get(organization=base)
    shown, phone = the_sheet(above, user), Client()
    phone.post(link_of(shown), {"secret": shown.sheet.secret})
    assert phone.post(FIRST, NEW).url == "/"


def test_the_second_use_is_refused_in_words(world, client):
    (user,) = waiting(world.tree.base)
    shown = the_sheet(client, user)
    Client().post(link_of(shown), {"secret": shown.sheet.secret})
    other = Client()
    answer = other.post(link_of(shown), {"secret": shown.sheet.secret})
    assert answer.status_code == 422 and "已经用过" in answer.text
    assert sessions.INITIAL not in other.session


@pytest.mark.parametrize("secret", ["", " ", "ABCD", "x" * 65, "\x00" * 20, "<script>alert(1)</script>"])
def test_a_wrong_code_is_said_and_escaped(world, client, secret):
    (user,) = waiting(world.tree.base)
    answer = Client().post(link_of(the_sheet(client, user)), {"secret": secret})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert ActivationToken.objects.get().used_at is None


def test_five_wrong_codes_kill_the_sheet_for_its_owner_too(world, client):
    (user,) = waiting(world.tree.base)
    shown = the_sheet(client, user)
    for _ in range(5):
        Client().post(link_of(shown), {"secret": "ABCD-EFGH-JKLM-NPQR-STUV"})
    assert Client().post(link_of(shown), {"secret": shown.sheet.secret}).status_code == 422


@pytest.mark.parametrize("what", ["reset", "renew", "print"])
def test_reset_renewal_and_a_newer_sheet_kill_the_old_one(world, client, what):
    (user,) = waiting(world.tree.base)
    shown = the_sheet(client, user)
    if what == "reset":
        client.post(reverse("administration:account-reset", args=[user.pk]), {"reason": "遗失"})
    elif what == "renew":
        client.post(reverse("administration:accounts-renew"), {"pick": [user.pk]})
    else:
        the_sheet(client, user)
    answer = Client().post(link_of(shown), {"secret": shown.sheet.secret})
    assert answer.status_code == 422 and "更新的激活单" in answer.text


def test_a_sheet_lapses_with_its_credential(world, client):
    (user,) = waiting(world.tree.base)
    shown = the_sheet(client, user)
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert Client().post(link_of(shown), {"secret": shown.sheet.secret}).status_code == 422


def test_a_signed_in_colleague_who_activates_changes_the_session(world, client):
    """A fresh session under a fresh key: nothing of the one before is left."""
    (user,) = waiting(world.tree.base)
    shown, browser = the_sheet(client, user), world.client("base_admin")
    before = browser.session.session_key
    assert browser.post(link_of(shown), {"secret": shown.sheet.secret}).url == FIRST
    assert browser.session.session_key != before
    assert browser.get(reverse("administration:accounts")).url == FIRST, "confined"


def test_a_half_finished_first_sign_in_does_not_catch_the_next_persons_sheet(world, client):
    first, second = waiting(world.tree.base, 2)
    one, two = the_sheet(client, first), the_sheet(client, second)
    shared = Client()
    shared.post(link_of(one), {"secret": one.sheet.secret})
    assert "开始激活" in shared.get(link_of(two)).text
    shared.post(link_of(two), {"secret": two.sheet.secret})
    assert second.person.name in shared.get(FIRST).text


@pytest.mark.req("Q-12")
def test_the_activation_form_needs_its_csrf_token(world, client):
    (user,) = waiting(world.tree.base)
    shown, strict = the_sheet(client, user), Client(enforce_csrf_checks=True)
    assert strict.post(link_of(shown), {"secret": shown.sheet.secret}).status_code == 403
    assert ActivationToken.objects.get().used_at is None


def test_signing_in_with_the_typed_default_asks_for_the_default_again(world, client):
    """The flag of an activation does not outlive its session."""
    (user,) = waiting(world.tree.base)
    set_contact_phone(world.tree.base, "19010000001")
    shown, phone = the_sheet(client, user), Client()
    phone.post(link_of(shown), {"secret": shown.sheet.secret})
    phone.post(reverse("accounts:sign-out"))
    assert phone.get(FIRST).status_code == 302
