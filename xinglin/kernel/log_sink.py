"""Log lines to another system: RFC 5424 over TLS (RFC 5425), from a thread that nobody waits for (ASVS 16.4.3).

A line is put into a bounded queue and the caller goes on. What does not fit is dropped and counted; the count is told
when the collector is back, and is a metric. stderr gets every line whatever happens here.
"""

from __future__ import annotations

import atexit
import logging
import os
import queue
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from xinglin.kernel.tls import client_context

log = logging.getLogger("xinglin.logs")

PORT = 6514
KEPT = 10_000
SECONDS = 10.0
"""To connect, to shake hands, and for one piece to be taken off our hands."""
AGAIN_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0)
LAST_WORDS_SECONDS = 2.0
LOCAL0 = 16
SEVERITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


@dataclass(frozen=True, slots=True)
class Collector:
    """Where lines go; ``authority``: the one that vouches for it, ``certificate`` and ``key``: by which it knows us."""

    host: str
    port: int = PORT
    authority: str = ""
    certificate: str = ""
    key: str = ""

    def connect(self) -> ssl.SSLSocket:
        """Raises OSError, also for a certificate that is not believed."""
        context = client_context(certificate=self.certificate, key=self.key, authority=self.authority)
        plain = socket.create_connection((self.host, self.port), timeout=SECONDS)
        try:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            return context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def collector_of(url: str) -> Collector:
    """tls://host:6514?ca=…&cert=…&key=…. Raises ValueError for anything else."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if (
        parts.scheme != "tls"
        or not parts.hostname
        or parts.path not in ("", "/")
        or options.keys() - {"ca", "cert", "key"}
    ):
        raise ValueError("tls://host:6514 is expected, with ?ca=…&cert=…&key=… where needed")
    files = {name: unquote(options.get(name, "")) for name in ("ca", "cert", "key")}
    return Collector(parts.hostname, parts.port or PORT, files["ca"], files["cert"], files["key"])


def framed(record: logging.LogRecord, line: str) -> bytes:
    """One message of RFC 5424 with its length before it, so that no line can pretend to be two."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z"
    level = SEVERITIES.get(record.levelno, 6)
    head = f"<{LOCAL0 * 8 + level}>1 {moment} {socket.gethostname()[:255] or '-'} xinglin {os.getpid()} - - "
    message = (head + line).encode("utf-8", "backslashreplace")
    return f"{len(message)} ".encode() + message


class Sink(logging.Handler):
    """The handler. ``dropped`` counts the lines of this process that no collector will ever see."""

    dropped = 0
    _counting = threading.Lock()

    def __init__(self, url: str, kept: int = KEPT) -> None:
        super().__init__()
        self.url = url
        self._queue: queue.Queue[bytes] = queue.Queue(kept)
        self._pid = 0
        self._starting = threading.Lock()
        self._left = threading.Event()
        atexit.register(self.drain)

    def emit(self, record: logging.LogRecord) -> None:
        """Never waits, never raises."""
        try:
            if self._pid != os.getpid():
                self._start()
            self._queue.put_nowait(framed(record, self.format(record)))
        except Exception:  # full, or a line that cannot be formatted
            with Sink._counting:
                Sink.dropped += 1

    def drain(self) -> None:
        """At the end of the process: a moment for what still waits, if the collector takes it."""
        until = time.monotonic() + LAST_WORDS_SECONDS
        while self._pid == os.getpid() and self._queue.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.02)

    def close(self) -> None:
        self._left.set()
        atexit.unregister(self.drain)
        super().close()

    def _start(self) -> None:
        """A thread in this process; after a fork there is none, and what waits in the queue is the parent's."""
        with self._starting:
            if self._pid == os.getpid():
                return
            self._queue = queue.Queue(self._queue.maxsize)
            threading.Thread(target=self._work, name="log sink", daemon=True).start()
            self._pid = os.getpid()

    def _work(self) -> None:
        failures, told = 0, Sink.dropped
        while not self._left.is_set():
            try:
                collector = collector_of(self.url).connect()
            except (OSError, ValueError) as error:
                if not failures:
                    log.error("log collector away: %s", type(error).__name__)
                self._left.wait(AGAIN_SECONDS[min(failures, len(AGAIN_SECONDS) - 1)])
                failures += 1
                continue
            if failures or Sink.dropped != told:
                log.warning("log collector back, lines dropped meanwhile: %d", Sink.dropped - told)
            failures, told = 0, Sink.dropped
            with collector:
                self._hand_over(collector)

    def _hand_over(self, collector: ssl.SSLSocket) -> None:
        """Until the collector is gone; the line that it may not have got is sent again to the next one."""
        while not self._left.is_set():
            try:
                message = self._queue.get(timeout=1.0)
            except queue.Empty:
                if _has_gone(collector):
                    return
                continue
            try:
                if _has_gone(collector):
                    raise ConnectionResetError
                collector.sendall(message)
            except OSError:
                self._again(message)
                return
            finally:
                self._queue.task_done()

    def _again(self, message: bytes) -> None:
        try:
            self._queue.put_nowait(message)
        except queue.Full:
            with Sink._counting:
                Sink.dropped += 1


def _has_gone(collector: ssl.SSLSocket) -> bool:
    """Whether the other side has hung up: a collector never speaks."""
    collector.settimeout(0)
    try:
        return not collector.recv(1)
    except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
        return False
    except OSError:
        return True
    finally:
        collector.settimeout(SECONDS)
