"""What a base writes into 培训信息: specialty, years, plan and employer that fit the base and the resident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from xinglin.kernel import uscc

from .biography import Plan, field_of
from .calendar import Season
from .country import Base
from .schools import EMPLOYERS

POPULAR = {"0100": 9, "0900": 6, "0700": 6, "0200": 4, "1600": 4, "1900": 4, "2200": 3, "0300": 3, "Z100": 8, "Z200": 4}
TYPES = {"independent": 46, "own_employee": 22, "sponsored": 15, "professional_master": 15, "other": 2}


@dataclass(frozen=True, slots=True)
class Place:
    """Where and as what somebody is taken in."""

    specialty: str
    personnel_type: str
    years: int
    fresh: bool
    plan: Plan


def a_place(rng: Random, base: Base, track: str, season: Season) -> Place:
    """Choose specialty and type; levels of education and the year of graduation follow."""
    offered = base.specialties(track)
    specialty = rng.choices(offered, [POPULAR.get(code, 1) for code in offered])[0]
    personnel = rng.choices(list(TYPES), list(TYPES.values()))[0]
    fresh = rng.random() < 0.68
    begins = season.training_begins
    graduated = _latest_summer(begins) - (0 if fresh else rng.randint(1, 3))
    levels = _levels(rng, personnel)
    years = 3 if "master" not in levels and "doctor" not in levels else rng.choice((2, 2, 3))
    if "doctor" in levels:
        years = rng.choice((1, 2))
    plan = Plan(field_of(specialty), levels, graduated, begins, base.province)
    return Place(specialty, personnel, years, fresh, plan)


def born_between(plan: Plan) -> tuple[date, date]:
    """(latest, earliest) birthday that fits the levels and the last graduation."""
    age = 23 + 3 * sum(level in plan.levels for level in ("master", "doctor"))
    return date(plan.graduated - age, 8, 31), date(plan.graduated - age - 1, 9, 1)


def training_info(rng: Random, base: Base, place: Place) -> dict[str, Any]:
    """培训信息 by field name, complete; the planned end follows from start and years."""
    values: dict[str, Any] = {
        "funding_plan": rng.choices(("national_plan", "provincial_plan", "self_funded"), (86, 8, 6))[0],
        "personnel_type": place.personnel_type,
        "military_hospital": False,
        "graduate_cohort": "fresh" if place.fresh else "previous",
        "rural_oriented": place.specialty in ("0700", "Z200") and rng.random() < 0.5,
        "west_china_support": rng.random() < 0.02,
        "training_division": base.province.city_division(base.hospital.city),
        "specialty": place.specialty,
        "approved_years": place.years,
        "starts_on": place.plan.begins,
    }
    if place.personnel_type == "own_employee":
        values |= {"employer_name": base.node.name, "employer_uscc": base.node.uscc}
    elif place.personnel_type == "sponsored":
        city = rng.choice(base.province.cities)
        area = base.province.county_divisions(city)[0]
        values |= {
            "employer_name": city + rng.choice(EMPLOYERS),
            "employer_uscc": uscc.synthetic(area, rng.randrange(500_000, 10_000_000)),
        }
    elif place.personnel_type == "other":
        values["other_personnel"] = "定向委托培养"
    if base.affiliates and rng.random() < 0.25:
        values["affiliate_name"] = rng.choice(base.affiliates).name
    return values


def _latest_summer(begins: date) -> int:
    """Year of the last June that had passed when training began."""
    return begins.year if begins.month > 6 else begins.year - 1


def _levels(rng: Random, personnel: str) -> tuple[str, ...]:
    if personnel == "professional_master":
        return ("bachelor",)
    return rng.choices(
        (
            ("bachelor",), ("bachelor", "master"), ("bachelor", "master", "doctor"), ("junior_college", "bachelor"),
        ),
        (64, 27, 5, 4),
    )[0]  # fmt: skip
