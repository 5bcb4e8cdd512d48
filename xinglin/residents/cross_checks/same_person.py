"""One human under two numbers: two of name, birth date and phone agree while the document numbers differ."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from xinglin.kernel import masks

from .comparing import differ, piece
from .facts import Facts
from .finding import Compared, Contradiction
from .identity import BIRTH_DATE, ID_NUMBER

NAME, PHONE = "basic_info.name", "basic_info.phone"


@dataclass(frozen=True, slots=True)
class Other:
    """Another person of the system whom the caller found by name and birth date, or by phone.

    `id_number` is shown as given: the caller masks it for the reader. `where`: the base, "" where it is not told.
    """

    person_id: int
    name: str
    birth_date: dt.date | None
    phone: str
    id_number: str
    where: str = ""


def under_two_numbers(facts: Facts) -> Iterator[Contradiction]:
    for other in facts.others:
        same = [
            (name, key)
            for name, key, mine, theirs in (
                ("姓名", NAME, facts.text(NAME), other.name),
                ("出生日期", BIRTH_DATE, facts.day(BIRTH_DATE), other.birth_date),
                ("手机号", PHONE, facts.text(PHONE), other.phone),
            )
            if mine and mine == theirs
        ]
        if len(same) >= 2:
            place = f"（{other.where}）" if other.where else ""
            yield differ(
                f"{'、'.join(name for name, _ in same)}与另一证件号的人员相同{place}，可能是同一人",
                piece(ID_NUMBER, masks.id_number(facts.text(ID_NUMBER))),
                Compared("", "另一人员证件号", other.id_number),
                *(piece(key, _shown(facts, key)) for _, key in same),
            )


def _shown(facts: Facts, key: str) -> str:
    return masks.phone(facts.text(key)) if key == PHONE else facts.text(key)
