"""ID numbers typed into a filter: posted, turned into keyed hashes, never in an address (P-19)."""

from __future__ import annotations

from xinglin.kernel import id_numbers, text
from xinglin.people.selectors import id_number_hash, last6_hash

from .parts import Filter

_CARD_LENGTH, _TAIL_LENGTH, _LONGEST = 18, 6, 30


def words(item: Filter, typed: str) -> tuple[list[tuple[str, str]], str]:
    """Words of the address for a typed number, and a note for the user ("" = none).

    Six characters search the last six where the filter knows how; anything else is an exact search. A number that can
    only be an identity card's (18 characters, the first 1 to 6) is checked, and the fault told; it is searched all the
    same.
    """
    number = text.normalise_code(typed)
    if not number:
        return [], ""
    if len(number) > _LONGEST:
        return [], f"“{item.label}”最多 {_LONGEST} 位，已忽略这个条件。"
    if len(number) == _TAIL_LENGTH and item.last6:
        return [(f"{item.name}_last6", last6_hash(number))], ""
    return [(f"{item.name}_hash", id_number_hash(number))], _doubt(item, number)


def _doubt(item: Filter, number: str) -> str:
    if len(number) != _CARD_LENGTH or number[0] not in "123456":
        return ""
    try:
        id_numbers.check(number)
    except ValueError as error:
        return f"“{item.label}”{error}"
    return ""
