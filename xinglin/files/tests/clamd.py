"""A scanner for tests: speaks clamd's protocol, finds EICAR's test string, and misbehaves on request."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless string of 68 bytes that every scanner calls a virus, in two pieces so that this file is none."""


class Clamd:
    """``seen``: the whole streams it got. ``answer``: what it says instead of a verdict; ``pause``: before each byte of
    its answer; ``limit``: bytes of a stream that it takes."""

    def __init__(self, path: Path | None = None) -> None:
        self.seen: list[bytes] = []
        self.answer: bytes | None = None
        self.pause, self.limit, self.version = 0.0, 25 * 1024 * 1024, b"ClamAV 1.4.2/27500/Mon Nov 30 08:30:00 2026"
        self._listening = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        self._listening.bind(str(path) if path else ("127.0.0.1", 0))
        self._listening.listen(16)
        self.url = f"unix://{path}" if path else f"tcp://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                visitor, _ = self._listening.accept()
            except OSError:
                return
            with visitor:
                visitor.settimeout(10)
                try:
                    self._talk(visitor)
                except OSError:  # whoever asked did not wait
                    continue

    def _talk(self, visitor: socket.socket) -> None:
        command = self._until_null(visitor)
        if command == b"zPING":
            said = b"PONG"
        elif command == b"zVERSION":
            said = self.version
        elif command == b"zINSTREAM":
            said = self._verdict(visitor)
        else:
            said = b"UNKNOWN COMMAND"
        said = (said if self.answer is None else self.answer) + b"\0"
        for number in range(len(said)):
            time.sleep(self.pause)
            visitor.sendall(said[number : number + 1])

    def _verdict(self, visitor: socket.socket) -> bytes:
        stream = b""
        while length := int.from_bytes(self._exactly(visitor, 4), "big"):
            stream += self._exactly(visitor, length)
            if len(stream) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR"
        self.seen.append(stream)
        return b"stream: Eicar-Test-Signature FOUND" if EICAR in stream else b"stream: OK"

    def _until_null(self, visitor: socket.socket) -> bytes:
        got = b""
        while not got.endswith(b"\0"):
            got += self._exactly(visitor, 1)
        return got[:-1]

    def _exactly(self, visitor: socket.socket, number: int) -> bytes:
        got = b""
        while len(got) < number:
            piece = visitor.recv(number - len(got))
            if not piece:
                raise ConnectionResetError
            got += piece
        return got
