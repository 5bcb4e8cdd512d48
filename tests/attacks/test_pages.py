"""Open redirects, frames, caches: what the pages of the door send along (Q-12)."""

import pytest
from django.test import Client
from django.urls import reverse

from xinglin.accounts.tests.courier_box import Box, box, trust
from xinglin.accounts.tests.factories import make_grant, make_resident, make_staff, make_tree, sign_in

from .doors import ACCOUNT, FORGOTTEN, SIGN_IN, forget, knock

__all__ = ["box"]

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-08", "Q-12")]

ELSEWHERE = [
    "https://evil.example/", "http://evil.example/", "//evil.example/", "///evil.example/", "////evil.example",
    "/\\evil.example", "\\\\evil.example", "/\\/evil.example", "https:evil.example", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "data:text/html,x", " //evil.example", "\t//evil.example", "\n//evil.example",
    "http:///evil.example", "//testserver@evil.example/", "https://testserver@evil.example/", "evil.example",
    "//evil.example%2f@testserver/", "ftp://testserver/", "/\t/evil.example/", "/\n/evil.example", "@evil.example",
]  # fmt: skip
OURS = ["/account/", "/account/?a=1&b=2", "/residents/intake/?name=%E6%9E%97", "/account/#phone"]


@pytest.fixture
def tree():
    return make_tree()


@pytest.mark.parametrize("where", ELSEWHERE)
def test_after_the_sign_in_nobody_leaves_the_house(client, tree, where):
    user = make_staff("base_admin", tree.base)
    assert knock(client, user.sign_in_name, next=where).headers["Location"] == "/"


@pytest.mark.parametrize("where", ELSEWHERE)
def test_after_the_choice_of_identity_neither(client, tree, where):
    user = make_staff("base_admin", tree.base)
    grant = make_grant(user, "base_admin", tree.sibling)
    assert knock(client, user.sign_in_name, next=where).headers["Location"] == reverse("accounts:identities")
    answer = client.post(reverse("accounts:switch"), {"grant": grant.pk, "next": where})
    assert answer.headers["Location"] == "/"


def test_a_way_back_with_a_control_character_is_refused(client, tree):
    answer = knock(client, make_staff("base_admin", tree.base).sign_in_name, next="/\x00//evil.example")
    assert answer.status_code == 422
    assert "sessionid" not in answer.cookies


@pytest.mark.parametrize("where", OURS)
def test_pages_of_the_house_are_reached(client, tree, where):
    assert knock(client, make_staff("base_admin", tree.base).sign_in_name, next=where).headers["Location"] == where


@pytest.mark.parametrize("where", ELSEWHERE)
def test_the_page_itself_links_nowhere_else(client, where):
    html = client.get(SIGN_IN, {"next": where}).content.decode()
    for form in ('href="http', "href='http", 'href="//', 'href="javascript', 'action="http', 'action="//'):
        assert form not in html


def pages(client, box, tree):
    """Every page of the door, with what must be seen to be believed: refusals and redirects among them."""
    user = trust(make_resident(tree.base))
    recover = forget(client, user.person.id_number).url
    signed_in = sign_in(Client(), make_staff("base_admin", tree.base))
    yield from (
        client.get(url) for url in (SIGN_IN, FORGOTTEN, recover, reverse("accounts:register-info"), "/nowhere/")
    )
    yield client.post(recover, {"code": "x"})
    yield client.get(ACCOUNT)
    yield knock(client, user.person.id_number, "Wrong-2026", entrance="resident")
    yield from (signed_in.get(url) for url in (ACCOUNT, reverse("accounts:change-password"), "/residents/intake/"))
    yield signed_in.get("/administration/messages/")


def test_no_page_can_be_framed_or_sniffed(client, box: Box, tree):
    for answer in pages(client, box, tree):
        where = answer.wsgi_request.path
        assert answer.headers["X-Frame-Options"] == "DENY", where
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], where
        assert answer.headers["X-Content-Type-Options"] == "nosniff", where
        assert answer.headers["Referrer-Policy"] == "same-origin", where


def test_the_address_of_a_recovery_is_not_told_to_others(client, box: Box, tree):
    """The token in the address opens nothing without the code, and still stays out of caches and referrers."""
    where = forget(client, trust(make_resident(tree.base)).person.id_number).url
    answer = client.get(where)
    assert "no-store" in answer.headers["Cache-Control"] or "no-cache" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert 'name="robots" content="noindex"' in answer.content.decode()


def test_passwords_are_never_sent_back(client, tree, box: Box):
    secret = "Secret-Lane-78"
    user = trust(make_resident(tree.base))
    recover = forget(client, user.person.id_number).url
    words = {"code": "000000", "new": secret, "confirm": secret, "old": secret, "password": secret}
    answers = [
        knock(client, user.person.id_number, secret, entrance="resident"),
        client.post(recover, words),
        sign_in(Client(), user).post(reverse("accounts:change-password"), words),
    ]
    assert all(answer.status_code == 422 for answer in answers)
    assert all(secret not in answer.content.decode() for answer in answers)
