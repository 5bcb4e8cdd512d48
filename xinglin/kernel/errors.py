"""Errors of the domain. Each carries a Chinese sentence for the user: what happened, to what, what to do."""


class DomainError(Exception):
    """Base of all refusals.

    ``field`` names the declared field at fault, where there is one; ``status`` is the HTTP status shown.
    """

    status = 422

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotAllowed(DomainError):
    """The identity in force lacks the right (HTTP 403)."""

    status = 403


class Refused(DomainError):
    """A rule forbids this; the message says which and who can help (HTTP 422)."""


class WindowClosed(Refused):
    """The collection window does not admit this now; the message has its dates (P-09)."""


class Stale(DomainError):
    """Somebody else changed the record meanwhile (HTTP 409); nothing was written."""

    status = 409


class UnscopedQuery(RuntimeError):
    """Code asked a scoped model for rows without saying for whom: a programming error, never shown."""
