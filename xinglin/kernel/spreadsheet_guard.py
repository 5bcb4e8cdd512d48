"""Texts in workbooks and CSV files that must never be read as formulas (P-17).

Every file that the product writes for people to open passes its texts through `guard`; every file that it reads passes
them through `unguard`, so that a value survives the way out and back unchanged.
"""

MARK = "'"
_DANGEROUS = frozenset("=+-@\t\r\n")
_GUARDED = _DANGEROUS | {MARK}


def guard(text: str) -> str:
    """The text with a leading apostrophe where a spreadsheet could take it for a formula, or for a guard."""
    if text[:1] not in _GUARDED:
        return text
    return MARK + text if text[0] != MARK or text[1:2] in _GUARDED else text


def unguard(text: str) -> str:
    """The text without the apostrophe that `guard` put there; any other text unchanged."""
    return text[1:] if text[:1] == MARK and text[1:2] in _GUARDED else text
