"""Background work of the message gateway."""

from __future__ import annotations

from xinglin.jobs.handle import JobHandle
from xinglin.jobs.registry import every, job

from . import gateway
from .actions import keep, wipe
from .actions.posting import DELIVERY, POSTMAN
from .delivering import deliver


@job(DELIVERY, title=POSTMAN, max_attempts=5)
def deliver_messages(handle: JobHandle, *, messages: list[str]) -> None:
    """Send each once; taken up again after a crash it passes over those that are settled or under way."""
    for message_id in messages:
        deliver(handle, message_id)


@job(gateway.CODE, title=gateway.TITLE, max_attempts=5)
def make_codes(handle: JobHandle, *, code: int) -> None:
    """Make and send a code to whoever may have one."""
    gateway.make_and_post(handle, code)


@every(10, name="notifications.keep")
def keep_messages() -> None:
    """What is due, and what was cut off."""
    keep()


@every(600, name="notifications.wipe")
def wipe_messages() -> None:
    """Texts of codes, and old messages."""
    wipe()
