"""Handing a message to a gateway: e-mail by SMTP, text messages by a signed webhook, or the outbox of a trial (P-13).

Each way says how it ended by what it raises: nothing (taken over), `TryAgain` (surely not sent), `GivenUp` (refused
for good), `Unclear` (it may have arrived: never sent twice on suspicion).
"""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from .enums import Channel


class TryAgain(Exception):
    """It did not arrive; another try may help. The words are Chinese and for the outbox page."""


class GivenUp(Exception):
    """It did not arrive and never will."""


class Unclear(Exception):
    """Nobody knows whether it arrived."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """``message_id`` stays the same for all attempts, so that a gateway can tell a repetition."""

    message_id: str
    attempt: int
    recipient: str
    subject: str
    text: str


class Transport(Protocol):
    """One way out of the house."""

    def send(self, outgoing: Outgoing) -> None:
        """Hand it over. Raises TryAgain, GivenUp or Unclear."""


class Outbox:
    """A trial installation keeps its messages to itself; the outbox page shows them."""

    def send(self, outgoing: Outgoing) -> None:
        return


class Mail:
    """E-mail by Django's backend (XINGLIN_MAIL_URL)."""

    def send(self, outgoing: Outgoing) -> None:
        connection = get_connection()
        try:
            connection.open()
        except smtplib.SMTPAuthenticationError as error:
            raise TryAgain("邮件服务器不接受用户名或密码") from error
        except (OSError, smtplib.SMTPException) as error:
            raise TryAgain("连接不上邮件服务器") from error
        mail = EmailMessage(outgoing.subject, outgoing.text, to=[outgoing.recipient], connection=connection)
        mail.extra_headers["Message-ID"] = f"<{outgoing.message_id}.{outgoing.attempt}@xinglin>"
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise _by_code(max(code for code, _ in error.recipients.values())) from error
        except smtplib.SMTPResponseException as error:
            raise _by_code(error.smtp_code) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unclear("发送途中与邮件服务器断开") from error
        finally:
            connection.close()


def _by_code(code: int) -> Exception:
    if 400 <= code < 500:
        return TryAgain(f"邮件服务器暂时不收（{code}）")
    return GivenUp(f"邮件服务器拒收（{code}）")


_replaced: dict[str, Transport] = {}


def replace(channel: str, transport: Transport | None) -> None:
    """Another way for a channel (tests); None takes the configured one again."""
    if transport is None:
        _replaced.pop(channel, None)
    else:
        _replaced[channel] = transport


def transport_for(channel: str) -> Transport | None:
    """The way that is configured; the outbox where there is none outside production; else None."""
    if channel in _replaced:
        return _replaced[channel]
    if channel == Channel.SMS and settings.XINGLIN_SMS_WEBHOOK:
        from .webhook import Webhook

        return Webhook(
            settings.XINGLIN_SMS_WEBHOOK, settings.XINGLIN_SMS_SECRET, certificate=settings.XINGLIN_SMS_CERT,
            key=settings.XINGLIN_SMS_KEY, authority=settings.XINGLIN_SMS_AUTHORITY,
        )  # fmt: skip
    if channel == Channel.EMAIL and settings.XINGLIN_MAIL_URL:
        return Mail()
    return None if settings.PRODUCTION else Outbox()


def is_trial(channel: str) -> bool:
    """Whether messages of this channel only come into the outbox page."""
    return isinstance(transport_for(channel), Outbox)
