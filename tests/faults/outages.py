"""Taking the database away from a served site and giving it back: a TCP proxy for PostgreSQL, the file for SQLite."""

from __future__ import annotations

import os
import select
import socket
import struct
import threading
from pathlib import Path
from typing import Protocol

from django.db import connection

from tests.browser.served import database_url

SELECT_SECONDS = 0.05
"""For at most so long a connection outlives its reset."""


class Outage(Protocol):
    """``url``: DATABASE_URL for the site. ``cut`` and ``restore`` may be called any number of times."""

    url: str

    def cut(self) -> None: ...

    def restore(self) -> None: ...

    def close(self) -> None: ...


class TcpProxy:
    """Between the site and PostgreSQL. ``cut`` resets all connections and refuses new ones, ``reset`` only resets,
    ``hold`` lets nothing through while the connections stand."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._pairs: dict[tuple[socket.socket, socket.socket], threading.Thread] = {}
        self._guard = threading.Lock()
        self._flowing = threading.Event()
        self._flowing.set()
        self._listener: socket.socket | None = None
        self.accepted = 0
        self.port = 0
        self.restore()

    @property
    def url(self) -> str:
        """The test database, through the proxy."""
        where = connection.settings_dict
        user = f"{where['USER']}:{where['PASSWORD']}" if where["PASSWORD"] else where["USER"]
        return f"postgres://{user}@127.0.0.1:{self.port}/{where['NAME']}"

    def restore(self) -> None:
        """Accept connections, always on the same port."""
        self._flowing.set()
        if self._listener is not None:
            return
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(64)
        self.port = int(listener.getsockname()[1])
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self.reset()

    def reset(self) -> None:
        """What clients see when the server is restarted: every connection has ended with RST when this returns.

        While a thread still selects on a socket that was closed, the system keeps it open.
        """
        with self._guard:
            pairs, self._pairs = self._pairs, {}
        for pair in pairs:
            for side in pair:
                _reset(side)
        for pump in pairs.values():
            pump.join(timeout=2)

    def hold(self) -> None:
        self._flowing.clear()

    def close(self) -> None:
        self._flowing.set()
        self.cut()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._target, timeout=10)
            except OSError:
                _reset(client)
                continue
            server.settimeout(None)
            self.accepted += 1
            with self._guard:
                if self._listener is not listener:
                    _reset(client)
                    _reset(server)
                    return
                pump = threading.Thread(target=self._pump, args=(client, server), daemon=True)
                self._pairs[client, server] = pump
                pump.start()

    def _pump(self, client: socket.socket, server: socket.socket) -> None:
        other = {client: server, server: client}
        try:
            while True:
                for side in select.select([client, server], [], [], SELECT_SECONDS)[0]:
                    data = side.recv(65536)
                    if not data:
                        return
                    self._flowing.wait()
                    other[side].sendall(data)
        except (OSError, ValueError):
            return
        finally:
            with self._guard:
                self._pairs.pop((client, server), None)
            _reset(client)
            _reset(server)


def _reset(side: socket.socket) -> None:
    try:
        side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        side.close()
    except OSError:
        return


class MovedFile:
    """SQLite: a folder stands where the file was, so that it cannot be opened."""

    def __init__(self) -> None:
        self.url = f"{database_url()}?timeout=2"
        self._file = Path(str(connection.settings_dict["NAME"]))
        self._away = self._file.with_suffix(".away")

    def cut(self) -> None:
        os.rename(self._file, self._away)
        self._file.mkdir()

    def restore(self) -> None:
        if self._away.exists():
            self._file.rmdir()
            os.rename(self._away, self._file)

    def close(self) -> None:
        self.restore()


def make_outage() -> Outage:
    """Between a site and the database of the tests."""
    if connection.vendor == "postgresql":
        where = connection.settings_dict
        return TcpProxy(where["HOST"] or "127.0.0.1", int(where["PORT"] or 5432))
    return MovedFile()
