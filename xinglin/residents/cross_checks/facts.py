"""Reading a record's content: typed values and labels by field key. A value of another form counts as missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from xinglin.kernel import clock
from xinglin.kernel.declarations import declarations_of
from xinglin.people.enums import EducationLevel
from xinglin.people.fields import in_words, personal_fields

from ..models import Enrollment

if TYPE_CHECKING:
    from .same_person import Other

TRAINING = "training_info"
LEVELS = tuple(level.value for level in EducationLevel)
NO_DEGREE = "999"
_T = TypeVar("_T")


class Facts:
    """One record, and the other people who might be the same person."""

    def __init__(self, content: Mapping[str, Any], others: Sequence[Other] = (), today: dt.date | None = None) -> None:
        """content: field key → JSON value (dates as ISO text or date). today: the day of the check."""
        self.content = content
        self.others = others
        self.today = today or clock.today()
        self._parsed: dict[str, Any] = {}

    def text(self, key: str) -> str:
        value = self.content.get(key)
        return "" if value is None else str(value)

    def day(self, key: str) -> dt.date | None:
        value = self.content.get(key)
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        return _or_none(dt.date.fromisoformat, value) if isinstance(value, str) else None

    def parsed(self, key: str, parse: Callable[[str], _T]) -> _T | None:
        """The value taken apart, once for each field; None when it is empty or malformed (the form's matter)."""
        if key not in self._parsed:
            text = self.text(key)
            self._parsed[key] = _or_none(parse, text) if text else None
        found: _T | None = self._parsed[key]
        return found

    @property
    def levels(self) -> list[str]:
        """Levels of education that the person says to have, from the lowest."""
        return [level for level in LEVELS if self.content.get(f"education.{level}.applies") is True]


def _or_none(parse: Callable[[str], _T], text: str) -> _T | None:
    try:
        return parse(text)
    except ValueError:
        return None


@lru_cache(maxsize=1)
def _labels() -> dict[str, str]:
    training = {f"{TRAINING}.{name}": d.label for name, d in declarations_of(Enrollment).items()}
    return {key: field.label for key, field in personal_fields().items()} | training


def label(key: str) -> str:
    """The label of a field with its level: 本科 学位证书编号."""
    return in_words(_labels()[key])


def level_label(level: str) -> str:
    return str(EducationLevel(level).label)
