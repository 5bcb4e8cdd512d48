"""Opening accounts: in bulk without a hash, one account a person, with history (P-04, P-05)."""

import pytest
from django.db import IntegrityError, transaction

from xinglin.accounts.actions import (
    issue_initial_credentials,
    open_organization_account,
    open_staff_account,
    open_user_for_person,
    open_users,
)
from xinglin.accounts.hashers import Argon2id
from xinglin.accounts.models import Grant, InitialCredential, User
from xinglin.accounts.selectors import grants_of
from xinglin.history.models import HistoryEntry
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from .factories import make_person, make_resident, make_staff, make_tree

SYSTEM = Viewer.system("test")

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-05")]


@pytest.fixture
def tree():
    return make_tree()


def test_many_accounts_are_opened_without_a_hash(tree, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(Argon2id, "encode", lambda *_: pytest.fail("a hash was made"))
    people = [make_person().pk for _ in range(30)]
    with django_assert_max_num_queries(20):
        opened = open_users(people, organization=tree.base, track="western", by=SYSTEM)
    assert list(opened.users) == people
    users = User.unscoped.filter(person__in=people)
    assert not any(user.has_usable_password() for user in users)
    assert Grant.unscoped.filter(user__in=users, role="resident", organization=tree.base, track="western").count() == 30
    assert InitialCredential.objects.filter(user__in=users, policy="fixed", default="000000").count() == 30
    entries = HistoryEntry.unscoped.filter(verb="account_opened")
    assert entries.count() == 30
    assert {entry.person_id for entry in entries} == set(people)
    assert not any(entry.changes for entry in entries)


def test_random_passwords_come_back_once(tree, settings):
    settings.XINGLIN_INITIAL_PASSWORDS = "random"
    opened = open_users([make_person().pk for _ in range(3)], organization=tree.base, track="western", by=SYSTEM)
    passwords = set(opened.issue.passwords.values())
    assert len(passwords) == 3
    assert all(len(password) == 10 for password in passwords)
    assert not InitialCredential.objects.exclude(default="").exists()


@pytest.mark.req("P-04")
def test_a_known_person_gets_an_identity_and_no_second_account(tree):
    user = make_resident(tree.base)
    opened = open_staff_account(user.person_id, "base_admin", tree.sibling, by=SYSTEM)
    assert opened.users == {user.person_id: user.pk}
    assert {grant.role for grant in grants_of(user)} == {"resident", "base_admin"}
    assert not InitialCredential.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        open_users([user.person_id], organization=tree.base, track="western", by=SYSTEM)


def test_one_resident_is_opened_alone(tree):
    person = make_person()
    opened = open_user_for_person(person.pk, organization=tree.base, track="tcm", by=SYSTEM)
    (grant,) = grants_of(User.unscoped.get(pk=opened.users[person.pk]))
    assert (grant.role, grant.track) == ("resident", "tcm")


@pytest.mark.parametrize("role", ["resident", "province_reviewer"])
def test_staff_roles_must_fit_the_organisation(tree, role):
    with pytest.raises(Refused, match="不能开通"):
        open_staff_account(make_person().pk, role, tree.base, by=SYSTEM)


def test_an_organisation_has_one_account(tree):
    open_organization_account(tree.base, by=SYSTEM)
    user = User.unscoped.get(organization=tree.base)
    assert user.display_name == tree.base.name
    assert [grant.role for grant in grants_of(user)] == ["base_organization"]
    with pytest.raises(Refused, match="已经有账号"):
        open_organization_account(tree.base, by=SYSTEM)
    with pytest.raises(Refused, match="不是培训基地"):
        open_organization_account(tree.province, by=SYSTEM)


def test_renewal_leaves_own_passwords_alone(tree):
    person = make_person()
    opened = open_users([person.pk], organization=tree.base, track="western", by=SYSTEM)
    waiting, activated = User.unscoped.get(pk=opened.users[person.pk]), make_staff("base_admin", tree.base)
    issue_initial_credentials([waiting, activated], issuer_organization=tree.base, by=SYSTEM)
    assert InitialCredential.objects.filter(user=waiting).count() == 2
    assert InitialCredential.objects.filter(user=waiting, revoked_at=None).count() == 1
    assert not InitialCredential.objects.filter(user=activated).exists()
