"""Inventing people: a sex, a name, a birth date, an ID number that nobody can have, a phone that nobody is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from xinglin.kernel import id_numbers
from xinglin.people.actions import NewPerson

from .names import Namer
from .places import ID_AREAS

# Blocks of mobile numbers that have not been given out.
PHONE_BLOCKS = ("154", "160", "161", "163", "164", "169", "179", "194")
SHARE_OTHER_DOCUMENTS = 0.01


@dataclass(frozen=True, slots=True)
class Invented:
    """Who somebody is, before any record knows it. ``born`` is also that of people whose document does not tell it."""

    sex: str
    name: str
    born: date
    id_type: str
    id_number: str
    phone: str

    @property
    def new(self) -> NewPerson:
        return NewPerson(self.name, self.id_type, self.id_number, self.phone)


def a_phone(rng: Random) -> str:
    """Eleven digits."""
    return f"{rng.choice(PHONE_BLOCKS)}{rng.randrange(10**8):08d}"


class People:
    """Makes people, no two with the same ID number."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._name = Namer(rng)
        self._taken: set[str] = set()

    def make(self, youngest: date, oldest: date) -> Invented:
        """Somebody born between ``oldest`` and ``youngest`` (the later day)."""
        rng = self._rng
        sex = "2" if rng.random() < 0.58 else "1"
        born = oldest + timedelta(days=rng.randrange((youngest - oldest).days + 1))
        id_type = "01" if rng.random() >= SHARE_OTHER_DOCUMENTS else rng.choice(("05", "06"))
        number = self._number(id_type, born, sex)
        return Invented(sex, self._name(sex), born, id_type, number, a_phone(rng))

    def _number(self, id_type: str, born: date, sex: str) -> str:
        rng = self._rng
        while True:
            if id_type == "01":
                serial = rng.randrange(500) * 2 + (1 if sex == "1" else 0)
                number = id_numbers.synthetic(rng.choice(ID_AREAS), born, serial)
            elif id_type == "05":
                number = f"XZ{rng.randrange(10**7):07d}"
            else:
                number = f"H{rng.randrange(10**8):08d}"
            if number not in self._taken:
                self._taken.add(number)
                return number
