"""When a field of the personal record counts: one text for the screen (conditions.js) and for the server.

``name=a|b`` holds while the named field has one of the values, ``name!=a|b`` while it has none of them; ``&`` joins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xinglin.people.enums import EducationLevel, Section
from xinglin.people.fields import PersonalField, personal_fields
from xinglin.people.rules import CERTIFIED, NO_DEGREE

Sent = Callable[[str], str]
"""The raw value of a field by its key, "" for none."""

_WITH_DEGREE = ("degree_type", "degree_number", "degree_scan")
_WITH_CERTIFICATE = (
    "code", "qualified_on", "level", "category", "qualification_scan",
    "practice_code", "practice_scope", "registered_on", "practice_scan",
)  # fmt: skip


def condition_of(field: PersonalField) -> str:
    """The condition of one field, "" where it always counts."""
    name = field.declaration.name
    if field.section == Section.EDUCATION and name != "applies":
        applies = f"education.{field.level}.applies=1"
        return f"{applies}&education.{field.level}.degree!=|{NO_DEGREE}" if name in _WITH_DEGREE else applies
    if field.section == Section.QUALIFICATIONS and name in _WITH_CERTIFICATE:
        return f"qualifications.status={CERTIFIED}"
    return ""


def applies_to(level: EducationLevel) -> str:
    """The condition of a whole level of education."""
    return f"education.{level.value}.applies=1"


def holds(condition: str, sent: Sent) -> bool:
    """Whether all parts of a condition are met by what was sent; an empty condition holds."""
    return all(_part(part, sent) for part in condition.split("&") if part)


def _part(part: str, sent: Sent) -> bool:
    name, _, values = part.partition("=")
    turned = name.endswith("!")
    found = sent(name.rstrip("!")) in values.split("|")
    return found is not turned


def as_sent(value: Any) -> str:
    """A stored value as the form would send it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return value if isinstance(value, str) else ""


def counting(content: Mapping[str, Any]) -> Callable[[str], bool]:
    """Whether a field of a saved content counts, by its key; fields of other parts always do."""
    fields = personal_fields()

    def sent(key: str) -> str:
        return as_sent(content.get(key))

    return lambda key: key not in fields or holds(condition_of(fields[key]), sent)
