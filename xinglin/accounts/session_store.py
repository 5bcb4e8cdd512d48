"""Sessions in our own table, written once at the sign-in; they end after an absolute time whatever happens (P-08)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import CharField, DateTimeField, QuerySet

from xinglin.kernel import clock
from xinglin.kernel.compiled import Compiled, Slot

STARTED, DEVICE, ADDRESS = "started", "device", "address"


class SessionStore(DatabaseStore):
    """``seen_at`` is the sign of life in the row as it was loaded, None for a session that is not stored yet."""

    seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        from .models import SignInSession

        return SignInSession

    def cycle_key(self) -> None:
        """A new key; a session without one is not written before it is complete."""
        if self.session_key is None:
            self.modified = True
        else:
            super().cycle_key()

    def started_at(self) -> datetime:
        """When the sign-in was, in whole seconds; now for a session that begins."""
        seconds = self.get(STARTED)
        return datetime.fromtimestamp(seconds, clock.SHANGHAI) if seconds else clock.now()

    def get_expiry_date(self, **kwargs: Any) -> Any:
        """Counted from the sign-in: no use of the session puts it off."""
        return self.started_at() + timedelta(seconds=settings.SESSION_COOKIE_AGE)

    def get_expiry_age(self, **kwargs: Any) -> int:
        left = self.get_expiry_date() - clock.now()
        return max(0, int(left.total_seconds()))

    def create_model_instance(self, data: Any) -> Any:
        """The row: what Django keeps, and what the owner recognises the sign-in by."""
        row: Any = super().create_model_instance(data)
        user_id = data.get(SESSION_KEY)
        row.user_id = int(user_id) if user_id else None
        row.device, row.address_masked = data.get(DEVICE, ""), data.get(ADDRESS, "")
        row.started_at, row.last_seen_at = self.started_at(), clock.now()
        return row

    def _get_session_from_db(self) -> Any:
        row = _STORED.first(key=self.session_key, now=clock.now())
        if row is None:
            self._session_key = None
        self.seen_at = row.last_seen_at if row else None
        return row


def _stored() -> QuerySet[Any]:
    rows = SessionStore.get_model_class().objects
    live = rows.filter(session_key=Slot("key", CharField()), expire_date__gt=Slot("now", DateTimeField()))
    return live.only("session_data", "last_seen_at")


_STORED = Compiled(_stored)
