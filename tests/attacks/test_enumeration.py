"""Who has an account cannot be learnt: not from words, not from statements, not from hashes that are counted (P-08)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts.actions import open_users
from xinglin.accounts.hashers import Argon2id
from xinglin.accounts.tests.courier_box import Box, box, trust, wrong
from xinglin.accounts.tests.factories import make_person, make_resident, make_tree
from xinglin.kernel.viewer import Viewer

from .doors import forget, knock, said, shape

__all__ = ["box"]
UNKNOWN = "32019919930102005X"
WHO = ["unknown", "known", "first sign-in", "closed", "unverified"]

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-08", "Q-12")]


def number_of(who: str) -> str:
    """An ID number of somebody of this sort, 18 characters like every other."""
    base = make_tree().base
    if who == "unknown":
        return UNKNOWN
    if who == "first sign-in":
        person = make_person()
        open_users([person.pk], organization=base, track="western", by=Viewer.system("test"))
        return person.id_number
    user = make_resident(base, is_active=who != "closed")
    if who != "unverified":
        trust(user)
    return user.person.id_number


@pytest.fixture
def hashes(monkeypatch):
    """How often argon2 ran."""
    count = []
    encode, verify = Argon2id.encode, Argon2id.verify
    monkeypatch.setattr(Argon2id, "encode", lambda *a: count.append("e") or encode(*a))
    monkeypatch.setattr(Argon2id, "verify", lambda *a: count.append("v") or verify(*a))
    return count


def measured(act, hashes):
    """(status, words, statements, hashes) of one request by a fresh browser."""
    hashes.clear()
    with CaptureQueriesContext(connection) as caught:
        answer = act(Client())
    return answer.status_code, said(answer), shape(caught.captured_queries), len(hashes)


def assert_alike(found):
    first = found["unknown"]
    for who, other in found.items():
        assert other[0] == first[0], who
        assert other[1] == first[1], who
        assert other[2] == first[2], f"{who}: {set(other[2]) ^ set(first[2])}"
        assert other[3] == first[3], f"{who}: {other[3]} hashes"


def test_a_wrong_password_looks_and_costs_the_same(hashes):
    numbers = {who: number_of(who) for who in WHO}
    found = {
        who: measured(lambda client, n=number: knock(client, n, "Wrong-2026", entrance="resident"), hashes)
        for who, number in numbers.items()
    }
    assert_alike(found)
    assert found["unknown"][0] == 422
    assert found["unknown"][3] == 1


def test_the_pause_looks_and_costs_the_same(hashes):
    numbers = {who: number_of(who) for who in WHO}
    for number in numbers.values():
        for _ in range(10):
            knock(Client(), number, "Wrong-2026", entrance="resident", address="198.51.100.1")
    found = {
        who: measured(
            lambda client, n=number: knock(client, n, "Wrong-2026", entrance="resident", address="198.51.100.1"), hashes
        )
        for who, number in numbers.items()
    }
    texts = {
        who: (status, "分钟后再试" in words, queries, count) for who, (status, words, queries, count) in found.items()
    }
    assert len({str(value) for value in texts.values()}) == 1
    assert texts["unknown"][:2] == (422, True)
    assert texts["unknown"][3] == 0, "no hash is spent on guesses in a pause"


def test_a_forgotten_password_looks_and_costs_the_same(hashes, box: Box, monkeypatch):
    monkeypatch.setattr(Box, "post_code", lambda self, code_id: self.posted.append(code_id))
    numbers = {who: number_of(who) for who in WHO}
    found = {who: measured(lambda client, n=n: forget(client, n), hashes) for who, n in numbers.items()}
    assert_alike(found)
    assert found["unknown"][0] == 302
    assert len(box.posted) == len(WHO), "the courier is asked for everybody"


def test_the_page_for_the_code_looks_and_costs_the_same(hashes, box: Box):
    found, tries = {}, {}
    for who in WHO:
        where = forget(Client(), number_of(who)).url
        found[who] = measured(lambda client, where=where: client.get(where), hashes)
        digits = wrong(box.digits) if box.made else "000000"
        words = {"code": digits, "new": "Kapok-Lane-77", "confirm": "Kapok-Lane-77"}
        tries[who] = measured(lambda client, where=where, words=words: client.post(where, words), hashes)
    assert {status for status, *_ in found.values()} == {200}
    for pages in (found, tries):
        assert len({str(queries) for _, _, queries, _ in pages.values()}) == 1
        assert len({count for *_, count in pages.values()}) == 1
    assert all("还可以试 4 次" in words for _, words, _, _ in tries.values())
    assert tries["known"][3] == 0, "no hash before the code is right"


def test_sending_again_looks_the_same(box: Box):
    pages = []
    for who in WHO:
        client = Client()
        answer = client.post(forget(client, number_of(who)).url + "again/")
        pages.append((answer.status_code, "秒后再试" in answer.content.decode()))
    assert set(pages) == {(422, True)}


def test_a_code_instead_of_the_captcha_looks_and_costs_the_same(hashes, box: Box, monkeypatch):
    monkeypatch.setattr(Box, "post_code", lambda self, code_id: self.posted.append(code_id))
    url = reverse("accounts:sign-in-code")
    numbers = {who: number_of(who) for who in WHO}
    found = {
        who: measured(lambda client, n=n: client.post(url, {"entrance": "resident", "name": n}), hashes)
        for who, n in numbers.items()
    }
    assert_alike(found)


def test_the_picker_names_organisations_only(client):
    user = make_resident(make_tree().base)
    for query in (user.person.name, user.person.id_number, user.person.phone):
        assert client.get(reverse("accounts:organization-names"), {"q": query}).json() == {"names": []}
