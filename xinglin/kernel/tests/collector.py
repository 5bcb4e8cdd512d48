"""A collector of logs for tests, in a process of its own: ``python collector.py certificate key out [authority]``.

It speaks TLS, writes the port and then every whole message that it gets into ``out``, one a line, without its frame. With
an authority it takes lines from clients of that authority only.
"""

from __future__ import annotations

import socket
import ssl
import sys
import threading


def main(certificate: str, key: str, out: str, authority: str = "", port: str = "0") -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if authority:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(authority)
    with socket.create_server(("127.0.0.1", int(port))) as listening, open(out, "ab", buffering=0) as file:
        file.write(f"port {listening.getsockname()[1]}\n".encode())
        while True:
            plain, _ = listening.accept()
            threading.Thread(target=serve, args=(context, plain, file), daemon=True).start()


def serve(context: ssl.SSLContext, plain: socket.socket, file) -> None:  # type: ignore[no-untyped-def]
    try:
        with context.wrap_socket(plain, server_side=True) as visitor:
            take(visitor, file)
    except OSError:  # not known, or gone
        return


def take(visitor: ssl.SSLSocket, file) -> None:  # type: ignore[no-untyped-def]
    """Frames of RFC 5425: the length in digits, a space, so many bytes."""
    got = b""
    while piece := visitor.recv(65536):
        got += piece
        while b" " in got:
            digits, _, rest = got.partition(b" ")
            if len(rest) < int(digits):
                break
            file.write(rest[: int(digits)] + b"\n")
            got = rest[int(digits) :]


if __name__ == "__main__":
    main(*sys.argv[1:])
