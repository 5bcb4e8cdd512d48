"""Signs of life, and sign-ins that their owner ends (P-08)."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from xinglin.history.actions import record
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer

from ..models import SignInSession
from ..selectors import organization_of
from ..session_list import handle_of
from .entries import about_user

STEP = timedelta(minutes=1)


def note_seen(session_key: str) -> None:
    """A page in use said so; at most one write a minute."""
    now = clock.now()
    SignInSession.objects.filter(session_key=session_key, last_seen_at__lt=now - STEP).update(last_seen_at=now)


@transaction.atomic
def end_sessions(*, by: Viewer, own_key: str, handle: str = "") -> int:
    """End one of the viewer's other sign-ins (``handle``), or all others; returns how many ended now."""
    rows = SignInSession.objects.filter(user_id=by.user_id or 0).exclude(session_key=own_key)
    keys = [key for key in rows.values_list("session_key", flat=True) if not handle or handle_of(key) == handle]
    SignInSession.objects.filter(session_key__in=keys).delete()
    if keys and by.user_id is not None:
        home = organization_of(by.organization_id)
        record([about_user("sessions_ended", by.user_id, home, person_id=by.person_id, count=len(keys))], by=by)
    return len(keys)
