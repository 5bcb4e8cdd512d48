"""How long the product may run on the libraries that it was locked to, as docs/security.md promises (a test compares)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from django.conf import settings

from xinglin.kernel import clock

RENEWED_WITHIN = timedelta(days=92)
LOCKED_ON = "requirements/locked-on"


def locked_on() -> date | None:
    """The day on which the libraries were last brought up to date (scripts/lock_requirements writes it)."""
    try:
        return date.fromisoformat(Path(settings.BASE_DIR, LOCKED_ON).read_text().strip())
    except (OSError, ValueError):
        return None


def overdue(locked: date) -> bool:
    """Whether that is longer ago than promised."""
    return clock.today() - locked > RENEWED_WITHIN
