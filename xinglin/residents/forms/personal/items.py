"""One line of a step: a field to type or choose, or a picture, with what the base said and what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

PHOTO_RATIO = "413/626"
SCAN_HELP = "四角完整、文字清楚、不反光"


@dataclass(slots=True)
class Item:
    """``bound`` is the form field of a typed value, ``picture`` the state of an uploaded one; one of them is None.

    ``comment``: the base's words on this field, while it waits for an answer; ``answered``: they were answered.
    """

    key: str
    label: str
    bound: Any = None
    picture: Picture | None = None
    show_when: str = ""
    comment: str = ""
    answered: bool = False
    reply: str = ""
    reply_name: str = ""


@dataclass(slots=True)
class Picture:
    """A picture as the form carries it: the id of a stored file, and what is wrong with it."""

    purpose: str
    label: str
    value: str = ""
    mandatory: bool = False
    help: str = SCAN_HELP
    error: str = ""

    @property
    def thumb(self) -> str:
        """Address of the small picture, "" without one."""
        return reverse("files:thumb", args=[self.value]) if self.value else ""

    @property
    def ratio(self) -> str:
        """The photo is cut to two inches; scans stay whole."""
        return PHOTO_RATIO if self.purpose == "photo" else ""
