"""All fields of the personal record by key, with the label the history shows.

Keys: ``basic_info.name``, ``education.bachelor.degree_number``, ``qualifications.code``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from xinglin.kernel.declarations import Declaration, declarations_of

from .enums import EducationLevel, Section
from .models import Education, Person, Qualification


@dataclass(frozen=True, slots=True)
class PersonalField:
    """One field of the personal record: key, declaration, label with its level, and the level."""

    key: str
    declaration: Declaration
    label: str
    section: str
    level: str = ""


@lru_cache(maxsize=1)
def personal_fields() -> dict[str, PersonalField]:
    """Every field of the three personal parts, in the order of the screens."""
    fields = [
        PersonalField(f"basic_info.{d.name}", d, d.label, Section.BASIC_INFO) for d in declarations_of(Person).values()
    ]
    for level in EducationLevel:
        for d in declarations_of(Education).values():
            label = f"是否{level.label}" if d.name == "applies" else f"<{level.label}>{d.label}"
            fields.append(PersonalField(f"education.{level.value}.{d.name}", d, label, Section.EDUCATION, level.value))
    fields += [
        PersonalField(f"qualifications.{d.name}", d, d.label, Section.QUALIFICATIONS)
        for d in declarations_of(Qualification).values()
    ]
    return {field.key: field for field in fields}


@lru_cache(maxsize=1)
def personal_labels() -> dict[str, str]:
    """Field key → label with its level."""
    return {key: field.label for key, field in personal_fields().items()}


def in_words(label: str) -> str:
    """本科 学位证书编号 for the history's <本科>学位证书编号."""
    return label.removeprefix("<").replace(">", " ")


def section_fields(section: str, level: str = "") -> list[PersonalField]:
    """Fields of one part, for education of one level."""
    return [f for f in personal_fields().values() if f.section == section and (not level or f.level == level)]
