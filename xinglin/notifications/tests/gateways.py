"""Ways out of the house for tests: a memory, and one that fails as told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xinglin.accounts.models import User
from xinglin.accounts.reach import Reach, reach_of
from xinglin.notifications import transports
from xinglin.notifications.actions.posting import Letter
from xinglin.notifications.enums import Channel
from xinglin.notifications.models import Message
from xinglin.notifications.transports import Outgoing


class Memory:
    """Keeps what was handed over; ``trouble`` is raised instead, once each."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.trouble: list[BaseException] = []

    def send(self, outgoing: Outgoing) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        self.sent.append(outgoing)


@pytest.fixture
def sms() -> Iterator[Memory]:
    memory = Memory()
    transports.replace(Channel.SMS, memory)
    yield memory
    transports.replace(Channel.SMS, None)


@pytest.fixture
def email() -> Iterator[Memory]:
    memory = Memory()
    transports.replace(Channel.EMAIL, memory)
    yield memory
    transports.replace(Channel.EMAIL, None)


def reach(user: User) -> Reach:
    return reach_of([user.pk])[user.pk]


def letter(user: User, path: str = "/1/", **facts: object) -> Letter:
    return Letter(reach(user), path, facts)


def only() -> Message:
    """The one message that there is."""
    return Message.unscoped.select_related("key").get()
