"""E-mail by Django's backend: what arrives, and what each trouble means (P-13)."""

import smtplib

import pytest
from django.core import mail

from xinglin.notifications import transports
from xinglin.notifications.transports import GivenUp, Mail, Outbox, Outgoing, TryAgain, Unclear, is_trial, transport_for
from xinglin.notifications.webhook import Webhook

pytestmark = pytest.mark.req("P-13")
LETTER = Outgoing("8c7d", 1, "lin@example.org", "招收信息退回基地", "【杏林】退回了 3 人的招收信息。")


def test_a_mail_arrives_with_its_number():
    Mail().send(LETTER)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == ([LETTER.recipient], LETTER.subject, LETTER.text)
    assert sent.message()["Message-ID"] == "<8c7d.1@xinglin>"


class Broken:
    """A server that fails when it is opened, or when it gets the mail."""

    def __init__(self, at_open=None, at_send=None):
        self.at_open, self.at_send, self.closed = at_open, at_send, 0

    def open(self):
        if self.at_open:
            raise self.at_open

    def send_messages(self, _messages):
        raise self.at_send

    def close(self):
        self.closed += 1


def refused(code):
    return smtplib.SMTPRecipientsRefused({LETTER.recipient: (code, b"no")})


@pytest.mark.parametrize(
    ("broken", "meaning"),
    [
        (Broken(at_open=ConnectionRefusedError()), TryAgain),
        (Broken(at_open=TimeoutError()), TryAgain),
        (Broken(at_open=smtplib.SMTPAuthenticationError(535, b"no")), TryAgain),
        (Broken(at_open=smtplib.SMTPServerDisconnected()), TryAgain),
        (Broken(at_send=refused(450)), TryAgain),
        (Broken(at_send=refused(550)), GivenUp),
        (Broken(at_send=smtplib.SMTPDataError(451, b"later")), TryAgain),
        (Broken(at_send=smtplib.SMTPDataError(554, b"spam")), GivenUp),
        (Broken(at_send=smtplib.SMTPServerDisconnected()), Unclear),
        (Broken(at_send=TimeoutError()), Unclear),
    ],
)
def test_every_trouble_is_understood(monkeypatch, broken, meaning):
    monkeypatch.setattr(transports, "get_connection", lambda: broken)
    with pytest.raises(meaning) as caught:
        Mail().send(LETTER)
    assert LETTER.recipient not in str(caught.value)
    assert broken.closed == (0 if broken.at_open else 1)


@pytest.mark.parametrize(
    ("production", "webhook", "mail_url", "sms", "email"),
    [
        (False, "", "", Outbox, Outbox),
        (True, "", "", None, None),
        (False, "https://sms.example/", "", Webhook, Outbox),
        (True, "https://sms.example/", "smtp://m?from=a@b", Webhook, Mail),
    ],
)
def test_trials_keep_to_the_outbox_and_production_never_does(settings, production, webhook, mail_url, sms, email):
    settings.PRODUCTION, settings.XINGLIN_SMS_WEBHOOK, settings.XINGLIN_MAIL_URL = production, webhook, mail_url
    for channel, expected in (("sms", sms), ("email", email)):
        found = transport_for(channel)
        assert (type(found) if found else None) is expected
        assert is_trial(channel) == (expected is Outbox)
    if sms is Outbox:
        Outbox().send(LETTER)
