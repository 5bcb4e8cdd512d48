"""How the fields of one step stand on the screen: blocks with a heading, fields and pictures in their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from xinglin.people.enums import EducationLevel, Section

from .conditions import applies_to
from .form import PersonalForm
from .items import Item

_BLOCKS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    Section.BASIC_INFO: (
        ("证件信息", ("name", "id_type", "id_number", "sex", "birth_date", "ethnic_group", "nationality",
                  "marital_status", "household_division")),
        ("联系方式", ("phone", "email", "address", "emergency_name", "emergency_phone")),
        ("照片和证件", ("photo", "id_front", "id_back")),
    ),
    Section.QUALIFICATIONS: (
        ("医师资格", ("status", "code", "qualified_on", "level", "category", "qualification_scan")),
        ("医师执业", ("practice_code", "practice_scope", "registered_on", "practice_scan")),
        ("外语", ("foreign_language_level",)),
    ),
}  # fmt: skip


@dataclass(slots=True)
class Block:
    """Fields under one heading. ``first`` is the question that opens the block (是否本科), ``show_when`` its condition."""

    title: str
    items: list[Item] = field(default_factory=list)
    first: Any = None
    show_when: str = ""


def blocks_of(form: PersonalForm) -> list[Block]:
    """Every field of the step, each exactly once; one that no block names comes last."""
    if form.section == Section.EDUCATION:
        return [_level(form, level) for level in EducationLevel]
    return list(_named(form))


def _level(form: PersonalForm, level: EducationLevel) -> Block:
    prefix = f"education.{level.value}."
    items = [item for item in form.items if item.key.startswith(prefix)]
    first = next(item for item in items if item.key == f"{prefix}applies")
    return Block(level.label, [item for item in items if item is not first], first, applies_to(level))


def _named(form: PersonalForm) -> Iterator[Block]:
    left = {item.key: item for item in form.items}
    for title, names in _BLOCKS[form.section]:
        keys = [f"{form.section}.{name}" for name in names]
        items = [left.pop(key) for key in keys if key in left]
        shared = {item.show_when for item in items}
        yield Block(title, items, show_when=shared.pop() if len(shared) == 1 else "")
    if left:
        yield Block("其他", list(left.values()))
