"""Cell addresses. Rows and columns count from 1."""

import re

_ADDRESS = re.compile(r"([A-Z]{1,7})(\d{1,7})")


def column_number(letters: str) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place(address: str) -> tuple[int, int] | None:
    """B3 → (3, 2); None for anything else."""
    match = _ADDRESS.fullmatch(address)
    return (int(match[2]), column_number(match[1])) if match else None


def area(reference: str) -> tuple[int, int, int, int] | None:
    """A3:B5 → (3, 1, 5, 2)."""
    first, _, last = reference.partition(":")
    start, end = place(first), place(last or first)
    return (*start, *end) if start and end else None
