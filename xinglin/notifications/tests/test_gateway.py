"""From the page to the phone and back, through the real worker (P-06, P-13)."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xinglin.accounts import courier, puzzles
from xinglin.accounts.actions.phones import trust_phones
from xinglin.accounts.models import PhoneCode, User
from xinglin.accounts.tests.factories import make_resident, make_tree
from xinglin.jobs.models import Job
from xinglin.jobs.worker import run_waiting_jobs
from xinglin.kernel.viewer import Viewer
from xinglin.notifications.enums import State
from xinglin.notifications.gateway import Gateway
from xinglin.notifications.models import Message
from xinglin.people.models import Person

from .gateways import Memory, email, only, sms

__all__ = ["email", "sms"]
NEW = "Kapok-Lane-77"

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-06", "P-13")]


@pytest.fixture
def user():
    user = make_resident(make_tree().base)
    trust_phones([user.pk], by=Viewer.system("test"))
    return user


def ask(client, number):
    words = {"entrance": "resident", "id_type": "01", "name": number, "answer": "2468"}
    return client.post(reverse("accounts:forgotten"), words | {"picture_token": puzzles.make_puzzle().picture_token})


def test_this_part_is_the_courier_of_the_house(settings):
    assert isinstance(courier.courier(), Gateway)
    assert courier.courier().can_text() and courier.courier().is_trial()
    settings.PRODUCTION = True
    assert not courier.courier().can_text()
    settings.XINGLIN_SMS_WEBHOOK = "https://sms.example/"
    assert courier.courier().can_text() and not courier.courier().is_trial()


def test_without_a_courier_nothing_is_promised():
    nobody = courier.NoCourier()
    assert not nobody.can_text() and not nobody.is_trial()
    nobody.tell_recovered(1)
    nobody.tell_factor(1, "已关闭")
    with pytest.raises(RuntimeError):
        nobody.post_code(1)


def test_a_forgotten_password_end_to_end(client, user, sms: Memory, email: Memory):
    Person.unscoped.filter(pk=user.person_id).update(email="lin@example.org")
    where = ask(client, user.person.id_number).url
    assert not Message.unscoped.exists(), "the page itself knows nothing"
    run_waiting_jobs()
    (sent,) = sms.sent
    assert sent.recipient == user.person.phone
    digits = re.search(r"\d{6}", sent.text)[0]
    message = only()
    assert (message.kind, message.state, message.facts) == ("code.reset", State.SENT, {})
    assert message.expires_at == PhoneCode.objects.get().expires_at
    assert digits not in str(Job.objects.for_system("test").values_list("arguments", "result", "message"))
    client.post(where, {"code": digits, "new": NEW, "confirm": NEW})
    assert User.unscoped.get(pk=user.pk).check_password(NEW)
    run_waiting_jobs()
    assert [(out.recipient, "立即联系" in out.text) for out in email.sent] == [("lin@example.org", True)]


def test_a_name_that_nobody_has_leaves_a_job_and_no_message(client, sms: Memory):
    assert ask(client, "32019919930102005X").status_code == 302
    assert run_waiting_jobs() == 1
    assert not Message.unscoped.exists()
    assert not sms.sent


def test_known_and_unknown_names_cost_the_page_the_same_statements(client, user, sms: Memory):
    shapes = []
    for number in (user.person.id_number, "32019919930102005X"):
        with CaptureQueriesContext(connection) as caught:
            ask(client, number)
        shapes.append([re.sub(r"'[^']*'|\d+|NULL|x'..'", "?", query["sql"]) for query in caught.captured_queries])
    assert shapes[0] == shapes[1]
    assert len(shapes[0]) > 5


def test_a_code_job_taken_up_again_sends_no_second_code(client, user, sms: Memory):
    ask(client, user.person.id_number)
    run_waiting_jobs()
    first = Job.objects.for_system("test").filter(name="notifications.code").get()
    courier.courier().post_code(first.arguments["code"])
    run_waiting_jobs()
    assert len(sms.sent) == 1


@pytest.mark.req("P-08")
def test_what_became_of_a_second_factor_is_told_to_its_owner(user, sms: Memory):
    courier.courier().tell_factor(user.pk, "被“某医院”重置")
    run_waiting_jobs()
    [sent] = sms.sent
    assert sent.recipient == user.person.phone and "两步验证刚刚被“某医院”重置。不是您本人操作" in sent.text


def test_an_account_without_identities_is_told_nothing(user, sms: Memory):
    from xinglin.accounts.models import Grant

    Grant.unscoped.filter(user=user).delete()
    courier.courier().tell_recovered(user.pk)
    courier.courier().tell_factor(user.pk, "已关闭")
    assert not Message.unscoped.exists()


def test_messages_of_an_erased_person_go(user, sms: Memory):
    from xinglin.notifications.actions.erasing import PART
    from xinglin.people.registry import Erasure, erasure_parts

    courier.courier().tell_recovered(user.pk)
    assert Message.unscoped.count() == 1
    PART.erase(Erasure(user.person, frozenset(), Viewer.system("test")))
    assert not Message.unscoped.exists()
    assert PART in erasure_parts()
