"""The page of one account, and its verbs: 授予, 结束, 到期日, 重置密码 (P-06, P-07, P-21)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts.models import Grant, InitialCredential, User
from xinglin.accounts.selectors import grants_of
from xinglin.accounts.tests.factories import make_grant, make_resident, make_staff, sign_in, writes_of
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock

from .accounts_world import grant_of, make_world, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-06", "P-07")]


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def client(world):
    return world.client("base_organization")


@pytest.fixture
def admin(world):
    return world.user("base_admin")


def url(name: str, *args) -> str:
    return reverse(f"administration:{name}", args=[getattr(arg, "pk", arg) for arg in args])


def day(days: int) -> str:
    return f"{clock.today() + timedelta(days=days)}"


# the page


def test_the_page_tells_who_what_and_since_when(world, client, admin):
    page = client.get(url("account", admin)).text
    person = admin.person
    assert person.name in page and admin.sign_in_name in page
    assert person.id_number not in page and person.phone not in page
    assert f"{person.id_number[:6]}********{person.id_number[-4:]}" in page
    assert "基地管理员" in page and world.tree.base.name in page and "有效" in page
    assert url("identity-end", admin, grant_of(admin)) in page


def test_looking_writes_nothing_and_costs_a_bounded_number_of_queries(client, admin):
    client.get(url("account", admin))
    with CaptureQueriesContext(connection) as caught:
        client.get(url("account", admin))
    assert not writes_of(caught.captured_queries)
    assert len(caught) < 25


@pytest.mark.parametrize("who", ["sibling", "foreign"])
def test_an_account_of_somebody_else_is_not_there(world, admin, who):
    client = world.client(who)
    for name in ("account", "account-reset", "identity-give"):
        assert client.get(url(name, admin)).status_code == 404
    for name in ("identity-end", "identity-expiry"):
        assert client.get(url(name, admin, grant_of(admin))).status_code == 404
    assert client.post(url("account-reset", admin), {"reason": "试一下"}).status_code == 404


def test_numbers_that_nobody_has(client, admin):
    for name in ("account", "account-reset", "identity-give"):
        assert client.get(url(name, 10**9)).status_code == 404
    assert client.get(url("identity-end", admin, 10**9)).status_code == 404


def test_an_identity_of_another_account_is_not_ended_through_this_one(world, client, admin):
    other = make_staff("base_admin", world.tree.base)
    assert client.post(url("identity-end", admin, grant_of(other)), {"reason": "混淆"}).status_code == 404
    assert grants_of(other)


def test_identities_elsewhere_are_counted_and_not_named(world, client, admin):
    make_grant(admin, "base_admin", world.tree.foreign_base)
    page = client.get(url("account", admin)).text
    assert "在别的单位还有 1 个" in page
    foreign = Grant.unscoped.get(user=admin, organization=world.tree.foreign_base)
    assert url("identity-end", admin, foreign) not in page
    assert client.get(url("identity-end", admin, foreign)).status_code == 404


@pytest.mark.req("P-21")
def test_what_may_not_be_done_says_why_and_who_can(world, client, admin):
    make_grant(admin, "base_admin", world.tree.sibling)
    page = client.get(url("account", admin)).text
    assert 'aria-disabled="true"' in page
    assert f"请联系“{world.tree.province.name}”" in page, "the cover-all-grants rule names the province"
    own = client.get(url("account", world.user("base_organization"))).text
    assert "不能重置自己的密码" in own and "不能给自己" in own
    resident = make_resident(world.tree.base)
    page = client.get(url("account", resident)).text
    assert "由所在培训基地在招收时导入" in page


@pytest.mark.req("P-21")
def test_a_base_administrator_looks_and_is_told_who_can(world, admin):
    colleague = make_staff("base_admin", world.tree.base)
    page = world.client("base_admin").get(url("account", colleague)).text
    assert "由培训基地、省级管理员、协会管理员办理" in page
    assert "不能授予身份" in page
    assert url("identity-end", colleague, grant_of(colleague)) not in page


def test_the_history_of_the_account_in_words(world, client, admin):
    client.post(url("identity-expiry", admin, grant_of(admin)), {"ends_on": day(9)})
    client.post(url("account-reset", admin), {"reason": "本人忘记密码"})
    page = client.get(url("account", admin)).text
    assert "改到期日" in page and "长期" in page
    assert "重置密码" in page and "本人忘记密码" in page
    assert world.tree.base.name in page
    assert "2026" in page or day(0)[:4] in page


def test_history_of_other_organisations_is_not_told(world, client, admin):
    elsewhere = make_grant(admin, "base_admin", world.tree.foreign_base)
    foreign = world.client("foreign")
    assert foreign.post(url("identity-end", admin, elsewhere), {"reason": "外地的事"}).status_code == 302
    assert "外地的事" not in client.get(url("account", admin)).text
    assert "外地的事" in world.client("association_admin").get(url("account", admin)).text


# giving


def test_giving_from_the_page(world, client):
    resident = make_resident(world.tree.base)
    assert "授予身份" in client.get(url("identity-give", resident)).text
    sent = {"role": "base_admin", "track": "western", "ends_on": day(30)}
    answer = client.post(url("identity-give", resident), sent, follow=True)
    assert "已授予" in answer.text and answer.redirect_chain[-1][0] == url("account", resident)
    (grant,) = [grant for grant in grants_of(resident) if grant.role == "base_admin"]
    assert (grant.track, grant.organization_id) == ("western", world.tree.base.pk)
    assert clock.local(grant.ends_at).date() == clock.today() + timedelta(days=31), "24:00 of the day"


def test_the_day_an_identity_ends_is_shown_again_as_typed(client, admin):
    client.post(url("identity-expiry", admin, grant_of(admin)), {"ends_on": day(5)})
    assert f'value="{day(5)}"' in client.get(url("identity-expiry", admin, grant_of(admin))).text


def test_an_end_at_midnight_is_told_as_24_00_of_the_day_typed(client, admin):
    client.post(url("identity-expiry", admin, grant_of(admin)), {"ends_on": day(40)})
    page = client.get(url("account", admin)).text
    assert page.count(f"{day(40)} 24:00") == 2, "in the table and in the history"
    assert f"{day(41)}" not in page
    assert f"{day(40)} 到期" in client.get(reverse("administration:accounts")).text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "没有填写"),
        ({"role": "province_admin"}, "province_admin"),
        ({"role": "base_admin", "ends_on": "2026-13-01"}, "日期不对"),
        ({"role": "base_admin", "ends_on": "2020-01-01"}, "已经过去"),
        ({"role": "base_admin", "track": "gp"}, "gp"),
        ({"role": "base_admin", "track": "tcm"}, "不是中医培训基地"),
    ],
)
def test_a_wrong_form_keeps_its_input_and_says_what_is_wrong(world, client, sent, words):
    resident = make_resident(world.tree.base)
    answer = client.post(url("identity-give", resident), sent)
    assert answer.status_code == 422
    assert words in answer.text
    assert len(grants_of(resident)) == 1


def test_hidden_fields_give_nothing_more(world, client):
    """An organisation, an account or a giver that the form does not ask for is not taken."""
    resident = make_resident(world.tree.base)
    sent = {"role": "base_admin", "organization": world.tree.sibling.pk, "user": 1, "given_by_id": 99, "starts_at": "x"}
    assert client.post(url("identity-give", resident), sent).status_code == 302
    (grant,) = [grant for grant in grants_of(resident) if grant.role == "base_admin"]
    stored = Grant.unscoped.get(pk=grant.pk)
    assert (stored.organization_id, stored.given_by_id) == (
        world.tree.base.pk, world.user("base_organization").pk,
    )  # fmt: skip


def test_a_province_chooses_among_its_own_places(world):
    resident, tree = make_resident(world.tree.base), world.tree
    client = world.client("province_admin")
    page = client.get(url("identity-give", resident)).text
    assert tree.sibling.name in page and tree.foreign_base.name not in page
    sent = {"role": "base_admin", "organization": tree.foreign_base.pk}
    assert client.post(url("identity-give", resident), sent).status_code == 422
    sent = {"role": "province_reviewer", "organization": tree.base.pk}
    assert "不能有“省级审核”身份" in client.post(url("identity-give", resident), sent).text
    sent = {"role": "province_reviewer", "organization": tree.province.pk, "track": "western"}
    assert client.post(url("identity-give", resident), sent).status_code == 302
    assert {grant.role for grant in grants_of(resident)} == {"resident", "province_reviewer"}


def test_a_giver_of_one_track_is_offered_that_track(world):
    western = make_staff("province_admin", world.tree.province, track="western")
    client = sign_in(Client(), western)
    resident = make_resident(world.tree.base)
    assert "西医、中医" not in client.get(url("identity-give", resident)).text
    sent = {"role": "base_admin", "organization": world.tree.base.pk, "track": "tcm"}
    assert client.post(url("identity-give", resident), sent).status_code == 422
    sent["track"] = "western"
    assert client.post(url("identity-give", resident), sent).status_code == 302


@pytest.mark.parametrize(("who", "status"), [("base_admin", 403), ("province_reviewer", 403), ("resident", 403)])
def test_whoever_opens_nobody_has_no_form(world, admin, who, status):
    client = world.client(who)
    assert client.get(url("identity-give", admin)).status_code == status
    assert client.post(url("identity-give", admin), {"role": "base_admin"}).status_code == status


# ending and dating


def test_ending_asks_for_a_reason_and_ends_the_session_at_once(world, client, admin):
    theirs = world.client("base_admin")
    assert theirs.get(reverse("accounts:account")).status_code == 200
    ending = url("identity-end", admin, grant_of(admin))
    assert "现有登录会退出" in client.get(ending).text
    assert client.post(ending, {"reason": " "}).status_code == 422
    assert client.post(ending, {"reason": "由" * 201}).status_code == 422
    assert theirs.get(reverse("accounts:account")).status_code == 200
    assert "身份已结束" in client.post(ending, {"reason": "调离教学办公室"}, follow=True).text
    assert theirs.get(reverse("accounts:account")).status_code == 302
    assert "调离教学办公室" in client.get(url("account", admin)).text


@pytest.mark.parametrize("name", ["identity-end", "identity-expiry"])
def test_an_identity_that_is_not_ones_own_to_end_is_refused(world, client, name):
    resident = make_resident(world.tree.base)
    answer = client.get(url(name, resident, grant_of(resident)))
    assert answer.status_code == 403
    assert "由所在培训基地在招收时导入" in answer.text
    own = world.user("base_organization")
    assert client.post(url(name, own, grant_of(own)), {"reason": "自己"}).status_code == 403


def test_taking_the_expiry_off(client, admin):
    where = url("identity-expiry", admin, grant_of(admin))
    client.post(where, {"ends_on": day(3)})
    assert "已改为长期" in client.post(where, {"ends_on": ""}, follow=True).text
    assert Grant.unscoped.get(user=admin).ends_at is None


def test_yesterday_is_no_expiry(client, admin):
    answer = client.post(url("identity-expiry", admin, grant_of(admin)), {"ends_on": day(-1)})
    assert answer.status_code == 422 and "已经过去" in answer.text


# resetting


def test_a_reset_needs_a_reason_ends_sessions_and_shows_the_new_credential(world, client, admin):
    theirs = world.client("base_admin")
    where = url("account-reset", admin)
    assert client.get(where).status_code == 200
    assert client.post(where, {}).status_code == 422
    assert User.unscoped.get(pk=admin.pk).has_usable_password()
    page = client.post(where, {"reason": "本人忘记密码"}, follow=True)
    assert "000000" in page.text and admin.display_name in page.text
    assert theirs.get(reverse("accounts:account")).status_code == 302
    assert HistoryEntry.unscoped.get(verb="password_reset").facts["reason"] == "本人忘记密码"


def test_a_random_reset_shows_the_one_time_password_to_its_giver_only(world, client, admin, settings):
    settings.XINGLIN_INITIAL_PASSWORDS = "random"
    answer = client.post(url("account-reset", admin), {"reason": "本人忘记密码"})
    page = client.get(answer.url)
    (line,) = page.context["done"]
    assert len(line.password) == 10 and line.password in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert world.client("province_admin").get(answer.url).status_code == 404
    assert InitialCredential.objects.get(user=admin).default == ""


def test_the_reset_page_says_who_can_instead_of_a_form(world, client, admin):
    make_grant(admin, "base_admin", world.tree.foreign_base)
    page = client.get(url("account-reset", admin)).text
    assert f"请联系“{world.tree.association.name}”" in page and "<textarea" not in page
    answer = client.post(url("account-reset", admin), {"reason": "试一下"})
    assert answer.status_code == 403
    assert User.unscoped.get(pk=admin.pk).has_usable_password()


def test_a_waiting_account_offers_renewal_and_a_sheet(world, client):
    (user,) = waiting(world.tree.base)
    page = client.get(url("account", user)).text
    assert url("accounts-renew") in page and url("account-sheets") in page
    (lapsed,) = waiting(world.tree.base, state="lapsed")
    assert "没有待用的初始密码，请先重新发放" in client.get(url("account", lapsed)).text
