"""The ID number against sex and birth date. Source: GB 11643."""

from __future__ import annotations

from collections.abc import Iterator

from xinglin.kernel import id_numbers, masks

from .comparing import differ, piece
from .facts import Facts
from .finding import Contradiction

ID_TYPE, ID_NUMBER = "basic_info.id_type", "basic_info.id_number"
SEX, BIRTH_DATE = "basic_info.sex", "basic_info.birth_date"
_SEX_LABELS = {id_numbers.MALE: "男性", id_numbers.FEMALE: "女性"}


def checked_number(facts: Facts) -> id_numbers.IdNumber | None:
    """The record's own document number, where it is well formed."""
    return facts.parsed(ID_NUMBER, lambda number: id_numbers.check_for(facts.text(ID_TYPE), number))


def number_is_valid(facts: Facts) -> Iterator[Contradiction]:
    number = facts.text(ID_NUMBER)
    if facts.text(ID_TYPE) != id_numbers.RESIDENT_ID or not number:
        return
    try:
        id_numbers.check(number)
    except ValueError as error:
        yield differ(f"证件号：{error}", piece(ID_NUMBER, masks.id_number(number)))


def number_against_sex(facts: Facts) -> Iterator[Contradiction]:
    found, sex = checked_number(facts), facts.text(SEX)
    if found and found.sex and sex in _SEX_LABELS and sex != found.sex:
        told = _SEX_LABELS[found.sex]
        yield differ(
            f"证件号第 17 位表示{told}，与性别不符",
            piece(SEX, _SEX_LABELS[sex]),
            piece(ID_NUMBER, f"{found.value[16]}（{told}）", "第 17 位"),
        )


def number_against_birth_date(facts: Facts) -> Iterator[Contradiction]:
    found, birth_date = checked_number(facts), facts.day(BIRTH_DATE)
    if found and found.birth_date and birth_date and birth_date != found.birth_date:
        yield differ(
            "证件号中的出生日期与填写的不符",
            piece(BIRTH_DATE, birth_date),
            piece(ID_NUMBER, found.birth_date, "第 7–14 位"),
        )
