"""What somebody writes into the three personal parts: facts that agree with each other, and now and then do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from .hospitals import DENTAL, TCM
from .people import Invented, a_phone
from .places import Province, a_county
from .schools import DEGREES, JUNIOR, MAJORS, SCOPES, WESTERN
from .schools import TCM as TCM_SCHOOLS

Scan = Callable[[str], UUID]
"""Stores an invented picture for a field key; returns the file's id."""

DIPLOMA = {"junior_college": "06", "bachelor": "05", "master": "02", "doctor": "01"}
DEGREE_DIGIT = {"bachelor": "4", "master": "3", "doctor": "2"}
QUALIFICATION_CATEGORY = {"clinical": "10", "dental": "20", "tcm": "41"}
PRACTICE_CATEGORY = {"clinical": "110", "dental": "120", "tcm": "141"}
MAIN_ETHNIC_GROUPS = ("03", "08", "11", "06", "15", "07", "02", "04", "14")
STREETS = ("杏林路", "观澜街", "育才路", "听涛巷", "书院路", "长堤街", "槐安路")
PARENTS = ("建国志淑秀桂玉文", "平华英兰明珍强芳")  # given names of the generation before
SHARE_ODD_NUMBER = 0.03
YEARS_BETWEEN_LEVELS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides a biography: studies, levels, the year of the last graduation, when training begins."""

    field: str
    levels: tuple[str, ...]
    graduated: int
    begins: date
    province: Province


def field_of(specialty: str) -> str:
    """clinical, dental or tcm."""
    if specialty in TCM:
        return "tcm"
    return "dental" if specialty in DENTAL else "clinical"


def basic_info(rng: Random, who: Invented, plan: Plan, scan: Scan) -> dict[str, Any]:
    """基本信息 without what the account import fixed."""
    city = rng.choice(plan.province.cities)
    values: dict[str, Any] = {
        "ethnic_group": "01" if rng.random() < 0.9 else rng.choice(MAIN_ETHNIC_GROUPS),
        "marital_status": "10" if rng.random() < 0.82 else "20",
        "household_division": a_county(rng, plan.province),
        "email": f"r{rng.randrange(10**6):06d}@example.cn" if rng.random() < 0.8 else "",
        "address": f"{plan.province.name}{city}{rng.choice(STREETS)} {rng.randint(1, 280)} 号",
        "emergency_name": f"{who.name[0]}{rng.choice(PARENTS[0])}{rng.choice(PARENTS[1])}",
        "emergency_phone": a_phone(rng),
        "photo": scan("basic_info.photo"),
        "id_front": scan("basic_info.id_front"),
    }
    if who.id_type == "01":
        values["id_back"] = scan("basic_info.id_back")
    else:
        values |= {"sex": who.sex, "birth_date": who.born, "nationality": "HKG" if who.id_type == "06" else "MYS"}
    return _keyed("basic_info", values)


def education(rng: Random, plan: Plan, scan: Scan) -> dict[str, Any]:
    """学习经历: every level of the plan, years apart as usual, certificate numbers that fit."""
    found: dict[str, Any] = {}
    year = plan.graduated
    for level in reversed(plan.levels):
        found |= _keyed(f"education.{level}", _level(rng, plan, level, year, scan))
        year -= YEARS_BETWEEN_LEVELS
    return found


def _level(rng: Random, plan: Plan, level: str, year: int, scan: Scan) -> dict[str, Any]:
    prefix = f"education.{level}"
    junior = level == "junior_college"
    school = rng.choice(JUNIOR if junior else TCM_SCHOOLS if plan.field == "tcm" else WESTERN)
    majors = MAJORS[plan.field]["bachelor" if level in ("bachelor", "junior_college") else "higher"]
    odd = rng.random() < SHARE_ODD_NUMBER
    serial = rng.randrange(10**6)
    values: dict[str, Any] = {
        "applies": True,
        "school": school.name,
        "major": rng.choice(majors),
        "graduated_on": date(year, 6, rng.choice((20, 25, 28, 30))),
        "full_time": not junior or rng.random() < 0.7,
        "diploma_number": f"{school.digits}1{year}{DIPLOMA[level]}{serial:06d}",
        "diploma_scan": scan(f"{prefix}.diploma_scan"),
    }
    if junior:
        return values | {"degree": "999"}
    shown_year = year - 1 if odd else year
    return values | {
        "degree": DEGREES[plan.field][level],
        "degree_type": "professional" if level != "bachelor" or rng.random() < 0.5 else "scientific",
        "degree_number": f"{school.digits}{DEGREE_DIGIT[level]}{shown_year}{rng.randrange(10**6):06d}",
        "degree_scan": scan(f"{prefix}.degree_scan"),
    }


def qualifications(rng: Random, who: Invented, plan: Plan, scan: Scan) -> dict[str, Any]:
    """证书信息: fresh graduates have mostly not taken the examination, earlier ones mostly hold the certificate."""
    since = plan.begins.year - plan.graduated
    status = rng.choices(
        ("not_taken", "not_passed", "passed", "certified"), (60, 8, 12, 20) if since < 1 else (5, 8, 17, 70)
    )[0]
    values: dict[str, Any] = {
        "status": status,
        "foreign_language_level": rng.choices(("cet4", "cet6", "none"), (45, 45, 10))[0],
    }
    if status == "certified":
        year = max(plan.graduated, plan.begins.year - rng.randint(1, 2))
        day = date(year, 12, rng.randint(1, 10)) if year < plan.begins.year else date(year - 1, 12, 5)
        head = f"{day.year}{who.id_number[:2] if who.id_type == '01' else '11'}1{QUALIFICATION_CATEGORY[plan.field]}"
        values |= {
            "code": head + (who.id_number if who.id_type == "01" else f"{rng.randrange(10**15):015d}"),
            "qualified_on": day,
            "level": "licensed",
            "category": plan.field,
            "qualification_scan": scan("qualifications.qualification_scan"),
        }
        if rng.random() < 0.6:
            values |= {
                "practice_code": f"{PRACTICE_CATEGORY[plan.field]}{rng.randrange(10**12):012d}",
                "practice_scope": rng.choice(SCOPES[plan.field]),
                "registered_on": day + timedelta(days=rng.randint(12, 50)),
                "practice_scan": scan("qualifications.practice_scan"),
            }
    return _keyed("qualifications", values)


def _keyed(prefix: str, values: dict[str, Any]) -> dict[str, Any]:
    return {f"{prefix}.{name}": value for name, value in values.items()}
