"""住院医师账户管理: who is listed, what may be reset, and by whom (P-05, P-06)."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
import time_machine
from django.urls import reverse

from xinglin.accounts.actions import open_users
from xinglin.accounts.models import InitialCredential, User
from xinglin.accounts.selectors import grants_of
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
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.residents.tables.accounts import AccountsList, renew_many, reset_many
from xinglin.ui.lists.testing import ListContract, Scene

PATH = reverse("residents:accounts")
SYSTEM = Viewer.system("test")

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-05", "P-06")]


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def admin(tree):
    return make_staff("base_admin", tree.base)


def grant_of(user):
    return min(grants_of(user), key=lambda grant: grant.pk)


def fresh(tree):
    person = make_person()
    opened = open_users([person.pk], organization=tree.base, track="western", by=SYSTEM)
    return User.unscoped.get(pk=opened.users[person.pk])


class TestAccountsList(ListContract):
    spec, path = AccountsList, PATH

    @pytest.fixture
    def scene(self, client, tree, admin):
        inside = [grant_of(make_resident(tree.base)).pk, grant_of(fresh(tree)).pk]
        outside = [grant_of(make_resident(tree.sibling)).pk, grant_of(admin).pk]
        return Scene(sign_in(client, admin), viewer_of(admin), inside, outside)


def test_the_state_is_told_and_can_be_asked_for(client, tree, admin):
    make_resident(tree.base)
    locked, waiting = fresh(tree), fresh(tree)
    InitialCredential.objects.filter(user=locked).update(failed_tries=5)
    page = sign_in(client, admin).get(PATH).content.decode()
    for words in ("已设密码", "初始密码已锁定", "待首次登录"):
        assert words in page
    for state, number in (("active", 1), ("waiting", 1), ("stuck", 1)):
        assert client.get(PATH, {"state": state}).context["page"].count.number == number
    with time_machine.travel(clock.now() + timedelta(days=31)):
        page = sign_in(client, admin).get(PATH).content.decode()
    assert "失效" in page
    assert waiting.pk


def test_one_reset_from_the_row(client, tree, admin):
    user = make_resident(tree.base)
    url = reverse("residents:reset-password", args=[grant_of(user).pk])
    answer = sign_in(client, admin).post(url)
    assert answer.url == PATH
    assert "已重置为 000000" in client.get(PATH).content.decode()
    assert not User.unscoped.get(pk=user.pk).check_password(PASSWORD)


@pytest.mark.req("P-15")
def test_after_a_reset_the_list_looks_as_before(client, tree, admin):
    """The form of the rows carries the address of the list; anything else leads to the list as it opens."""
    user = make_resident(tree.base)
    url = reverse("residents:reset-password", args=[grant_of(user).pk])
    page = sign_in(client, admin).get(PATH, {"name": user.display_name[:2], "state": "active"}).text
    state = unescape(re.search(r'name="state" value="([^"]*)"', page.partition('id="xl-batch"')[2])[1])
    answer = client.post(url, {"state": state})
    assert answer.url == PATH + state and f"name={quote(user.display_name[:2])}" in answer.url
    for strange in ("https://example.org/", "//example.org", "x"):
        assert client.post(url, {"state": strange}).url == PATH


def test_a_random_password_is_shown_once(client, tree, admin, settings):
    settings.XINGLIN_INITIAL_PASSWORDS = "random"
    user = make_resident(tree.base)
    sign_in(client, admin).post(reverse("residents:reset-password", args=[grant_of(user).pk]))
    assert "只显示这一次" in client.get(PATH).content.decode()
    assert "只显示这一次，" not in client.get(PATH).content.decode()
    assert "请逐个重置" in client.get(PATH).content.decode()


def test_foreign_rows_do_not_exist(client, tree, admin):
    foreign = grant_of(make_resident(tree.sibling))
    url = reverse("residents:reset-password", args=[foreign.pk])
    assert sign_in(client, admin).post(url).status_code == 404
    assert client.get(url).status_code == 405
    reviewer = make_staff("province_reviewer", tree.province)
    assert sign_in(client, reviewer).post(url).status_code == 403


def test_a_batch_leaves_alone_who_also_works_elsewhere(tree, admin):
    plain, busy = make_resident(tree.base), make_resident(tree.base)
    make_grant(busy, "base_admin", tree.sibling)
    ids = [grant_of(plain).pk, *(g.pk for g in [make_grant(busy, "resident", tree.base, track="tcm")])]
    result = reset_many(ids, viewer_of(admin))
    assert "已重置 1 人" in result.message
    ((name, reason),) = result.failed
    assert name == busy.display_name
    assert tree.sibling.name in reason
    assert User.unscoped.get(pk=busy.pk).check_password(PASSWORD)


def test_renewal_is_for_those_who_never_signed_in(tree, admin):
    waiting, activated = fresh(tree), make_resident(tree.base)
    InitialCredential.objects.filter(user=waiting).update(failed_tries=5)
    result = renew_many([grant_of(waiting).pk, grant_of(activated).pk], viewer_of(admin))
    assert "已为 1 人重新发放初始密码" in result.message
    assert [name for name, _ in result.failed] == [activated.display_name]
    assert InitialCredential.objects.get(user=waiting, revoked_at=None).failed_tries == 0
