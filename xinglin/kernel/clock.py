"""The only clock of the product: every "now" and "today" is Asia/Shanghai (P-20), and tests freeze it in one place."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present instant, aware, in Asia/Shanghai."""
    return timezone.now().astimezone(SHANGHAI)


def today() -> date:
    """The calendar day in Asia/Shanghai."""
    return now().date()


def local(moment: datetime) -> datetime:
    """An aware instant in Asia/Shanghai, as screens show it."""
    return moment.astimezone(SHANGHAI)
