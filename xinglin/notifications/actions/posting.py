"""Posting: the message is written in the caller's transaction and leaves the house after its commit (P-13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from xinglin.accounts.reach import Reach
from xinglin.jobs.actions import enqueue
from xinglin.kernel import clock, masks
from xinglin.kernel.viewer import Viewer
from xinglin.vault.actions import new_key
from xinglin.vault.models import DataKey

from ..enums import Channel, State
from ..kinds import MessageKind, kind_of
from ..models import Message
from ..transports import transport_for

DELIVERY = "notifications.deliver"
LEASE = timedelta(minutes=5)
"""So long a message that was given to a job is left to it; then the keeper gives it to another."""
TOGETHER = 100
POSTMAN = "发送消息"


@dataclass(frozen=True, slots=True)
class Letter:
    """To whom, and what only this one says. ``organization_path``: where the recipient belongs, for the outbox."""

    to: Reach
    organization_path: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def post(kind_name: str, letters: Iterable[Letter], *, expires_at: datetime | None = None) -> list[Message]:
    """Write what can be sent; whoever has no address on a channel with a gateway is left out.

    A digest that still waits for the same person takes the new facts in. Raises KeyError for an undeclared kind.
    """
    kind, now = kind_of(kind_name), clock.now()
    until = expires_at or now + kind.lifetime
    written, fresh = [], []
    for letter in letters:
        channel, address = _way(kind, letter.to)
        if not channel:
            continue
        known = _waiting(kind, channel, letter) if kind.digest else None
        if known is not None:
            written.append(_taken_in(known, kind, letter))
        else:
            fresh.append(_message(kind, channel, address, letter, now, until))
    Message.objects.for_system("messages are written by the part that sends them").bulk_create(fresh, batch_size=200)
    if not kind.digest:
        send_off([message.pk for message in fresh])
    return [*written, *fresh]


def send_off(ids: Sequence[Any]) -> None:
    """Give messages to jobs, in the caller's transaction."""
    for first in range(0, len(ids), TOGETHER):
        chunk = [str(pk) for pk in ids[first : first + TOGETHER]]
        enqueue(DELIVERY, by=Viewer.system(POSTMAN), arguments={"messages": chunk}, title=POSTMAN)


def _way(kind: MessageKind, to: Reach) -> tuple[str, str]:
    addresses = {Channel.SMS: to.phone, Channel.EMAIL: to.email}
    for channel in kind.channels:
        if addresses[channel] and transport_for(channel) is not None:
            return channel, addresses[channel]
    return "", ""


def _message(kind: MessageKind, channel: str, address: str, letter: Letter, now: datetime, until: datetime) -> Message:
    to = letter.to
    return Message(
        channel=channel,
        kind=kind.name,
        key=to.key or _key(),
        recipient=address,
        recipient_masked=masks.phone(address) if channel == Channel.SMS else masks.email(address),
        text=kind.render(letter.facts, letter.secrets),
        user_id=to.user_id,
        person_id=to.person_id,
        organization_path=letter.organization_path,
        facts=dict(letter.facts),
        next_try_at=now + (kind.digest or LEASE),
        expires_at=until,
        created_at=now,
    )


def _key() -> DataKey:
    """For a recipient who is no person."""
    return new_key("system")


def _waiting(kind: MessageKind, channel: str, letter: Letter) -> Message | None:
    rows = Message.objects.for_system("a digest takes in what follows").select_for_update(of=("self",))
    waiting = rows.select_related("key").filter(
        user_id=letter.to.user_id, kind=kind.name, channel=channel, state=State.QUEUED, attempts=0,
        organization_path=letter.organization_path, next_try_at__gt=clock.now(),
    )  # fmt: skip
    same = [row for row in waiting if {**row.facts, "count": 0} == {**letter.facts, "count": 0}]
    return same[0] if same else None


def _taken_in(message: Message, kind: MessageKind, letter: Letter) -> Message:
    message.facts = {**message.facts, "count": message.facts.get("count", 0) + letter.facts.get("count", 0)}
    message.text = kind.render(message.facts)
    message.save(update_fields=["facts", "text"])
    return message
