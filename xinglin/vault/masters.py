"""Master keys of the installation: from XINGLIN_KEYS, else from a 0600 file that is made on first use.

Format: ``id:base64`` pairs separated by commas, the first is the one that wraps new keys. The entry named ``index``
is the key of the keyed hashes and never rotates with the others.
"""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

INDEX = "index"


@dataclass(frozen=True, slots=True)
class Masters:
    """``current`` is the id of the wrapping key; ``keys`` maps ids to 32 bytes; ``index`` keys the hashes."""

    current: str
    keys: dict[str, bytes]
    index: bytes


def parse(text: str) -> Masters:
    """Read the format above. Raises ImproperlyConfigured for anything else."""
    keys: dict[str, bytes] = {}
    for pair in text.replace("\n", ",").split(","):
        if not pair.strip():
            continue
        name, _, value = pair.strip().partition(":")
        try:
            keys[name] = base64.b64decode(value, validate=True)
        except ValueError as error:
            raise ImproperlyConfigured(f"XINGLIN_KEYS: {name} is not base64") from error
        if len(keys[name]) != 32:
            raise ImproperlyConfigured(f"XINGLIN_KEYS: {name} must be 32 bytes")
    index = keys.pop(INDEX, None)
    if index is None or not keys:
        raise ImproperlyConfigured("XINGLIN_KEYS needs one entry 'index' and at least one master key")
    return Masters(current=next(iter(keys)), keys=keys, index=index)


def generate() -> str:
    """A fresh key text with one master key and the index key."""
    make = lambda: base64.b64encode(secrets.token_bytes(32)).decode()  # noqa: E731
    return f"m1:{make()}\n{INDEX}:{make()}\n"


def _load(text: str, path: str, production: bool) -> Masters:
    if text:
        return parse(text)
    if production:
        raise ImproperlyConfigured("XINGLIN_KEYS is required in production")
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "w") as file:
                file.write(generate())
    with open(path) as file:
        return parse(file.read())


_ring: Masters | None = None


def masters() -> Masters:
    """The installation's keys, read once a process. Raises ImproperlyConfigured where they are missing or malformed."""
    global _ring
    if _ring is None:
        _ring = _load(settings.XINGLIN_KEYS, str(settings.DATA_DIR / "keys"), settings.PRODUCTION)
    return _ring


def forget_masters() -> None:
    """Read the keys again at the next use (after a rotation; in tests)."""
    global _ring
    _ring = None
