"""The record as sections of label and value, changed fields marked with what they were (R-06, mock 05)."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from xinglin.people.enums import EducationLevel, Section
from xinglin.people.fields import PersonalField
from xinglin.reviews.content import Content

from ..fields import TRAINING, record_fields, shown_value

TITLES = {**dict(Section.choices), TRAINING: "培训信息"}
_MONO = {"id_number", "mobile", "uscc"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One field. ``was``: the former value in words, "" when it is unchanged. ``file``: a picture's id, else ""."""

    key: str
    label: str
    value: str
    was: str = ""
    mono: bool = False
    missing: bool = False
    file: str = ""
    was_file: str = ""
    comment: str = ""
    reply: str = ""

    @property
    def changed(self) -> bool:
        return bool(self.was)

    @property
    def name(self) -> str:
        """The label without the level of education, for pages that have it as a heading."""
        return self.label.partition(">")[2] or self.label


@dataclass(slots=True)
class Group:
    """Fields under one heading ("" for none), pictures apart."""

    title: str = ""
    cells: list[Cell] = field(default_factory=list)
    pictures: list[Cell] = field(default_factory=list)

    @property
    def changed(self) -> int:
        return sum(cell.changed for cell in (*self.cells, *self.pictures))


@dataclass(slots=True)
class Part:
    """One tab of the manual. ``absent``: levels of education answered with no, ``unanswered``: not answered at all."""

    key: str
    title: str
    groups: list[Group] = field(default_factory=list)
    absent: str = ""
    unanswered: str = ""

    @property
    def changed(self) -> int:
        return sum(group.changed for group in self.groups)

    @property
    def remarks(self) -> int:
        """How many of its fields a return spoke of."""
        return sum(bool(cell.comment) for group in self.groups for cell in (*group.cells, *group.pictures))


@dataclass(slots=True)
class Reading:
    """How a record is read: masked or not, against an earlier content, with remarks by field key.

    ``at``: codes are called as they were at that instant (sealed records, P-10); None for today's words.
    """

    masked: bool = True
    before: Content | None = None
    missing: Container[str] = ()
    comments: Mapping[str, str] = field(default_factory=dict)
    replies: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None


def parts(content: Content, reading: Reading) -> list[Part]:
    """All tabs that have fields, in the order of the manual."""
    return [part_of(section, content, reading) for section in TITLES]


def part_of(section: str, content: Content, reading: Reading) -> Part:
    """One tab; of 学习经历 only the levels that apply, or did before."""
    fields = [found for found in record_fields().values() if found.section == section]
    part = Part(section, TITLES[section])
    if section != Section.EDUCATION:
        part.groups.append(_group("", fields, content, reading))
        return part
    absent: list[str] = []
    unanswered: list[str] = []
    for level in EducationLevel:
        key = f"education.{level.value}.applies"
        if content.get(key) is True or (reading.before or {}).get(key) is True or key in reading.missing:
            mine = [found for found in fields if found.level == level.value]
            part.groups.append(_group(level.label, mine, content, reading))
        else:
            (unanswered if content.get(key) is None else absent).append(level.label)
    part.absent, part.unanswered = "、".join(absent), "、".join(unanswered)
    return part


def _group(title: str, fields: list[PersonalField], content: Content, reading: Reading) -> Group:
    group = Group(title)
    for found in fields:
        cell = cell_of(found, content, reading)
        (group.pictures if found.declaration.kind == "image" else group.cells).append(cell)
    return group


def cell_of(found: PersonalField, content: Content, reading: Reading) -> Cell:
    """One field as it is shown."""
    key, value = found.key, content.get(found.key)
    old = (reading.before or {}).get(key)
    differs = reading.before is not None and _present(old) != _present(value)
    is_picture = found.declaration.kind == "image"
    return Cell(
        key=key,
        label=found.label,
        value=shown_value(key, value, masked=reading.masked, at=reading.at),
        was=shown_value(key, old, masked=reading.masked, at=reading.at) if differs else "",
        mono=found.declaration.kind in _MONO,
        missing=key in reading.missing,
        file=str(value) if is_picture and value else "",
        was_file=str(old) if is_picture and differs and old else "",
        comment=reading.comments.get(key, ""),
        reply=reading.replies.get(key, ""),
    )


def _present(value: Any) -> Any:
    return None if value == "" else value
