"""What a report left undone, kept in the session between the report and its result page: ids only, never names."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpRequest

_PLACE = "residents.reports"
_KEPT = 5


@dataclass(frozen=True, slots=True)
class Note:
    """``done``: how many were reported; ``left``: ids that were not; ``looked``: nothing was tried yet."""

    done: int
    left: list[Any]
    state: str = ""
    looked: bool = False


def keep(request: HttpRequest, note: Note) -> str:
    """Keep a note, the oldest beyond five are forgotten; returns its key."""
    key = secrets.token_urlsafe(9)
    notes = dict(request.session.get(_PLACE, {}))
    notes[key] = asdict(note)
    request.session[_PLACE] = dict(list(notes.items())[-_KEPT:])
    return key


def kept(request: HttpRequest, key: str) -> Note | None:
    """The note, None when it is forgotten or another session's."""
    found = request.session.get(_PLACE, {}).get(key)
    return Note(**found) if found else None
