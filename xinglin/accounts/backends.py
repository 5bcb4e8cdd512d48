"""The only authentication backend: own passwords, or an initial credential, always at the price of one hash."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from .models import User
from .selectors import SIGN_IN


class XinglinBackend:
    """Checks a password against an account that the sign-in page has found.

    An unknown account, and one without an own password, cost the same hash as a known one, so that the time of the
    answer tells nobody who exists (P-08).
    """

    def authenticate(
        self, request: HttpRequest | None, user: User | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        """The user when the password is right and the account is open, else None."""
        if user is None or not user.has_usable_password():
            make_password(password or "")
            return None
        right = check_password(password or "", user.password)
        return user if right and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The account of a session."""
        rows = User.objects.for_system(SIGN_IN).select_related("person", "organization")
        return rows.filter(pk=user_id, is_active=True).first()
