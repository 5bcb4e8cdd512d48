"""How a resident or a base answers a return: the fields that change, or a reply where nothing is wrong."""

from __future__ import annotations

from random import Random
from typing import Any

from . import words
from .biography import STREETS
from .filling import later
from .people import a_phone

PICTURES = ("photo", "id_front", "id_back", "diploma_scan", "degree_scan")
ADDRESS = "basic_info.address"
Return = tuple[str, dict[str, str]]


def a_return(rng: Random, kinds: tuple[Return, ...], id_type: str) -> Return:
    """A comment that can be made on somebody with this document (only an ID card has a reverse)."""
    fitting = [kind for kind in kinds if id_type == "01" or "basic_info.id_back" not in kind[1]]
    return rng.choice(fitting)


def concerns_training(given: Return) -> bool:
    """Whether the base itself mends it."""
    return any(key.startswith("training_info.") for key in given[1])


def changes(rng: Random, given: Return, city: str) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """New values by section, and replies by field, which answer every field that was commented on."""
    values: dict[str, dict[str, Any]] = {}
    replies: dict[str, str] = {}
    for key in given[1] or {ADDRESS: ""}:
        new = _new_value(rng, key, city)
        if new is None:
            replies[key] = words.FIELD_REPLY
        else:
            values.setdefault(key.split(".")[0], {})[key] = new
    return values, replies


def _new_value(rng: Random, key: str, city: str) -> Any:
    name = key.rsplit(".", 1)[-1]
    if name in PICTURES:
        return later(key)
    if name == "email":
        return f"new{rng.randrange(10**5):05d}@example.cn"
    if name == "emergency_phone":
        return a_phone(rng)
    if name == "address":
        return (
            f"{city}{rng.choice(STREETS)} {rng.randint(1, 280)} 号 {rng.randint(1, 30)} 栋 {rng.randint(101, 2604)} 室"
        )
    return None
