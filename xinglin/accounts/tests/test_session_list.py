"""我的登录: where one is signed in, and how to end it (P-08)."""

import pytest
from django.test import Client
from django.urls import reverse

from xinglin.accounts.models import SignInSession, User
from xinglin.accounts.session_list import handle_of, sessions_of
from xinglin.history.models import HistoryEntry

from .factories import make_resident, make_staff, make_tree
from .test_sign_in import send

ACCOUNT, END = reverse("accounts:account"), reverse("accounts:end-sessions")
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) MicroMessenger/8.0"

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-08")]


@pytest.fixture
def user():
    return make_staff("base_admin", make_tree().base)


def come_in(user, agent=CHROME, address="10.20.30.40"):
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    assert (
        send(
            client,
            user.sign_in_name or user.person.id_number,
            entrance="organization" if user.sign_in_name else "resident",
        ).status_code
        == 302
    )
    return client


def shown(client):
    return client.get(ACCOUNT).context["sessions"]


def test_each_sign_in_is_shown_with_device_network_and_times(user):
    office, phone = come_in(user), come_in(user, WECHAT, "2001:db8::9")
    first, second = shown(office)
    assert (first.device, first.address, first.current) == ("Chrome · Windows", "10.20.*.*", True)
    assert (second.device, second.address, second.current) == ("微信 · iPhone", "2001:db8:*", False)
    html = office.get(ACCOUNT).content.decode()
    assert "10.20.30.40" not in html
    for client in (office, phone):
        assert client.session.session_key not in html, "the key would open the door"


def test_the_last_sign_in_is_the_one_before_this(user):
    assert come_in(user).get(ACCOUNT).context["signed_in_before"] is None
    first = User.unscoped.get(pk=user.pk).last_login
    assert come_in(user).get(ACCOUNT).context["signed_in_before"] == first


def test_one_other_sign_in_is_ended(user):
    office, phone, third = (come_in(user) for _ in range(3))
    handle = handle_of(phone.session.session_key)
    assert "已退出 1 处登录" in office.post(END, {"session": handle}, follow=True).content.decode()
    assert phone.get(ACCOUNT).status_code == 302
    assert third.get(ACCOUNT).status_code == office.get(ACCOUNT).status_code == 200
    entry = HistoryEntry.unscoped.get(verb="sessions_ended")
    assert (entry.subject_id, entry.facts["count"]) == (str(user.pk), 1)


def test_all_others_are_ended_and_this_one_stays(user):
    office, phone, third = (come_in(user) for _ in range(3))
    office.post(END)
    assert [client.get(ACCOUNT).status_code for client in (office, phone, third)] == [200, 302, 302]
    assert "没有别的登录要退出" in office.post(END, follow=True).content.decode()
    assert HistoryEntry.unscoped.filter(verb="sessions_ended").count() == 1


def test_nobody_ends_the_sign_in_of_another(user):
    mine, foreign = come_in(user), come_in(make_resident(make_tree().base))
    mine.post(END, {"session": handle_of(foreign.session.session_key)})
    assert foreign.get(ACCOUNT).status_code == 200


def test_ones_own_sign_in_is_ended_by_sign_out_only(user):
    mine = come_in(user)
    mine.post(END, {"session": handle_of(mine.session.session_key)})
    assert mine.get(ACCOUNT).status_code == 200


def test_what_a_new_password_has_closed_is_not_shown(user):
    office, _ = come_in(user), come_in(user)
    assert len(shown(office)) == 2
    User.unscoped.filter(pk=user.pk).update(session_epoch=5)
    again = come_in(user)
    assert [item.current for item in shown(again)] == [True]


def test_what_ran_out_is_not_shown(user):
    office, _ = come_in(user), come_in(user)
    rows = SignInSession.objects.exclude(session_key=office.session.session_key)
    rows.update(expire_date=user.created_at)
    assert len(shown(office)) == 1


def test_a_sign_in_without_words_of_its_own_is_shown(user):
    client = come_in(user, agent="", address="")
    assert sessions_of(user, client.session.session_key)[0].device == "浏览器"
