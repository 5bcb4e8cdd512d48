"""发件箱: what became of messages, for the association; texts in trials only (P-13, P-19)."""

import pytest
from django.urls import reverse

from xinglin.accounts.tests.factories import make_resident, make_staff, make_tree, sign_in, viewer_of
from xinglin.administration.tables.messages import MessageList
from xinglin.jobs.worker import run_waiting_jobs
from xinglin.kernel.errors import NotAllowed
from xinglin.notifications import kinds, transports
from xinglin.notifications.actions import post
from xinglin.notifications.kinds import MessageKind
from xinglin.notifications.models import Message
from xinglin.notifications.selectors import messages
from xinglin.notifications.tests.gateways import Memory, letter, sms
from xinglin.notifications.transports import TryAgain
from xinglin.ui.lists.testing import ListContract, Scene

__all__ = ["sms"]
URL = "/administration/messages/"
KIND = MessageKind("test.plain", "试发通知", "有事，{what}。")

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-13", "P-15")]


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {**kinds._kinds, KIND.name: KIND})


@pytest.fixture
def tree():
    return make_tree()


def send(base, what="请看"):
    (message,) = post(KIND.name, [letter(make_resident(base), base.path, what=what)])
    return message


class TestMessages(ListContract):
    spec, path = MessageList, URL

    @pytest.fixture
    def scene(self, client, tree, sms: Memory):
        viewer_user = make_staff("association_admin", tree.association)
        inside = [send(base).pk for base in (tree.base, tree.foreign_base)]
        sms.trouble = [TryAgain("连接不上短信网关")]
        run_waiting_jobs()
        other_house = make_tree()
        outside = [send(other_house.base).pk]
        return Scene(sign_in(client, viewer_user), viewer_of(viewer_user), inside, outside)


def page(client, tree):
    return sign_in(client, make_staff("association_admin", tree.association)).get(URL).content.decode()


def test_the_page_shows_what_became_of_it(client, tree, sms: Memory):
    message = send(tree.base)
    run_waiting_jobs()
    html = page(client, tree)
    for word in ("试发通知", "短信", "已发送", message.recipient_masked):
        assert word in html
    assert message.recipient not in html, "masked even in a trial"


def test_a_newcomer_reads_his_code_in_a_trial(client, tree):
    send(tree.base, what="验证码 123456")
    assert "验证码 123456" in page(client, tree)
    assert "这是试用系统" in page(client, tree)


@pytest.mark.req("P-19", "Q-12")
def test_in_production_no_text_is_shown(client, tree, sms: Memory, settings):
    send(tree.base, what="验证码 123456")
    settings.PRODUCTION = True
    html = page(client, tree)
    assert "试发通知" in html
    assert "123456" not in html
    assert "这是试用系统" not in html


def test_trouble_is_told_with_the_next_try(client, tree, sms: Memory):
    sms.trouble = [TryAgain("连接不上短信网关")]
    send(tree.base)
    run_waiting_jobs()
    html = page(client, tree)
    assert "连接不上短信网关" in html and "再试" in html and "待发送" in html


def test_a_wiped_text_says_so(client, tree, sms: Memory):
    send(tree.base)
    Message.unscoped.update(text=b"")
    assert "已清除" in page(client, tree)


@pytest.mark.parametrize("role", ["ministry_reader", "province_admin", "province_reviewer", "base_admin"])
def test_others_do_not_read_the_outbox(client, tree, role):
    places = {"ministry_reader": tree.ministry, "base_admin": tree.base}
    user = make_staff(role, places.get(role, tree.province))
    assert sign_in(client, user).get(URL).status_code == 403
    with pytest.raises(NotAllowed):
        messages(viewer_of(user))


def test_the_entry_of_the_menu_leads_there(client, tree):
    html = (
        sign_in(client, make_staff("association_admin", tree.association))
        .get(reverse("accounts:account"))
        .content.decode()
    )
    assert f'href="{URL}"' in html
    assert transports.is_trial("sms")


def test_a_list_without_entries_has_no_column_for_them(client, tree):
    send(tree.base)
    html = page(client, tree)
    assert "data-key" in html and ">操作<" not in html
    staff = sign_in(client, make_staff("association_admin", tree.association))
    assert ">操作<" in staff.get("/administration/accounts/").content.decode()
