"""One message to its gateway: claimed in one step, handed over outside of any transaction, settled in another."""

from __future__ import annotations

import logging
from typing import Any

from xinglin.jobs.handle import JobHandle

from .actions.settling import claim, settle
from .enums import State
from .kinds import label_of
from .models import Message
from .transports import GivenUp, Outgoing, TryAgain, Unclear, transport_for

logger = logging.getLogger("xinglin.notifications")
NO_GATEWAY = "没有可用的网关"


def deliver(job: JobHandle, message_id: Any) -> None:
    """At most one attempt; an attempt that was cut off is never repeated on suspicion."""
    with job.step():
        message = claim(message_id)
    if message is None:
        return
    outcome, error = _hand_over(message)
    with job.step():
        settle(message, outcome, error)
    if outcome is not State.SENT:
        logger.warning("message %s, attempt %d: %s", message.pk, message.attempts, outcome.value)


def _hand_over(message: Message) -> tuple[State, str]:
    transport = transport_for(message.channel)
    if transport is None:
        return State.QUEUED, NO_GATEWAY
    outgoing = Outgoing(str(message.pk), message.attempts, message.recipient, label_of(message.kind), message.text)
    try:
        transport.send(outgoing)
    except TryAgain as error:
        return State.QUEUED, str(error)
    except GivenUp as error:
        return State.FAILED, str(error)
    except Unclear as error:
        return State.UNCLEAR, str(error)
    return State.SENT, ""
