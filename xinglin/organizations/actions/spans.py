"""Ends of dated things (capabilities, affiliations): what may still be changed, and why the rest may not."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from xinglin.kernel import clock
from xinglin.kernel.errors import Refused

from .. import rules


def check_dates(starts_on: date, ends_on: date | None) -> None:
    """Raises Refused for a span without a day."""
    if ends_on is not None and ends_on <= starts_on:
        raise Refused("最后一天不能早于开始日期。", field="ends_on")


def overlaps(rows: QuerySet[Any], starts_on: date, ends_on: date | None) -> bool:
    """Whether a row counts on a day of [starts_on, ends_on)."""
    later = rows.exclude(ends_on__lte=starts_on)
    return (later.filter(starts_on__lt=ends_on) if ends_on else later).exists()


def set_end(row: Any, ends_on: date | None, others: QuerySet[Any], again: str) -> list[str]:
    """Move the end of a locked row; ``ends_on`` is the first day that no longer counts, None for open.

    Returns the span before and after in words. Raises Refused: what is over stays as it was, days that have passed
    are not taken back, and two spans do not meet (``again`` says so).
    """
    today = clock.today()
    if reason := rules.why_not_ended(row.starts_on, row.ends_on, today):
        raise Refused(reason)
    check_dates(row.starts_on, ends_on)
    if ends_on is not None and ends_on < today:
        raise Refused(
            "最后一天不能早于昨天：已经过去的日子里办理的业务以当时有效为准。", field="ends_on",
        )  # fmt: skip
    if overlaps(others.exclude(pk=row.pk), row.starts_on, ends_on):
        raise Refused(again, field="ends_on")
    before = rules.span_text(row.starts_on, row.ends_on)
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
    return [before, rules.span_text(row.starts_on, ends_on)]


def cancel(row: Any) -> str:
    """Take back a row that has not begun; its span in words. Raises Refused for one that has."""
    if reason := rules.why_not_cancelled(row.starts_on, clock.today()):
        raise Refused(reason)
    said = rules.span_text(row.starts_on, row.ends_on)
    row.delete()
    return said
