"""A mail server for tests that speaks TLS, asks clients for their certificate and keeps what it gets."""

from __future__ import annotations

import socket
import ssl
import threading


class MailServer:
    """``direct``: TLS from the start, else STARTTLS. ``mails``: (name in the client's certificate, text)."""

    def __init__(self, tls: ssl.SSLContext, *, direct: bool) -> None:
        self.mails: list[tuple[str, str]] = []
        self._tls, self._direct = tls, direct
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
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
                    self._talk(self._tls.wrap_socket(visitor, server_side=True) if self._direct else visitor)
                except OSError:  # no certificate, or none that is known
                    continue

    def _talk(self, visitor: socket.socket) -> None:
        visitor.sendall(b"220 mail.example\r\n")
        lines = visitor.makefile("rb")
        while line := lines.readline():
            word = line.strip().upper().split(b" ")[0]
            if word == b"STARTTLS":
                visitor.sendall(b"220 go on\r\n")
                visitor = self._tls.wrap_socket(visitor, server_side=True)
                lines = visitor.makefile("rb")
            elif word in (b"EHLO", b"HELO"):
                offers_tls = not isinstance(visitor, ssl.SSLSocket)
                visitor.sendall(b"250-mail.example\r\n250-STARTTLS\r\n250 OK\r\n" if offers_tls else b"250 OK\r\n")
            elif word == b"DATA":
                visitor.sendall(b"354 go on\r\n")
                text = b""
                while (piece := lines.readline()) != b".\r\n":
                    text += piece
                self.mails.append((_name_of(visitor), text.decode()))
                visitor.sendall(b"250 OK\r\n")
            else:
                visitor.sendall(b"221 bye\r\n" if word == b"QUIT" else b"250 OK\r\n")


def _name_of(visitor: socket.socket) -> str:
    """Common name in the certificate of whoever is there, "" in the clear."""
    certificate = visitor.getpeercert() if isinstance(visitor, ssl.SSLSocket) else None
    pairs = [pair for group in (certificate or {}).get("subject", ()) for pair in group]  # type: ignore[union-attr]
    return dict(pairs).get("commonName", "")  # type: ignore[arg-type]
