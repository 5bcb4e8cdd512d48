"""Tries, waits, ends: at most once an attempt; what was cut off is told, never repeated on suspicion (P-13, Q-09)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from xinglin.accounts.tests.factories import make_resident, make_tree
from xinglin.jobs.handle import Superseded
from xinglin.jobs.models import Job
from xinglin.jobs.worker import run_waiting_jobs
from xinglin.kernel import clock
from xinglin.notifications import kinds, transports
from xinglin.notifications.actions import claim, keep, post, settle, wipe
from xinglin.notifications.actions.settling import BACKOFF
from xinglin.notifications.enums import Channel, State
from xinglin.notifications.kinds import MessageKind
from xinglin.notifications.models import Message, MessageAttempt
from xinglin.notifications.transports import GivenUp, TryAgain, Unclear

from .gateways import Memory, letter, only, sms

__all__ = ["sms"]
PLAIN = MessageKind("test.plain", "通知", "有事。")
SECRET = MessageKind("test.secret", "验证码", "{code}", lifetime=timedelta(minutes=10), secret=True)

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-13", "Q-09")]


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {PLAIN.name: PLAIN, SECRET.name: SECRET})


@pytest.fixture
def message(sms: Memory) -> Message:
    (message,) = post("test.plain", [letter(make_resident(make_tree().base))])
    return message


def turn():
    """The keeper's turn and the workers' after it."""
    keep()
    run_waiting_jobs()


def test_a_gateway_in_trouble_is_tried_again_later_and_later(message, sms: Memory):
    sms.trouble = [TryAgain("连接不上短信网关")] * 3
    with time_machine.travel(clock.now(), tick=False) as traveller:
        run_waiting_jobs()
        for tried, wait in enumerate(BACKOFF[:3], start=1):
            row = only()
            assert (row.state, row.attempts, row.error) == (State.QUEUED, tried, "连接不上短信网关")
            assert row.next_try_at == clock.now() + timedelta(seconds=wait)
            traveller.shift(timedelta(seconds=wait - 1))
            turn()
            assert only().attempts == tried, "not before its time"
            traveller.shift(timedelta(seconds=1))
            turn()
    assert only().state == State.SENT
    assert [out.attempt for out in sms.sent] == [4]
    assert list(MessageAttempt.objects.order_by("number").values_list("outcome", flat=True)) == ["queued"] * 3 + [
        "sent"
    ]


def test_after_the_last_try_it_is_given_up_with_the_reason(message, sms: Memory):
    sms.trouble = [TryAgain("连接不上短信网关")] * 20
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(200):
            turn()
            traveller.shift(timedelta(minutes=5))
    row = only()
    assert (row.state, row.attempts, row.error) == (State.FAILED, len(BACKOFF) + 1, "连接不上短信网关")
    assert row.next_try_at is None


@pytest.mark.parametrize(
    ("trouble", "state"), [(GivenUp("短信网关拒绝（400）"), State.FAILED), (Unclear("短信网关没有回答"), State.UNCLEAR)]
)
def test_a_refusal_and_a_doubt_are_final(message, sms: Memory, trouble, state):
    sms.trouble = [trouble]
    run_waiting_jobs()
    with time_machine.travel(clock.now() + timedelta(hours=3)):
        turn()
    assert (only().state, only().attempts, only().error) == (state, 1, str(trouble))
    assert not sms.sent


def test_too_late_is_not_sent(message, sms: Memory):
    with time_machine.travel(message.expires_at + timedelta(seconds=1)):
        turn()
    assert only().state == State.EXPIRED
    assert not sms.sent


def test_a_try_that_would_come_too_late_is_not_waited_for(sms: Memory):
    user = make_resident(make_tree().base)
    post("test.plain", [letter(user)], expires_at=clock.now() + timedelta(seconds=20))
    sms.trouble = [TryAgain("忙")]
    run_waiting_jobs()
    assert only().state == State.EXPIRED


def test_a_gateway_that_was_taken_away_is_waited_for(message, sms: Memory, settings):
    transports.replace(Channel.SMS, None)
    settings.PRODUCTION = True
    run_waiting_jobs()
    assert (only().state, only().error) == (State.QUEUED, "没有可用的网关")


class Killed(BaseException):
    """As if the process were gone."""


class TestDeath:
    def test_killed_before_the_hand_over_nothing_is_sent_twice(self, message, sms: Memory):
        """The attempt is written first, so that the second worker sees that somebody may have sent it."""
        sms.trouble = [Killed()]
        with pytest.raises(Killed):
            run_waiting_jobs()
        assert (only().state, only().attempts) == (State.SENDING, 1)
        turn()
        assert only().state == State.SENDING, "somebody may still be at it"
        with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1)):
            turn()
            turn()
        row = only()
        assert (row.state, row.attempts) == (State.UNCLEAR, 1)
        assert "可能已发送" in row.error
        assert not sms.sent
        assert MessageAttempt.objects.get().outcome == State.UNCLEAR

    def test_killed_between_sending_and_writing_it_is_told_as_possible(self, message, sms: Memory, monkeypatch):
        monkeypatch.setattr("xinglin.notifications.delivering.settle", _die)
        with pytest.raises(Killed):
            run_waiting_jobs()
        monkeypatch.undo()
        assert len(sms.sent) == 1
        with time_machine.travel(clock.now() + timedelta(minutes=6)):
            turn()
            turn()
        assert only().state == State.UNCLEAR
        assert len(sms.sent) == 1, "never twice"

    def test_a_lost_job_is_replaced(self, message, sms: Memory):
        Job.objects.for_system("test").delete()
        turn()
        assert not sms.sent, "its job may still come"
        with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1)):
            turn()
        assert len(sms.sent) == 1

    def test_two_workers_take_a_message_once(self, message):
        assert claim(message.pk) is not None
        assert claim(message.pk) is None

    def test_a_worker_that_slept_cannot_settle_what_was_given_up(self, message):
        mine = claim(message.pk)
        with time_machine.travel(clock.now() + timedelta(minutes=6)):
            keep()
        assert not settle(mine, State.SENT)
        assert only().state == State.UNCLEAR

    def test_a_superseded_job_leaves_the_message_to_the_keeper(self, message, sms: Memory, monkeypatch):
        def lost(*_args):
            raise Superseded

        monkeypatch.setattr("xinglin.notifications.delivering.settle", lost)
        run_waiting_jobs()
        assert only().state == State.SENDING


def _die(*_args):
    raise Killed


class TestUpkeep:
    def test_texts_of_codes_go_when_they_are_good_for_nothing(self, sms: Memory):
        user = make_resident(make_tree().base)
        sent = letter(user)
        post("test.secret", [sent.__class__(sent.to, "/1/", {}, {"code": "123456"})])
        post("test.plain", [sent])
        run_waiting_jobs()
        wipe()
        assert only_of("test.secret").text == "【杏林】123456"
        with time_machine.travel(clock.now() + timedelta(minutes=11)):
            wipe()
        assert only_of("test.secret").text == ""
        assert only_of("test.plain").text == "【杏林】有事。"

    def test_after_ninety_days_messages_go_with_their_attempts(self, message, sms: Memory):
        run_waiting_jobs()
        with time_machine.travel(clock.now() + timedelta(days=91)):
            wipe()
        assert not Message.unscoped.exists()
        assert not MessageAttempt.objects.exists()


def test_with_nothing_due_the_keeper_only_looks(message, sms: Memory):
    run_waiting_jobs()
    with CaptureQueriesContext(connection) as caught:
        keep()
    assert len(caught) == 1
    assert caught.captured_queries[0]["sql"].startswith("SELECT")


def only_of(kind: str) -> Message:
    return Message.unscoped.select_related("key").get(kind=kind)
