"""Two things more than Django's own connection: statements that the server keeps, and no question whether it is there
where that can be seen (Q-01; docs/decisions/0022-lists-at-scale.md)."""

from __future__ import annotations

import select
import time
from typing import Any

from django.db.backends.postgresql import base, operations
from psycopg import Cursor, errors
from psycopg.pq import TransactionStatus

QUIET_SECONDS = 5.0
"""A connection that lay idle for longer is asked whether it stands before anything depends on it."""


class PreparedCursor(Cursor[Any]):
    """Each text is parsed and planned once on a connection, then only carried out, with values that travel apart."""

    def __init__(self, wrapper: DatabaseWrapper) -> None:
        super().__init__(wrapper.connection)
        self._wrapper = wrapper

    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        """Where a column changed its type since the text was kept, PostgreSQL refuses it: then it is asked the ordinary
        way, unless a transaction was broken by that, and the connection is not used for another request."""
        self.connection.prepare_threshold = (
            0  # while it stands, psycopg keeps the texts of all statements, values and all
        )
        try:
            return super().execute(query, params, prepare=True)
        except errors.FeatureNotSupported:
            self._wrapper.close_at = 0.0
            if self.connection.info.transaction_status != TransactionStatus.IDLE:
                raise
            return super().execute(query, params, prepare=False)
        finally:
            self.connection.prepare_threshold = None


class DatabaseOperations(operations.DatabaseOperations):
    """For those who watch a connection: a prepared statement is told with its values put in, as others are."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        if isinstance(cursor, PreparedCursor):
            return self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection of one thread."""

    ops_class = DatabaseOperations
    health_check_done: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asked_at = 0.0

    def prepared_cursor(self) -> Any:
        """A cursor for texts that never change, of which there are few: the server keeps a hundred for a connection."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(PreparedCursor(self))  # type: ignore[attr-defined]

    def close_if_health_check_failed(self) -> None:
        """Django's question before the first statement of a request, which costs a round trip."""
        if not self.health_check_done and self.connection is not None and self._stands():
            self.health_check_done = True
        super().close_if_health_check_failed()
        self._asked_at = time.monotonic()

    def _stands(self) -> bool:
        """It answered a moment ago and nothing came since: a server that goes away closes or resets its connections."""
        if time.monotonic() - self._asked_at >= QUIET_SECONDS or self.connection.closed:
            return False
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN)
        return not waiting.poll(0)
