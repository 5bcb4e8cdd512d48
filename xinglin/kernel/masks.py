"""Masked display of identity data (P-19). A mask is for eyes only: nothing is ever looked up by it."""


def id_number(value: str, near: bool = True) -> str:
    """`110199********2747` in lists of one's own subtree (near), `1101************47` elsewhere.

    Numbers of other documents keep their first one or two and their last two characters.
    """
    if len(value) == 18:
        return _mask(value, 6, 4) if near else _mask(value, 4, 2)
    return _mask(value, 2 if near else 1, 2)


def phone(value: str) -> str:
    """`186****1402`; other lengths keep the first and last two digits."""
    return _mask(value, 3, 4) if len(value) == 11 else _mask(value, 2, 2)


def email(value: str) -> str:
    """The first letter and the domain: `l***@example.com`."""
    local, at, domain = value.partition("@")
    return f"{local[:1]}***{at}{domain}" if at else _mask(value, 1, 0)


def _mask(value: str, head: int, tail: int) -> str:
    hidden = len(value) - head - tail
    if hidden < 3:  # a short number would be all but told
        return value[:1] + "*" * max(len(value) - 1, 0)
    return value[:head] + "*" * hidden + (value[-tail:] if tail else "")
