"""What a page says after a POST, kept in the session so that the page has an address: no names of residents in it."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from django.http import HttpRequest

_PLACE = "residents.notes"
_KEPT = 5


@dataclass(frozen=True, slots=True)
class Reported:
    """``done``: how many were reported; ``left``: ids that were not; ``looked``: nothing was tried yet."""

    done: int
    left: list[Any]
    state: str = ""
    looked: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A selection that a page asks back about: its hidden fields, and the state of its list."""

    fields: list[Any]
    state: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a batch of the review came to: ``refused`` are (id, reason), the first of ``refused_size``; ``named`` are the
    ids of the first that were decided."""

    verdict: str
    done: int
    refused: list[Any] = field(default_factory=list)
    refused_size: int = 0
    state: str = ""
    named: list[Any] = field(default_factory=list)


def posted(request: HttpRequest, fields: list[Any]) -> Asked:
    """What the form of a list posted: its selection as hidden ``fields``, the state of the list, the comment if any."""
    return Asked(fields, request.POST.get("state", ""), request.POST.get("comment", ""))


Note = TypeVar("Note", Reported, Asked, Decided)


def keep(request: HttpRequest, note: Reported | Asked | Decided) -> str:
    """Keep a note, the oldest of its kind beyond five are forgotten; returns its key."""
    key = secrets.token_urlsafe(9)
    place = _place(type(note))
    notes = dict(request.session.get(place, {}))
    notes[key] = asdict(note)
    request.session[place] = dict(list(notes.items())[-_KEPT:])
    return key


def kept(request: HttpRequest, kind: type[Note], key: str) -> Note | None:
    """The note, None when it is forgotten or another session's."""
    found = request.session.get(_place(kind), {}).get(key)
    return kind(**found) if found else None


def _place(kind: type) -> str:
    return f"{_PLACE}.{kind.__name__.lower()}"
