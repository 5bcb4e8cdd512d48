"""JSON of many small values.

`json.dumps` makes a new encoder for every call that asks for letters as they are, which takes longer than the writing
of a row's five cells. Here the encoder is made once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from json import encoder
from typing import Any


def _refuse(value: object) -> object:
    raise TypeError(f"{type(value).__name__} is no JSON")


def _writer() -> Callable[[Any], str]:
    make = getattr(encoder, "c_make_encoder", None)
    if make is None:  # another Python than CPython
        return json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
    pieces = make(None, _refuse, encoder.encode_basestring, None, ": ", ", ", False, False, True)
    return lambda value: "".join(pieces(value, 0))


written: Callable[[Any], str] = _writer()
"""The value as `json.dumps(value, ensure_ascii=False)` writes it. Must not contain itself. Raises TypeError."""
