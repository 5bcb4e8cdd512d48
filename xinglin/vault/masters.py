"""Master keys of the installation: from XINGLIN_KEYS, else from a 0600 file that is made on first use.

Format: ``id:base64`` pairs separated by commas, the first is the one that wraps new keys. The entry named ``index``
is the key of the keyed hashes and never rotates with the others.
"""

from __future__ import annotations

import base64
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

INDEX = "index"
LOOK_AGAIN_SECONDS = 2.0
"""How long a process may go on with the keys of a file that has changed."""


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
    return pair("m1", secrets.token_bytes(32)) + pair(INDEX, secrets.token_bytes(32))


def pair(name: str, key: bytes) -> str:
    """One line of a key text."""
    return f"{name}:{base64.b64encode(key).decode()}\n"


def key_text(ring: Masters) -> str:
    """The text that ``parse`` reads, the wrapping key first."""
    names = [ring.current, *(name for name in ring.keys if name != ring.current)]
    return "".join(pair(name, ring.keys[name]) for name in names) + pair(INDEX, ring.index)


def key_file() -> Path:
    """Where the keys lie when the environment does not hold them."""
    return Path(settings.DATA_DIR) / "keys"


def write_key_file(text: str, path: Path | None = None) -> None:
    """Put a key text in the place of the file: whole or not at all, for its owner alone. Raises OSError."""
    path = path or key_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


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
_read: tuple[int, ...] = ()
_look_at = 0.0


def masters() -> Masters:
    """The installation's keys. A key file that has changed is read again within seconds, so that all processes wrap
    under a new master soon after it was made. Raises ImproperlyConfigured where keys are missing or malformed.
    """
    global _ring, _read, _look_at
    if _ring is not None and time.monotonic() < _look_at:
        return _ring
    path = "" if settings.XINGLIN_KEYS else str(key_file())
    state = _state(path)
    if _ring is None or (state and state != _read):
        _ring = _load(settings.XINGLIN_KEYS, path, settings.PRODUCTION)
        _read = state or _state(path)
    _look_at = time.monotonic() + LOOK_AGAIN_SECONDS
    return _ring


def master_key(name: str) -> bytes:
    """One master by id; the keys are read again when it is not among them. Raises KeyError."""
    if name not in masters().keys:
        forget_masters()
    return masters().keys[name]


def _state(path: str) -> tuple[int, ...]:
    try:
        found = os.stat(path) if path else None
    except OSError:
        return ()
    return (found.st_mtime_ns, found.st_size, found.st_ino) if found else ()


def forget_masters() -> None:
    """Read the keys again at the next use (after a rotation; in tests)."""
    global _ring
    _ring = None
