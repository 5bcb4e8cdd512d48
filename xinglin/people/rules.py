"""What of the personal record is mandatory, and when (R-20). Pure: plain values in, issues out.

The same rules serve form, report check and API; a section is a dict of field name → value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from xinglin.kernel.issues import Issue

from .enums import EducationLevel
from .fields import in_words, personal_fields, personal_labels

Values = Mapping[str, Any]
Flat = Mapping[str, Any]
"""Field key → value, as in a content version."""

RESIDENT_ID_CARD = "01"
NO_DEGREE = "999"
CERTIFIED = "certified"


def _always(values: Values) -> bool:
    return True


def _applies(values: Values) -> bool:
    return values.get("applies") is True


def _degree_awarded(values: Values) -> bool:
    return _applies(values) and values.get("degree") not in (None, "", NO_DEGREE)


def _certified(values: Values) -> bool:
    return values.get("status") == CERTIFIED


def _id_card(values: Values) -> bool:
    return values.get("id_type") == RESIDENT_ID_CARD


@dataclass(frozen=True, slots=True)
class Mandatory:
    """A field that must be filled when ``when`` holds; ``why`` is shown where it is conditional."""

    field: str
    when: Callable[[Values], bool] = _always
    why: str = ""


_FOR_ALL = (
    "name", "sex", "ethnic_group", "birth_date", "nationality", "id_type", "id_number", "household_division",
    "phone", "photo", "id_front",
)  # fmt: skip
BASIC_INFO = (*map(Mandatory, _FOR_ALL), Mandatory("id_back", _id_card, "证件类型为居民身份证时必填"))

_GIVEN = {"name", "sex", "birth_date", "nationality", "id_type", "id_number", "phone"}
"""Comes with the account, or from the ID number: no work of the person's as long as it is there."""

EDUCATION = (
    Mandatory("school", _applies),
    Mandatory("major", _applies),
    Mandatory("graduated_on", _applies),
    Mandatory("full_time", _applies),
    Mandatory("diploma_number", _applies),
    Mandatory("degree", _applies),
    Mandatory("degree_type", _degree_awarded, "授予学位时必填"),
    Mandatory("degree_number", _degree_awarded, "授予学位时必填"),
    Mandatory("diploma_scan", _applies),
    Mandatory("degree_scan", _degree_awarded, "授予学位时必填"),
)

QUALIFICATIONS = (
    Mandatory("status"),
    Mandatory("code", _certified, "已取得证书时必填"),
    Mandatory("qualified_on", _certified, "已取得证书时必填"),
    Mandatory("level", _certified, "已取得证书时必填"),
    Mandatory("category", _certified, "已取得证书时必填"),
    Mandatory("qualification_scan", _certified, "已取得证书时必填"),
)

MANDATORY = {"basic_info": BASIC_INFO, "education": EDUCATION, "qualifications": QUALIFICATIONS}


def part(flat: Flat, prefix: str) -> dict[str, Any]:
    """The values of one section (``education.bachelor``) out of a flat content."""
    start = prefix + "."
    return {key[len(start) :]: value for key, value in flat.items() if key.startswith(start)}


def missing_in(values: Values, rules: Iterable[Mandatory], prefix: str, labels: Mapping[str, str]) -> list[Issue]:
    """One issue for each mandatory field that is empty, under its full key; ``labels`` maps keys to labels."""
    issues = []
    for rule in rules:
        if rule.when(values) and values.get(rule.field) in (None, ""):
            key = f"{prefix}.{rule.field}"
            issues.append(Issue(key, f"缺“{in_words(labels[key])}”"))
    return issues


def missing_in_section(flat: Flat, section: str) -> list[Issue]:
    """What one of the three parts still lacks."""
    labels = personal_labels()
    if section != "education":
        return missing_in(part(flat, section), MANDATORY[section], section, labels)
    issues: list[Issue] = []
    levels = [level.value for level in EducationLevel if flat.get(f"education.{level.value}.applies") is True]
    if not levels:
        return [Issue("education.bachelor.applies", "学习经历至少填一个学历")]
    for level in levels:
        prefix = f"education.{level}"
        issues += missing_in(part(flat, prefix), EDUCATION, prefix, labels)
    return issues


def missing_personal(flat: Flat) -> list[Issue]:
    """What the whole personal record still lacks before it may be reported (R-08)."""
    return [issue for section in MANDATORY for issue in missing_in_section(flat, section)]


def completeness(flat: Flat) -> int:
    """Percentage of the mandatory fields that the person has filled, for the ring of the resident's home page.

    Who has typed nothing is at 0, whatever the account brought along.
    """
    lacking = len(missing_personal(flat))
    parts = [("basic_info", BASIC_INFO), ("qualifications", QUALIFICATIONS)]
    parts += [
        (f"education.{level.value}", EDUCATION)
        for level in EducationLevel
        if flat.get(f"education.{level.value}.applies") is True
    ]
    needed = sum(
        rule.when(values)
        and (values.get(rule.field) in (None, "") or not (prefix == "basic_info" and rule.field in _GIVEN))
        for prefix, rules in parts
        for values in [part(flat, prefix)]
        for rule in rules
    )
    if len(parts) == 2:
        needed += 1
    return round(100 * (needed - lacking) / needed)


def unchangeable(id_type: str) -> set[str]:
    """Fields that nobody changes by hand: those of the document, and what the number of an ID card tells."""
    tells = id_type == RESIDENT_ID_CARD
    found = personal_fields().values()
    return {f.key for f in found if f.declaration.fixed or (tells and f.declaration.derived)}
