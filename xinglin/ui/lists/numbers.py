"""ID numbers typed into a filter: posted, turned into keyed hashes, never in an address (P-19)."""

from __future__ import annotations

from xinglin.dictionaries import selectors as dictionaries
from xinglin.kernel import id_numbers, text
from xinglin.people.selectors import id_number_hash, last6_hash

from .parts import Filter

IDENTITY_CARD = "01"
_CARD_LENGTH, _TAIL_LENGTH, _LONGEST = 18, 6, 30


def words(item: Filter, typed: str) -> tuple[list[tuple[str, str]], str]:
    """Words of the address for a typed number, and a note for the user ("" = none).

    Six characters search the last six; anything else is an exact search. A number says nothing about its document, so
    that one hash a possible document type is asked for; 18 digits that begin 1…6 can only be an identity card.
    """
    number = text.normalise_code(typed)
    if not number:
        return [], ""
    if len(number) == _TAIL_LENGTH and item.last6:
        return [(f"{item.name}_last6", last6_hash(number))], ""
    if len(number) > _LONGEST:
        return [], f"“{item.label}”最多 {_LONGEST} 位，已忽略这个条件。"
    is_card = len(number) == _CARD_LENGTH and number[0] in "123456"
    types = [IDENTITY_CARD] if is_card else list(dictionaries.labels("id_type"))
    return [(f"{item.name}_hash", id_number_hash(kind, number)) for kind in types], _doubt(item, number, is_card)


def _doubt(item: Filter, number: str, is_card: bool) -> str:
    if not is_card:
        return ""
    try:
        id_numbers.check(number)
    except ValueError as error:
        return f"“{item.label}”{error}"
    return ""
