"""``xinglin accounts --json`` names what really opens the door."""

import json
from io import StringIO

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command

from xinglin.accounts.actions.opening import open_users
from xinglin.accounts.models import User
from xinglin.accounts.selectors import find_users
from xinglin.accounts.tests.factories import make_person, make_resident, make_staff, make_tree, viewer_of
from xinglin.demo.sign_ins import PASSWORD, trial_accounts


def accounts(*options: str) -> str:
    out = StringIO()
    call_command("accounts", *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def tree(db):
    tree = make_tree()
    make_staff("base_organization", tree.base)
    make_staff("province_reviewer", tree.province)
    make_resident(tree.base, password=PASSWORD)
    return tree


@pytest.mark.req("Q-14")
def test_each_account_is_found_by_its_user_name_and_has_its_password(tree):
    found = json.loads(accounts("--json"))
    assert [one["role"] for one in found] == ["province_reviewer", "base_organization", "resident"]
    entrances = {"resident": "resident"}
    for one in found:
        users = find_users(entrances.get(one["role"], "organization"), one["user_name"])
        assert len(users) == 1
        stored = User.objects.for_system("test").get(pk=users[0].pk).password
        assert check_password(one["password"], stored)
        assert one["province"] == tree.province.name


def test_a_first_sign_in_shows_the_default_and_the_phone_that_is_asked_for(tree):
    base = viewer_of(make_staff("base_admin", tree.base))
    person = make_person(phone="19000000017")
    open_users([person.pk], organization=tree.base, track="western", by=base)
    newcomer = next(one for one in json.loads(accounts("--json")) if one["name"] == person.name and one["phone"])
    assert (newcomer["password"], newcomer["phone"]) == ("000000", "19000000017")
    assert newcomer["user_name"] == person.id_number


def test_the_plain_list_has_one_line_an_identity(tree):
    lines = accounts().splitlines()
    assert len(lines) == 3
    assert all(line.endswith(PASSWORD) for line in lines)


def test_a_production_installation_tells_nothing(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        accounts("--json")


@pytest.mark.req("P-04")
def test_the_sign_in_page_shows_one_account_a_role_and_a_newcomer(tree):
    base = viewer_of(make_staff("base_admin", tree.base))
    make_resident(tree.sibling)
    person = make_person()
    open_users([person.pk], organization=tree.base, track="western", by=base)
    shown = list(trial_accounts())
    newcomer = f"住院医师（第一次登录，手机 {person.phone}）"
    assert [one.role for one in shown] == ["省级审核", "培训基地", "基地管理员", "住院医师", newcomer]
    assert [one.password for one in shown] == [PASSWORD] * 4 + ["000000"]
    assert shown[-1].name == person.id_number
    assert [one.entrance for one in shown][-2:] == ["resident", "resident"]
