"""The physician qualification code against the ID number, the year, the level and the category.

Source: the layout of 医师资格证书编码 (24 or 27), of grade 2.
"""

from __future__ import annotations

from collections.abc import Iterator

from xinglin.kernel import certificates, id_numbers, masks

from .comparing import differ, piece
from .facts import Facts
from .finding import Contradiction
from .identity import ID_NUMBER, ID_TYPE

CODE, QUALIFIED_ON = "qualifications.code", "qualifications.qualified_on"
LEVEL, CATEGORY = "qualifications.level", "qualifications.category"
_LEVEL_NAMES = {"licensed": "执业医师", "assistant": "执业助理医师"}
_CATEGORIES = {"1": "clinical", "2": "dental", "3": "public_health", "4": "tcm"}
_CATEGORY_NAMES = {"clinical": "临床", "dental": "口腔", "public_health": "公共卫生", "tcm": "中医"}


def _code(facts: Facts) -> certificates.Certificate | None:
    return facts.parsed(CODE, certificates.parse_qualification)


def code_against_id_number(facts: Facts) -> Iterator[Contradiction]:
    code, number = _code(facts), facts.text(ID_NUMBER)
    if not code or not code.id_number or facts.text(ID_TYPE) != id_numbers.RESIDENT_ID or len(number) != 18:
        return
    own = number if len(code.id_number) == 18 else number[:6] + number[8:17]
    if code.id_number != own:
        places = [
            str(place) for place, pair in enumerate(zip(code.id_number, own, strict=True), 1) if len(set(pair)) > 1
        ]
        yield differ(
            f"医师资格证书编码中的证件号与本人证件号不同（证件号部分第 {'、'.join(places)} 位）",
            piece(CODE, masks.id_number(code.id_number), "第 10 位起"),
            piece(ID_NUMBER, masks.id_number(number)),
        )


def code_against_year(facts: Facts) -> Iterator[Contradiction]:
    code, qualified_on = _code(facts), facts.day(QUALIFIED_ON)
    if code and code.year and qualified_on and code.year != qualified_on.year:
        yield differ(
            "医师资格证书编码中的年份与取得时间不符",
            piece(CODE, code.year, "前 4 位"),
            piece(QUALIFIED_ON, qualified_on),
        )


def code_against_level(facts: Facts) -> Iterator[Contradiction]:
    code, level = _code(facts), facts.text(LEVEL)
    if code and code.level and level in _LEVEL_NAMES and code.level != level:
        told = _LEVEL_NAMES[code.level]
        yield differ(
            f"医师资格证书编码第 7 位表示{told}，与级别不符",
            piece(CODE, told, "第 7 位"),
            piece(LEVEL, _LEVEL_NAMES[level]),
        )


def code_against_category(facts: Facts) -> Iterator[Contradiction]:
    code, category = _code(facts), facts.text(CATEGORY)
    told = _CATEGORIES.get(code.category[:1], "") if code else ""
    if code and told and category in _CATEGORY_NAMES and told != category:
        yield differ(
            f"医师资格证书编码第 8 位表示{_CATEGORY_NAMES[told]}，与类别不符",
            piece(CODE, f"{code.category}（{_CATEGORY_NAMES[told]}）", "第 8–9 位"),
            piece(CATEGORY, _CATEGORY_NAMES[category]),
        )


def code_has_the_common_form(facts: Facts) -> Iterator[Contradiction]:
    code = _code(facts)
    if code and code.warning:
        yield differ(code.warning, piece(CODE, masks.id_number(code.value)))
