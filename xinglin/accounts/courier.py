"""Who carries messages out of the house. Accounts ask for a courier; the part that has one registers it (notifications).

Without a courier there are no codes to the phone, and the pages say who helps instead.
"""

from __future__ import annotations

from typing import Protocol


class Courier(Protocol):
    """What sign-in needs of the message gateway."""

    def can_text(self) -> bool:
        """Whether text messages reach phones (or, in a trial, the outbox page)."""

    def is_trial(self) -> bool:
        """Whether messages only come into the outbox page, where everybody who tries the system may read them."""

    def post_code(self, code_id: int) -> None:
        """Have the code made and sent after the caller's commit; costs the same whatever becomes of it."""

    def tell_recovered(self, user_id: int) -> None:
        """Tell an account's owner, after the commit, that the password was set anew by a code."""

    def tell_factor(self, user_id: int, what: str) -> None:
        """Tell an account's owner, after the commit, what became of the second factor: ``已关闭``."""


class NoCourier:
    """Nothing leaves the house."""

    def can_text(self) -> bool:
        return False

    def is_trial(self) -> bool:
        return False

    def post_code(self, code_id: int) -> None:
        raise RuntimeError("no courier is registered: ask can_text() first")

    def tell_recovered(self, user_id: int) -> None:
        return

    def tell_factor(self, user_id: int, what: str) -> None:
        return


_courier: Courier = NoCourier()


def register(courier: Courier) -> None:
    """The one courier of this installation; a later one takes its place."""
    global _courier
    _courier = courier


def courier() -> Courier:
    """Whoever carries messages."""
    return _courier
