"""The first sign-in is confined to setting a password; the imported phone is the second proof (P-05)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from xinglin.accounts import sessions
from xinglin.accounts.actions import (
    issue_initial_credentials,
    open_organization_account,
    open_staff_account,
    open_users,
)
from xinglin.accounts.middleware import ViewerMiddleware
from xinglin.accounts.models import MAX_TRIES, InitialCredential, Policy, User
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer

from .factories import make_person, make_phone, make_tree, set_contact_phone, writes_of
from .test_sign_in import send

URL = reverse("accounts:initial-password")
NEW = "Kapok-Lane-77"
SYSTEM = Viewer.system("test")

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-05")]


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def person(tree):
    person = make_person()
    open_users([person.pk], organization=tree.base, track="western", by=SYSTEM)
    return person


def come_in(client, person, password="000000", entrance="resident"):
    return send(client, person.id_number, password, entrance=entrance)


def fill(client, **words):
    words = {"old": "000000", "new": NEW, "confirm": NEW} | words
    return client.post(URL, words)


def test_from_the_default_to_an_own_password(client, person):
    come_in(client, person)
    assert "设置新密码" in client.get(URL).content.decode()
    assert fill(client, phone=person.phone).url == "/"
    user = User.unscoped.get(person=person)
    assert user.activated_at
    assert user.check_password(NEW)
    assert user.password.startswith("argon2$argon2id$")
    assert InitialCredential.objects.get(user=user).used_at
    assert client.session[sessions.GRANT] == user.last_grant_id
    assert HistoryEntry.unscoped.filter(verb="password_set", subject_id=str(user.pk)).count() == 1
    client.post(reverse("accounts:sign-out"))
    assert "用户名或密码不对" in come_in(client, person).content.decode()
    assert send(client, person.id_number, NEW, entrance="resident").url == "/"


def test_no_other_address_answers_during_the_first_sign_in(client, person):
    come_in(client, person)
    for route in (reverse("accounts:account"), reverse("accounts:identities"), reverse("accounts:sign-in")):
        assert client.get(route).url == URL
        assert client.post(route).url == URL
    assert client.get("/account/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == URL
    assert client.post(reverse("accounts:switch"), {"grant": "1"}).url == URL


def views_of(patterns, namespace=""):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from views_of(pattern.url_patterns, pattern.namespace or namespace)
        else:
            yield f"{namespace}:{pattern.name}", pattern.callback


def test_every_view_of_the_house_is_closed_to_a_first_sign_in(client, person):
    come_in(client, person)
    request = client.get(URL).wsgi_request
    middleware = ViewerMiddleware(lambda request: None)
    answers = {
        name: middleware.process_view(request, view, (), {}) for name, view in views_of(get_resolver().url_patterns)
    }
    reached = {name for name, answer in answers.items() if answer is None}
    own = {"accounts:initial-password", "accounts:initial-code", "accounts:sign-out"}
    assert reached == own | {"administration:activate", "ui:theme", "ui:logo", "ui:favicon"}
    assert {answer.url for answer in answers.values() if answer is not None} == {URL}


def test_a_wrong_phone_is_counted_and_locks(client, person):
    come_in(client, person)
    for left in range(MAX_TRIES - 1, 0, -1):
        assert f"还可以试 {left} 次" in fill(client, phone="13900000000").content.decode()
    assert "why=locked" in fill(client, phone="13900000000").url
    assert "已经锁定" in come_in(client, person).content.decode()
    assert client.get(URL).status_code == 302


def test_a_wrong_initial_password_is_counted_too(client, person):
    come_in(client, person)
    assert "初始密码不对" in fill(client, old="123456", phone=person.phone).content.decode()
    assert InitialCredential.objects.get().failed_tries == 1


def test_a_weak_password_is_told_apart_and_costs_no_try(client, person):
    come_in(client, person)
    said = fill(client, new="abc", confirm="abd", phone=person.phone).content.decode()
    assert "至少 8 位" in said
    assert "两次填写的新密码不一样" in said
    assert InitialCredential.objects.get().failed_tries == 0


def test_pieces_of_the_id_number_and_the_phone_are_refused(client, person):
    come_in(client, person)
    for piece in (person.id_number[6:14], person.phone[-6:]):
        assert "连续几位" in fill(client, new=f"Ab-{piece}", confirm=f"Ab-{piece}", phone=person.phone).content.decode()


def test_without_a_phone_on_record_the_page_says_who_can_help(client, tree):
    person = make_person(phone="")
    open_users([person.pk], organization=tree.base, track="western", by=SYSTEM)
    come_in(client, person)
    page = client.get(URL).content.decode()
    assert "没有登记手机号" in page
    assert tree.base.name in page
    assert fill(client, phone="13900000000").status_code == 200
    assert not User.unscoped.get(person=person).has_usable_password()


def test_a_base_proves_itself_with_its_contact_phone(client, tree):
    set_contact_phone(tree.base, make_phone(1))
    open_organization_account(tree.base, by=SYSTEM)
    send(client, tree.base.name, "000000")
    assert fill(client, phone=make_phone(2)).status_code == 422
    assert fill(client, phone=f"+86 {make_phone(1)}").url == "/"


def test_staff_choose_a_user_name(client, tree):
    person = make_person()
    open_staff_account(person.pk, "base_admin", tree.base, by=SYSTEM)
    come_in(client, person, entrance="organization")
    assert "请给自己起一个用户名" in fill(client, phone=person.phone).content.decode()
    assert "字母开头" in fill(client, phone=person.phone, sign_in_name="1a").content.decode()
    assert "已有人用" in fill(client, phone=person.phone, sign_in_name=tree.base.code).content.decode()
    assert fill(client, phone=person.phone, sign_in_name="Zhixia.Lin").url == "/"
    client.post(reverse("accounts:sign-out"))
    assert send(client, "zhixia.lin", NEW).url == "/"


def test_random_passwords_ask_for_no_phone_and_lock(client, person, tree):
    users = list(User.unscoped.filter(person=person))
    issue = issue_initial_credentials(users, issuer_organization=tree.base, by=SYSTEM, policy=Policy.RANDOM)
    password = issue.passwords[users[0].pk]
    assert "用户名或密码不对" in come_in(client, person).content.decode()
    come_in(client, person, password.lower().replace("-", " "))
    assert fill(client, old=password).url == "/"
    assert password not in "".join(InitialCredential.objects.values_list("verifier", flat=True))


def test_guessing_a_random_password_locks_it(client, person, tree):
    users = list(User.unscoped.filter(person=person))
    issue = issue_initial_credentials(users, issuer_organization=tree.base, by=SYSTEM, policy=Policy.RANDOM)
    for _ in range(MAX_TRIES):
        come_in(client, person, "AAAA-22222")
    assert "已经锁定" in come_in(client, person, issue.passwords[users[0].pk]).content.decode()


def test_a_lapsed_credential_says_when_and_who_renews(client, person, tree):
    with time_machine.travel(clock.now() + timedelta(days=31)):
        said = come_in(client, person).content.decode()
    assert "失效" in said
    assert tree.base.name in said


def test_a_credential_that_lapses_or_is_renewed_meanwhile_ends_the_page(client, person, tree):
    come_in(client, person)
    issue_initial_credentials(list(User.unscoped.filter(person=person)), issuer_organization=tree.base, by=SYSTEM)
    assert "why=ended" in fill(client, phone=person.phone).url
    come_in(client, person)
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert client.get(URL).status_code == 302


def test_looking_at_the_page_writes_nothing(client, person):
    come_in(client, person)
    with CaptureQueriesContext(connection) as caught:
        client.get(URL)
    assert not writes_of(caught.captured_queries)


@pytest.mark.req("Q-12")
def test_a_random_password_lapses_and_can_never_become_the_own_one(client, person, tree):
    user = User.unscoped.get(person=person)
    issue = issue_initial_credentials([user], issuer_organization=tree.base, by=SYSTEM, policy=Policy.RANDOM)
    password = issue.passwords[user.pk]
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert "失效" in come_in(client, person, password).content.decode()
    come_in(client, person, password)
    for again in (password, password.replace("-", ""), password.lower()):
        answer = fill(client, old=password, new=again, confirm=again)
        assert answer.status_code == 422 and "不能与初始密码或当前密码相同" in answer.content.decode()
    assert fill(client, old=password).url == "/"
    change = client.post(reverse("accounts:change-password"), {"old": NEW, "new": password, "confirm": password})
    assert "不能与初始密码或当前密码相同" in change.content.decode(), "nor later"
    client.post(reverse("accounts:sign-out"))
    assert "用户名或密码不对" in come_in(client, person, password).content.decode()


@pytest.mark.req("Q-12")
def test_an_installation_that_says_random_hands_out_no_default(client, tree, settings):
    settings.XINGLIN_INITIAL_PASSWORDS = "random"
    person = make_person()
    open_users([person.pk], organization=tree.base, track="western", by=SYSTEM)
    credential = InitialCredential.objects.get(user__person=person)
    assert (credential.policy, credential.default) == (Policy.RANDOM, "") and not credential.asks_phone
    assert "用户名或密码不对" in come_in(client, person, "000000").content.decode()
