"""Phone and e-mail in the own record open doors: long after the sign-in they are changed with the password only (ASVS 7.5.1)."""

import json

import pytest
from django.contrib.auth.hashers import make_password

from xinglin.accounts.models import User, VerifiedPhone
from xinglin.accounts.selectors import person_account
from xinglin.accounts.tests.authenticator import enrol, lose_recency
from xinglin.accounts.tests.courier_box import trust
from xinglin.accounts.tests.factories import PASSWORD, sign_in
from xinglin.people.selectors import draft_of
from xinglin.residents.showing.own_page import OwnPage
from xinglin.residents.tests.own import make_own

NUMBER = "19000000001"
pytestmark = [pytest.mark.django_db, pytest.mark.req("P-06", "P-08", "R-07")]


@pytest.fixture
def own():
    """A resident with a password of his own."""
    own = make_own()
    User.unscoped.filter(person_id=own.enrollment.person_id).update(password=make_password(PASSWORD))
    return own


@pytest.fixture
def account(own):
    return person_account(own.enrollment.person_id)


@pytest.fixture
def later(own, account):
    """The same, long after the sign-in."""
    sign_in(own.client, account)
    lose_recency(own.client)
    return own


def save(own, **values):
    again = {name: values.pop(name) for name in list(values) if name.startswith("again_")}
    sent = {f"basic_info.{name}": value for name, value in values.items()}
    return own.send("basic_info", {"act": "save", **sent, **again})


def test_right_after_the_sign_in_nothing_more_is_asked(own, account):
    sign_in(own.client, account)
    assert save(own, phone=NUMBER).status_code == 302
    assert own.record.person.phone == NUMBER


def test_later_the_question_stands_at_the_field_and_nothing_is_lost(later):
    before = later.record.person.phone
    page = save(later, phone=NUMBER, address="青屏市示范路 8 号")
    assert page.status_code == 422
    assert "改这一项要再输入一次密码" in page.text and 'name="again_password"' in page.text
    assert f'value="{NUMBER}"' in page.text and "青屏市示范路 8 号" in page.text
    assert 'href="#id_basic_info.phone"' in page.text
    assert later.record.person.phone == before and later.content["basic_info.address"] == ""
    assert json.loads(draft_of(later.viewer, "basic_info").content)["basic_info.phone"] == NUMBER


def test_with_the_password_it_is_saved(later):
    save(later, phone=NUMBER)
    assert save(later, phone=NUMBER, address="示范路 8 号", again_password=PASSWORD).status_code == 302
    assert later.record.person.phone == NUMBER and later.content["basic_info.address"] == "示范路 8 号"
    assert save(later, phone="19000000002").status_code == 302, "good for some minutes"


def test_a_wrong_password_saves_nothing_and_is_not_kept(later):
    page = save(later, phone=NUMBER, address="示范路 8 号", again_password="wrong-Password-1")
    assert page.status_code == 422 and "当前密码不对" in page.text
    assert "wrong-Password-1" not in page.text
    assert "again" not in draft_of(later.viewer, "basic_info").content
    assert later.content["basic_info.address"] == ""


def test_tries_are_limited_like_those_of_the_sign_in(later):
    for _ in range(10):
        save(later, phone=NUMBER, again_password="wrong")
    page = save(later, phone=NUMBER, again_password=PASSWORD)
    assert "输错次数太多" in page.text and later.record.person.phone != NUMBER


def test_the_mail_address_too(later):
    page = save(later, email="someone@example.org")
    assert page.status_code == 422 and 'name="again_password"' in page.text
    assert save(later, email="someone@example.org", again_password=PASSWORD).status_code == 302
    assert later.content["basic_info.email"] == "someone@example.org"


def test_with_a_second_factor_a_value_is_asked_as_well(later, account):
    app = enrol(account)
    sign_in(later.client, account)
    lose_recency(later.client)
    assert 'name="again_code"' in save(later, phone=NUMBER).text
    assert save(later, phone=NUMBER, again_password=PASSWORD, again_code=app.wrong()).status_code == 422
    assert save(later, phone=NUMBER, again_password=PASSWORD, again_code=app.value()).status_code == 302


def test_other_fields_ask_nothing(later):
    same = later.record.person.phone
    assert save(later, phone=same, address="示范路 8 号", ethnic_group="01").status_code == 302


def test_a_draft_asks_nothing_and_changes_nothing(later):
    before = later.record.person.phone
    later.post("basic_info", act="draft", phone=NUMBER)
    assert later.record.person.phone == before


def test_a_stolen_open_session_does_not_take_the_recovery_of_the_password_over(later, account):
    trust(account)
    save(later, phone=NUMBER)
    assert VerifiedPhone.objects.get(user=account).phone_hash == later.record.person.phone_hash


def test_what_was_typed_survives_the_question_about_the_recall(later, monkeypatch):
    """First who it is, then whether the report may be recalled; both in one form."""
    monkeypatch.setattr(OwnPage, "is_pending", property(lambda page: True))
    page = save(later, phone=NUMBER)
    assert 'name="again_password"' in page.text and "保存并撤回上报" not in page.text
    page = save(later, phone=NUMBER, again_password=PASSWORD)
    assert page.status_code == 422 and "保存并撤回上报" in page.text and 'name="again_password"' not in page.text
    assert f'value="{NUMBER}"' in page.text
