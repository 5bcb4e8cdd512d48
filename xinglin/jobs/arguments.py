"""What may be kept with a job: ids and hashes, never personal data (P-19)."""

import json
import re
from typing import Any

_NUMBER_LIKE = re.compile(r"(?<![0-9A-Za-z_-])(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?![0-9A-Za-z_-])")
_LONG_DIGITS = re.compile(r"\d{6,}")
_DATABASE_DETAIL = re.compile(r"^DETAIL:.*$", re.MULTILINE)


def checked(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments as they will be stored.

    Raises TypeError for what JSON cannot carry and ValueError for a text that looks like an ID number or a mobile
    number: pass the row's id or the keyed hash.
    """
    text = json.dumps(arguments, ensure_ascii=False)
    if _NUMBER_LIKE.search(text):
        raise ValueError("job arguments hold ids and keyed hashes, never ID or phone numbers")
    return json.loads(text)


def masked_trace(trace: str) -> str:
    """A traceback without long digit runs and without the database's quotation of values; at most 20,000 characters."""
    return _LONG_DIGITS.sub("…", _DATABASE_DETAIL.sub("DETAIL: …", trace))[-20_000:]
