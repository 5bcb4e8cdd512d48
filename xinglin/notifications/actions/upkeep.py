"""Looking after messages: what is due goes to a job, what was cut off is told, what is old goes."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from xinglin.kernel import clock

from ..enums import FINAL, State
from ..kinds import choices, kind_of
from ..models import Message
from .posting import LEASE, send_off
from .settling import REASON, settle

AT_ONCE = 500
KEPT = timedelta(days=90)
CUT_OFF_WORDS = "发送途中程序中断，可能已发送；为免重复，不再自动发送"


def keep() -> None:
    """Run every few seconds by whichever worker has the turn; with nothing due it only looks."""
    due = Message.objects.for_system(REASON).filter(next_try_at__lte=clock.now())
    if due.exists():
        _give_out()
        _tell_cut_off()


@transaction.atomic
def _give_out() -> None:
    """Digests whose time has come, further tries, and messages whose job was lost."""
    now = clock.now()
    due = Message.objects.for_system(REASON).filter(state=State.QUEUED, next_try_at__lte=now)
    ids = list(due.order_by("next_try_at").values_list("pk", flat=True)[:AT_ONCE])
    if ids:
        Message.objects.for_system(REASON).filter(pk__in=ids, state=State.QUEUED).update(next_try_at=now + LEASE)
        send_off(ids)


def _tell_cut_off() -> None:
    """Attempts whose worker died between handing over and writing it down."""
    cut_off = Message.objects.for_system(REASON).filter(state=State.SENDING, next_try_at__lte=clock.now())
    for message in cut_off[:AT_ONCE]:
        settle(message, State.UNCLEAR, CUT_OFF_WORDS)


def wipe() -> None:
    """Texts of codes once they are good for nothing; everything after ninety days."""
    now, secret = clock.now(), [name for name, _ in choices() if kind_of(name).secret]
    rows = Message.objects.for_system(REASON)
    rows.filter(kind__in=secret, state__in=FINAL, expires_at__lt=now).exclude(text=b"").update(text=b"")
    rows.filter(created_at__lt=now - KEPT, state__in=FINAL).delete()
