"""Log lines for machines and operators, without personal data (Q-13, P-19).

What a line may hold is decided here and nowhere else: our own loggers write fixed words with ids and counts, those of
others lose every text that was put into their template, an exception is told by its type and its frames, never by its
message, and last of all whatever still looks like an ID number or a phone is masked.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from types import TracebackType
from typing import Any

from xinglin.kernel import clock

MASK = "…"
OURS = "xinglin"
_SEPARATOR = r"[ \-\u00a0\u2010-\u2015\u3000]?"
_GROUPED = rf"(?<![0-9A-Za-z])\d(?:{_SEPARATOR}\d){{8,}}{_SEPARATOR}[Xx]?"
_NUMBER = re.compile(rf"{_GROUPED}|\d{{11,}}[Xx]?")
_IDS = {"time", "request", "job"}
_FRAMES = 12
_context: ContextVar[dict[str, Any] | None] = ContextVar("log_context", default=None)


def mask(text: str) -> str:
    """The text without runs of nine or more digits, grouped by spaces or hyphens or not: the last net."""
    return _NUMBER.sub(MASK, text)


@contextmanager
def bound(**fields: Any) -> Iterator[dict[str, Any]]:
    """Every line that this thread logs inside the block carries these fields (request, job, user number)."""
    known = {**(_context.get() or {}), **fields}
    token = _context.set(known)
    try:
        yield known
    finally:
        _context.reset(token)


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """What a line says, in the order in which it is written."""
    moment = datetime.fromtimestamp(record.created, tz=clock.SHANGHAI)
    line: dict[str, Any] = {
        "time": moment.isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": mask(_words(record)),
    }
    line |= _context.get() or {}
    line |= getattr(record, "facts", None) or {}
    if isinstance(status := getattr(record, "status_code", None), int):
        line.setdefault("status", status)
    if record.exc_info and record.exc_info[1] is not None:
        line["error"], line["frames"] = told(record.exc_info[1], record.exc_info[2])
    return {name: mask(value) if isinstance(value, str) and name not in _IDS else value for name, value in line.items()}


def _words(record: logging.LogRecord) -> str:
    """The message. Loggers of others quote paths, hosts and values: of theirs only the template is kept."""
    if record.name == OURS or record.name.startswith(f"{OURS}."):
        return record.getMessage()
    args = record.args
    if not args:
        return str(record.msg)
    try:
        if isinstance(args, dict):
            return str(record.msg) % {name: _plain(value) for name, value in args.items()}
        return str(record.msg) % tuple(_plain(value) for value in args)
    except (TypeError, ValueError):
        return str(record.msg)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) else MASK


def told(error: BaseException, at: TracebackType | None = None) -> tuple[str, list[str]]:
    """Type of an exception with those that caused it, and its innermost frames: no message, no values."""
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < 5:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(at or error.__traceback__)[-_FRAMES:]
    return " < ".join(kinds), [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(path: str) -> str:
    for mark in ("/site-packages/", "/xinglin/"):
        if mark in path:
            return (f"{OURS}/" if mark == "/xinglin/" else "") + path.rsplit(mark, 1)[1]
    return os.path.basename(path)


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(fields_of(record), ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """The same for eyes: time, level, logger, message, then name=value."""

    def format(self, record: logging.LogRecord) -> str:
        line = fields_of(record)
        frames = line.pop("frames", [])
        head = f"{line.pop('time')[:23]} {line.pop('level'):7} {line.pop('logger')}: {line.pop('message')}"
        words = [head, *(f"{name}={value}" for name, value in line.items() if value not in ("", None))]
        return "\n    ".join([" ".join(words), *frames])


class WithError(logging.Filter):
    """Lets through what tells of an exception: that a request was answered with 5xx our own line says better."""

    def filter(self, record: logging.LogRecord) -> bool:
        return bool(record.exc_info)


class Lines(logging.Handler):
    """Writes each line in one piece to a file descriptor (default: stderr). A full disk, a closed pipe or a line that
    cannot be formatted loses that line and nothing else: ``lost`` counts them."""

    lost = 0
    _counting = threading.Lock()

    def __init__(self, descriptor: int = 2) -> None:
        super().__init__()
        self.descriptor = descriptor

    def emit(self, record: logging.LogRecord) -> None:
        try:
            rest = (self.format(record) + "\n").encode("utf-8", "backslashreplace")
            while rest:
                rest = rest[os.write(self.descriptor, rest) :]
        except Exception:
            with Lines._counting:
                Lines.lost += 1
