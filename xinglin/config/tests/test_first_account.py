"""`xinglin first-account`: from an empty installation to somebody who can do the rest on the screen (Q-14)."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from xinglin.accounts import puzzles
from xinglin.accounts.models import Grant, User
from xinglin.accounts.tests.factories import make_staff, make_tree
from xinglin.history.models import HistoryEntry
from xinglin.kernel import id_numbers
from xinglin.kernel.checkups import Level
from xinglin.organizations.models import Organization
from xinglin.people.models import Person

from .test_doctor import look_at

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-14")]
NUMBER = id_numbers.synthetic("110199", date(1980, 5, 6), 11)
PERSON = ["程知禾", NUMBER, "19000000077"]
PLACES = ["国家卫生健康主管部门", "医师协会"]


@pytest.fixture
def run(monkeypatch):
    """The command with its answers typed in; what it says."""

    def with_answers(answers, *words):
        left = list(answers)

        def answer(_):
            if not left:
                raise EOFError
            return left.pop(0)

        monkeypatch.setattr("builtins.input", answer)
        out = StringIO()
        call_command("first_account", *words, stdout=out, stderr=out)
        assert not left, "asked for less"
        return out.getvalue()

    return with_answers


def test_an_empty_installation_gets_its_organisations_and_its_administrator(run):
    said = run([*PLACES, *PERSON])
    assert "000000" in said and NUMBER not in said
    assert list(Organization.unscoped.order_by("pk").values_list("kind", "name")) == [
        ("ministry", PLACES[0]),
        ("association", PLACES[1]),
    ]
    grant = Grant.unscoped.get()
    assert (grant.role, grant.organization.name, grant.user.person.name) == ("association_admin", PLACES[1], "程知禾")
    assert look_at("accounts.reachable").level is Level.OK
    assert HistoryEntry.unscoped.filter(verb="account_opened").exists()


def test_the_account_can_sign_in_and_must_set_a_password(run):
    run([*PLACES, *PERSON])
    client = Client()
    sent = {"entrance": "organization", "name": NUMBER, "password": "000000", "track": "western", "answer": "2468",
            "picture_token": puzzles.make_puzzle().picture_token}  # fmt: skip
    answer = client.post("/sign-in/", sent)
    assert answer.status_code == 302 and "password" in client.get(answer["Location"], follow=True).text


def test_a_random_password_is_told_once(run, settings):
    settings.XINGLIN_INITIAL_PASSWORDS = "random"
    said = run([*PLACES, *PERSON])
    assert "000000" not in said and "初始密码 " in said


def test_wrong_answers_are_asked_for_again(run):
    said = run([*PLACES, "", "程知禾", "110199198005060000", NUMBER, "190", "19000000077"])
    assert "已开通" in said and Person.unscoped.filter(phone_hash__gt="").count() == 1


@pytest.mark.parametrize("given", [0, 1, 2, 3, 4])
def test_broken_off_leaves_nothing(run, given):
    with pytest.raises(CommandError, match="没有开通"):
        run([*PLACES, *PERSON][:given])
    assert not Organization.unscoped.exists() and not User.unscoped.exists() and not Person.unscoped.exists()


def test_it_is_for_the_first_one_only_unless_asked(run):
    tree = make_tree()
    make_staff("association_admin", tree.association)
    with pytest.raises(CommandError, match="已经有有效的管理账号"):
        run([])
    assert "已开通" in run(PERSON, "--again")
    assert Grant.unscoped.filter(role="association_admin", organization=tree.association).count() == 2


def test_a_known_person_gets_the_identity_on_the_same_account(run):
    tree = make_tree()
    user = make_staff("province_reviewer", tree.province)
    person = user.person
    said = run([person.name, person.id_number, person.phone])
    assert "已有账号" in said and User.unscoped.count() == 1
    assert set(Grant.unscoped.filter(user=user).values_list("role", flat=True)) == {
        "province_reviewer",
        "association_admin",
    }
