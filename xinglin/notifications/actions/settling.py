"""The states of a message: claimed for one attempt, and how the attempt ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from xinglin.kernel import clock

from ..enums import State
from ..models import Message, MessageAttempt

REASON = "the gateway works on messages of everybody"
BACKOFF = (30, 120, 600, 1800, 7200)
"""Seconds until the next try; after as many failures as there are waits and one more it is given up."""
CUT_OFF = timedelta(minutes=5)
"""An attempt that has not ended by then was cut off: no gateway is waited for as long."""


@transaction.atomic
def claim(message_id: Any) -> Message | None:
    """Take a message for one attempt, which is written down before anything is sent.

    None when another worker has it, when it is settled, or when it is too late (it expires then).
    """
    now, rows = clock.now(), Message.objects.for_system(REASON).filter(pk=message_id, state=State.QUEUED)
    if rows.filter(expires_at__lte=now).update(state=State.EXPIRED, next_try_at=None):
        return None
    if not rows.update(state=State.SENDING, attempts=F("attempts") + 1, next_try_at=now + CUT_OFF):
        return None
    message = Message.objects.for_system(REASON).select_related("key").get(pk=message_id)
    MessageAttempt.objects.create(message=message, number=message.attempts, started_at=now)
    return message


@transaction.atomic
def settle(message: Message, outcome: State, error: str = "") -> bool:
    """How the attempt ended; QUEUED means that another one follows, later each time, while it still makes sense.

    False when the attempt was given up for dead meanwhile.
    """
    now = clock.now()
    attempt = MessageAttempt.objects.filter(message=message, number=message.attempts, ended_at=None)
    if not attempt.update(ended_at=now, outcome=outcome, error=error[:200]):
        return False
    values: dict[str, Any] = {"state": outcome, "error": error[:200], "next_try_at": None}
    if outcome == State.SENT:
        values["sent_at"] = now
    elif outcome == State.QUEUED:
        wait = BACKOFF[message.attempts - 1] if message.attempts <= len(BACKOFF) else None
        if wait is None:
            values["state"] = State.FAILED
        elif now + timedelta(seconds=wait) >= message.expires_at:
            values["state"] = State.EXPIRED
        else:
            values["next_try_at"] = now + timedelta(seconds=wait)
    rows = Message.objects.for_system(REASON).filter(pk=message.pk, state=State.SENDING, attempts=message.attempts)
    return bool(rows.update(**values))
