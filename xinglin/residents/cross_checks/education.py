"""Diploma and degree numbers against year, level and each other; age against education.

Sources: the numbering rules of 学历证书 (18 digits, since 2001) and 学位证书 (16 digits), of grade 2; the youngest ages
are a default of ours. Thresholds are data: thresholds.json, with edition and source.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from xinglin.kernel import certificates

from .comparing import differ, piece
from .facts import NO_DEGREE, Facts, level_label
from .finding import Contradiction
from .identity import BIRTH_DATE

_LEVEL_NAMES = {
    "doctor": "博士", "master": "硕士", "second_degree": "第二学士学位", "bachelor": "本科", "junior_college": "专科",
}  # fmt: skip
_DEGREE_NAMES = {"doctor": "博士", "master": "硕士", "bachelor": "学士"}
_DEGREE_LEVELS = {"2": "doctor", "3": "master", "4": "bachelor"}
_THRESHOLDS = json.loads((Path(__file__).parent / "thresholds.json").read_text(encoding="utf-8"))
YOUNGEST: dict[str, int] = _THRESHOLDS["youngest_at_graduation"]
COMMON_FORM_SINCE: int = _THRESHOLDS["certificate_numbers_common_since"]


def _diploma(facts: Facts, level: str) -> certificates.Certificate | None:
    return facts.parsed(f"education.{level}.diploma_number", certificates.parse_diploma)


def _degree(facts: Facts, level: str) -> certificates.Certificate | None:
    if facts.text(f"education.{level}.degree") == NO_DEGREE:
        return None
    return facts.parsed(f"education.{level}.degree_number", certificates.parse_degree)


def diploma_against_year(facts: Facts) -> Iterator[Contradiction]:
    for level in facts.levels:
        yield from _against_year(facts, level, "diploma_number", _diploma(facts, level), "第 7–10 位")


def degree_against_year(facts: Facts) -> Iterator[Contradiction]:
    for level in facts.levels:
        yield from _against_year(facts, level, "degree_number", _degree(facts, level), "第 7–10 位")


def _against_year(
    facts: Facts, level: str, name: str, number: certificates.Certificate | None, part: str
) -> Iterator[Contradiction]:
    graduated_on = facts.day(f"education.{level}.graduated_on")
    if number and number.year and graduated_on and number.year != graduated_on.year:
        yield differ(
            f"{level_label(level)}证书编号中的年份与毕业时间不符",
            piece(f"education.{level}.{name}", number.year, part),
            piece(f"education.{level}.graduated_on", graduated_on),
        )


def diploma_against_level(facts: Facts) -> Iterator[Contradiction]:
    for level in facts.levels:
        number = _diploma(facts, level)
        told = number.level if number else ""
        if number and told and told != level and (told, level) != ("second_degree", "bachelor"):
            yield differ(
                f"学历证书编号表示{_LEVEL_NAMES[told]}，与填写的层次不符",
                piece(
                    f"education.{level}.diploma_number", f"{number.value[10:12]}（{_LEVEL_NAMES[told]}）", "第 11–12 位"
                ),
                piece(f"education.{level}.applies", level_label(level)),
            )


def degree_against_level(facts: Facts) -> Iterator[Contradiction]:
    for level in facts.levels:
        number = _degree(facts, level)
        if number and number.level and number.level != level:
            yield differ(
                f"学位证书编号表示{_DEGREE_NAMES[number.level]}，与填写的层次不符",
                piece(f"education.{level}.degree_number", _DEGREE_NAMES[number.level], "第 6 位"),
                piece(f"education.{level}.applies", level_label(level)),
            )


def degree_name_against_level(facts: Facts) -> Iterator[Contradiction]:
    for level in facts.levels:
        told = _DEGREE_LEVELS.get(facts.text(f"education.{level}.degree")[:1], "")
        if told and told != level:
            yield differ(
                f"{level_label(level)}学历填了{_DEGREE_NAMES[told]}学位",
                piece(f"education.{level}.degree", f"{_DEGREE_NAMES[told]}学位"),
                piece(f"education.{level}.applies", level_label(level)),
            )


def diploma_against_degree(facts: Facts) -> Iterator[Contradiction]:
    for level in facts.levels:
        diploma, degree = _diploma(facts, level), _degree(facts, level)
        if diploma and degree and diploma.school and degree.school and diploma.school != degree.school:
            yield differ(
                "学历证书与学位证书编号的前 5 位（院校代码）不同",
                piece(f"education.{level}.diploma_number", diploma.school, "前 5 位"),
                piece(f"education.{level}.degree_number", degree.school, "前 5 位"),
            )


def numbers_have_the_common_form(facts: Facts) -> Iterator[Contradiction]:
    for level in facts.levels:
        graduated_on = facts.day(f"education.{level}.graduated_on")
        old = graduated_on is not None and graduated_on.year < COMMON_FORM_SINCE
        for name, number in (("diploma_number", _diploma(facts, level)), ("degree_number", _degree(facts, level))):
            if number and number.warning and not old:
                year = graduated_on or "未填写"
                key = f"education.{level}.{name}"
                yield differ(number.warning, piece(key, number.value), piece(f"education.{level}.graduated_on", year))


def age_against_education(facts: Facts) -> Iterator[Contradiction]:
    birth_date = facts.day(BIRTH_DATE)
    for level in facts.levels if birth_date else ():
        graduated_on = facts.day(f"education.{level}.graduated_on")
        if birth_date and graduated_on and graduated_on > birth_date:
            age = (
                graduated_on.year
                - birth_date.year
                - ((graduated_on.month, graduated_on.day) < (birth_date.month, birth_date.day))
            )
            if age < YOUNGEST[level]:
                yield differ(
                    f"{level_label(level)}毕业时只有 {age} 岁（通常不小于 {YOUNGEST[level]} 岁）",
                    piece(BIRTH_DATE, birth_date),
                    piece(f"education.{level}.graduated_on", graduated_on),
                )
