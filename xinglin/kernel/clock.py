"""The only clock of the product: every "now" and "today" is Asia/Shanghai (P-20), and tests freeze it in one place."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")
_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """The present instant, aware, in Asia/Shanghai."""
    return (_told.get() or timezone.now()).astimezone(SHANGHAI)


@contextmanager
def telling(moment: datetime) -> Iterator[None]:
    """Actions inside happen at ``moment``: for the demo, which tells a past by the product's own actions."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)


def today() -> date:
    """The calendar day in Asia/Shanghai."""
    return now().date()


def local(moment: datetime) -> datetime:
    """An aware instant in Asia/Shanghai, as screens show it."""
    return moment.astimezone(SHANGHAI)
