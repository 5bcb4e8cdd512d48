"""Trouble of the machine is told apart from mistakes of the code (Q-09)."""

from __future__ import annotations

import errno
import sqlite3

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError, ProgrammingError

from xinglin.kernel import faults
from xinglin.kernel.errors import Refused
from xinglin.kernel.faults import fault_of

pytestmark = pytest.mark.req("Q-09")


def caused(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationalError("server closed the connection unexpectedly"), faults.AWAY),
        (OperationalError("connection refused"), faults.AWAY),
        (OperationalError("unable to open database file"), faults.AWAY),
        (OperationalError("no such table: people_person"), faults.AWAY),
        (InterfaceError("the connection is closed"), faults.AWAY),
        (OperationalError("database is locked"), faults.BUSY),
        (OperationalError("database table is locked: x"), faults.BUSY),
        (OperationalError("database or disk is full"), faults.FULL),
        (caused(OperationalError("could not extend file"), psycopg.errors.DiskFull("x")), faults.FULL),
        (OperationalError("could not write: No space left on device"), faults.FULL),
        (OperationalError("attempt to write a readonly database"), faults.READ_ONLY),
        (
            caused(DatabaseError("cannot execute UPDATE"), psycopg.errors.ReadOnlySqlTransaction("x")),
            faults.READ_ONLY,
        ),
        (DatabaseError("database disk image is malformed"), faults.DAMAGED),
        (DatabaseError("file is not a database"), faults.DAMAGED),
        (OSError(errno.ENOSPC, "No space left on device"), faults.STORE_FULL),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), faults.STORE_FULL),
        (OSError(errno.EFBIG, "File too large"), faults.STORE_FULL),
        (OSError(errno.EROFS, "Read-only file system"), faults.STORE_AWAY),
        (OSError(errno.EIO, "Input/output error"), faults.STORE_AWAY),
        (PermissionError(errno.EACCES, "denied"), faults.STORE_AWAY),
        (OSError(errno.ESTALE, "Stale file handle"), faults.STORE_AWAY),
    ],
    ids=lambda value: value.kind if isinstance(value, faults.Fault) else str(value)[:40],
)
def test_trouble_is_known_by_its_kind(error, expected):
    assert fault_of(error) == expected


@pytest.mark.parametrize(
    "error",
    [
        None,
        ValueError("x"),
        ZeroDivisionError(),
        IntegrityError("UNIQUE constraint failed"),
        DataError("value too long"),
        ProgrammingError("syntax error"),
        FileNotFoundError(errno.ENOENT, "gone"),
        BrokenPipeError(errno.EPIPE, "the browser went away"),
        ConnectionResetError(errno.ECONNRESET, "the browser went away"),
        TimeoutError("slow"),
        Refused("不行"),
        ValidationError("x"),
        sqlite3.IntegrityError("raw"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_mistakes_are_none(error):
    assert fault_of(error) is None


def test_the_trouble_behind_an_error_is_found():
    """A broken transaction, a session that could not be saved: what is raised last is not what happened."""
    try:
        try:
            raise OperationalError("server closed the connection")
        except OperationalError:
            raise ProgrammingError("current transaction is aborted")  # noqa: B904
    except ProgrammingError as error:
        found = fault_of(error)
    assert found == faults.AWAY


def test_a_ring_of_causes_ends():
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert fault_of(first) is None


def test_each_fault_has_its_own_kind_and_words():
    assert len({fault.kind for fault in faults.ALL}) == len(faults.ALL)
    for fault in faults.ALL:
        assert fault.kind.isascii() and not fault.title.isascii() and not fault.reason.endswith("。")
    assert {fault.kind for fault in faults.ALL if not fault.asks} == {"database_away", "database_busy"}
