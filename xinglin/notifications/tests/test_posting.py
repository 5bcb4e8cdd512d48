"""Messages are written with the action that causes them, sealed, and gathered where they would be a flood (P-13)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from xinglin.accounts.tests.factories import make_resident, make_staff, make_tree
from xinglin.jobs.models import Job
from xinglin.jobs.worker import run_waiting_jobs
from xinglin.kernel import clock
from xinglin.notifications import kinds
from xinglin.notifications.actions import keep, post
from xinglin.notifications.enums import Channel, State
from xinglin.notifications.kinds import MessageKind
from xinglin.notifications.models import Message, MessageAttempt
from xinglin.people.models import Person

from .gateways import Memory, email, letter, only, sms

__all__ = ["email", "sms"]
PLAIN = MessageKind("test.plain", "通知", "“{organization}”有事。{link}")
DIGEST = MessageKind(
    "test.digest", "汇总", "退回 {count} 份。", (Channel.EMAIL, Channel.SMS), digest=timedelta(minutes=10)
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-13")]


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {**kinds._kinds, PLAIN.name: PLAIN, DIGEST.name: DIGEST})


@pytest.fixture
def user():
    return make_resident(make_tree().base)


def with_mail(user, address="lin@example.org"):
    Person.unscoped.filter(pk=user.person_id).update(email=address)
    return user


def test_a_message_reaches_the_phone_after_the_commit(user, sms: Memory):
    post("test.plain", [letter(user, organization="澜江医院")])
    assert not sms.sent, "a worker sends it, not the page"
    run_waiting_jobs()
    assert [(out.recipient, out.text) for out in sms.sent] == [(user.person.phone, "【杏林】“澜江医院”有事。")]
    message = only()
    assert (message.state, message.attempts, message.error) == (State.SENT, 1, "")
    assert message.sent_at and message.next_try_at is None
    attempt = MessageAttempt.objects.get()
    assert (attempt.number, attempt.outcome) == (1, State.SENT)


def test_what_is_rolled_back_is_never_sent(user, sms: Memory):
    with transaction.atomic():
        post("test.plain", [letter(user, organization="x")])
        transaction.set_rollback(True)
    run_waiting_jobs()
    assert not sms.sent
    assert not Message.unscoped.exists()
    assert not Job.objects.for_system("test").exists()


@pytest.mark.req("Q-12", "P-19")
def test_address_and_text_are_sealed(user, sms: Memory):
    post("test.plain", [letter(user, organization="澜江医院")])
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notifications_message")
        raw = b"".join(bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in cursor.fetchone())
    assert user.person.phone.encode() not in raw
    assert "有事".encode() not in raw
    assert only().recipient == user.person.phone
    assert only().recipient_masked == f"{user.person.phone[:3]}****{user.person.phone[-4:]}"
    job = Job.objects.for_system("test").get()
    assert user.person.phone not in str(job.arguments)


@pytest.mark.parametrize(
    ("has_mail", "has_sms", "has_email", "channel"),
    [
        (True, True, True, "sms"),
        (True, False, True, "email"),
        (False, False, True, ""),
        (False, True, True, "sms"),
        (True, False, False, ""),
    ],
)
def test_the_first_channel_with_a_gateway_and_an_address(user, settings, has_mail, has_sms, has_email, channel):
    settings.PRODUCTION = True
    settings.XINGLIN_SMS_WEBHOOK = "https://sms.example/" if has_sms else ""
    settings.XINGLIN_MAIL_URL = "smtp://mail.example?from=a@b" if has_email else ""
    if has_mail:
        with_mail(user)
    post("test.plain", [letter(user, organization="x")])
    assert list(Message.unscoped.values_list("channel", flat=True)) == ([channel] if channel else [])


def test_an_account_without_any_address_is_left_out(sms: Memory):
    user = make_staff("base_organization", make_tree().base)
    assert post("test.plain", [letter(user, organization="x")]) == []


def test_many_letters_cost_few_statements(sms: Memory):
    tree = make_tree()
    letters = [letter(make_resident(tree.base), organization="x") for _ in range(12)]
    with CaptureQueriesContext(connection) as few:
        post("test.plain", letters[:2])
    with CaptureQueriesContext(connection) as many:
        post("test.plain", letters)
    assert len(many) <= len(few) + 1
    run_waiting_jobs()
    assert len(sms.sent) == 14


def test_hundreds_go_out_by_several_jobs(sms: Memory, monkeypatch):
    monkeypatch.setattr("xinglin.notifications.actions.posting.TOGETHER", 2)
    tree = make_tree()
    post("test.plain", [letter(make_resident(tree.base), organization="x") for _ in range(5)])
    assert Job.objects.for_system("test").count() == 3


class TestDigest:
    """A province that returns one record after the other sends one message, not twenty."""

    def test_what_follows_within_its_time_is_taken_in(self, user, email: Memory):
        with_mail(user)
        with time_machine.travel(clock.now(), tick=False) as traveller:
            for count in (1, 2, 5):
                post("test.digest", [letter(user, count=count)])
                traveller.shift(timedelta(minutes=2))
                keep()
                run_waiting_jobs()
            assert not email.sent
            traveller.shift(timedelta(minutes=5))
            keep()
            run_waiting_jobs()
        assert [out.text for out in email.sent] == ["【杏林】退回 8 份。"]
        assert only().facts == {"count": 8}

    def test_afterwards_a_new_one_begins(self, user, email: Memory):
        with_mail(user)
        with time_machine.travel(clock.now(), tick=False) as traveller:
            for _ in range(2):
                post("test.digest", [letter(user, count=1)])
                traveller.shift(timedelta(minutes=11))
                keep()
                run_waiting_jobs()
        assert len(email.sent) == 2

    @pytest.mark.parametrize("other", ["person", "facts", "path"])
    def test_only_the_same_is_gathered(self, user, email: Memory, other):
        with_mail(user)
        second = with_mail(make_resident(make_tree().base)) if other == "person" else user
        post("test.digest", [letter(user, count=1, organization="a")])
        name = "b" if other == "facts" else "a"
        post("test.digest", [letter(second, path="/2/" if other == "path" else "/1/", count=1, organization=name)])
        assert Message.unscoped.count() == 2


@pytest.mark.parametrize(
    "values",
    [
        {"state": "other"},
        {"channel": "pigeon"},
        {"state": State.QUEUED, "next_try_at": None},
        {"state": State.SENT, "sent_at": None},
        {"state": State.FAILED, "sent_at": "now"},
        {"state": State.EXPIRED, "next_try_at": "now"},
    ],
)
def test_impossible_states_are_refused_by_the_database(user, sms: Memory, values):
    post("test.plain", [letter(user, organization="x")])
    run_waiting_jobs()
    values = {name: clock.now() if value == "now" else value for name, value in values.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.unscoped.update(**values)
