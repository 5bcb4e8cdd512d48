"""Writing behind: the database takes in the rows of a step while the next ones are being made (Q-02).

Within the block `bulk.insert_rows` and `run_later` hand their work to one thread, which sends it over the same
connection, in order and within the same transaction; the caller goes on with what needs no database. Whatever else is
asked of the connection waits until all that was handed over is in, and gets its errors. SQLite works in this very
process, but Python's other threads go on while it does. Outside a transaction everything happens at once.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, models

Work = Callable[[Any], object]
"""Gets the driver's own connection (psycopg, sqlite3)."""
SWITCH_SECONDS = 0.0003
"""So long may the thread that sends wait for the one that computes; Python's own 5 ms would leave the database idle."""


class Behind:
    """What was handed over and is not in yet."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool, self._raw = pool, connection.connection
        self._waiting: list[Future[object]] = []
        self._ids: dict[type[models.Model], list[int]] = {}

    def later(self, work: Work) -> None:
        """Hand work over; it begins when all before it is done."""
        self._waiting.append(self._pool.submit(work, self._raw))

    def settle(self) -> None:
        """Wait until everything is in. Raises what the first failure raised, as Django's own error."""
        waiting, self._waiting = self._waiting, []
        failures = [failure for done in waiting if (failure := done.exception())]
        if failures:
            with connection.wrap_database_errors:
                raise failures[0]

    def keep_ids(self, model: type[models.Model], ids: Sequence[int]) -> None:
        self._ids.setdefault(model, []).extend(ids)

    def take_ids(self, model: type[models.Model], count: int) -> list[int] | None:
        """``count`` of the kept keys; None where there are not so many."""
        kept = self._ids.get(model, [])
        if count > len(kept):
            return None
        self._ids[model] = kept[count:]
        return kept[:count]

    def _settled_first(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.settle()
        return execute(sql, params, many, context)


_ACTIVE: ContextVar[Behind | None] = ContextVar("behind", default=None)


def active() -> Behind | None:
    """The block that is open in this thread."""
    return _ACTIVE.get()


@contextmanager
def writing_behind() -> Iterator[None]:
    """The block. Raises at its end what the database refused, such as IntegrityError; all of it is in when it ends."""
    if not connection.in_atomic_block or active():
        yield
        return
    with _threads_change_places_often(), ThreadPoolExecutor(1) as pool:
        behind = Behind(pool)
        token = _ACTIVE.set(behind)
        try:
            with connection.execute_wrapper(behind._settled_first):
                yield
            behind.settle()
        finally:
            _ACTIVE.reset(token)


_lock = threading.Lock()
_blocks, _pace = 0, 0.0


@contextmanager
def _threads_change_places_often() -> Iterator[None]:
    """Python's pace is one for the whole process: the first block sets it, the last one sets it back."""
    global _blocks, _pace
    with _lock:
        if not _blocks:
            _pace = sys.getswitchinterval()
            sys.setswitchinterval(SWITCH_SECONDS)
        _blocks += 1
    try:
        yield
    finally:
        with _lock:
            _blocks -= 1
            if not _blocks:
                sys.setswitchinterval(_pace)


def hand_over(work: Work) -> None:
    """Work for the driver's connection: behind the caller where a block is open, else at once."""
    block = active()
    if block is not None:
        block.later(work)
        return
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        work(connection.connection)


def run_later(sql: str, params: Sequence[Any]) -> None:
    """A statement of which no answer is wanted, with the placeholders and values of the driver."""
    hand_over(lambda raw: raw.execute(sql, params))


def check_references() -> None:
    """Go through the references (foreign keys) of all rows written so far, which PostgreSQL else does at the end of the
    transaction while nothing else happens. Only within the block: elsewhere the end is as good. SQLite has counted them
    as they came."""
    if active() is not None and connection.vendor == "postgresql":
        run_later("SET CONSTRAINTS ALL IMMEDIATE", ())
        run_later("SET CONSTRAINTS ALL DEFERRED", ())
