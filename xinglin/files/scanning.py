"""Uploads are shown to a virus scanner before anything of them is parsed or stored: ClamAV's clamd, by INSTREAM.

``check`` is the one function that every way in calls: pictures, attachments, the logo and workbooks of imports. Without
XINGLIN_CLAMD nothing is scanned; with it, what the scanner cannot answer for is refused (docs/decisions/0032).
"""

from __future__ import annotations

import logging
import re
import socket
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings

from xinglin.files.sniffing import BadUpload

log = logging.getLogger("xinglin.files")

CONNECT_SECONDS = 3.0
SECONDS = 30.0
"""For the whole conversation about one file, however slowly the scanner speaks."""
CHUNK = 256 * 1024
ANSWER_AT_MOST = 4096
_FOUND = re.compile(r"stream: (.+) FOUND")
_DATED = re.compile(r"ClamAV [^/]+/\d+/(?P<day>\w{3} \w{3} +\d+ [\d:]+ \d{4})")

UNAVAILABLE = "现在不能上传文件：病毒扫描程序没有回答。文件没有保存，请过几分钟再试；一直不行请联系系统管理员。"
INFECTED = "这个文件里发现了病毒（{name}），没有保存。请用杀毒软件检查这台电脑，换一份没有问题的文件再上传。"


class Unavailable(Exception):
    """The scanner gave no verdict; English words for the log."""


def check(data: bytes) -> None:
    """Raises BadUpload for a file with a virus, and for every file while the scanner gives no verdict."""
    if not settings.XINGLIN_CLAMD:
        return
    try:
        found = verdict(data)
    except Unavailable as trouble:
        log.error("virus scanner gave no verdict: %s", trouble)
        raise BadUpload(UNAVAILABLE, field="file") from trouble
    if found:
        log.warning("upload refused: virus %s", found)
        raise BadUpload(INFECTED.format(name=found), field="file")


def verdict(data: bytes) -> str:
    """Name of the virus, "" for none. Raises Unavailable."""
    answer = _ask(b"zINSTREAM\0", data)
    if answer == "stream: OK":
        return ""
    if found := _FOUND.fullmatch(answer):
        return found[1]
    raise Unavailable("size limit of the scanner" if "size limit" in answer else "an answer that is none")


def signatures_of() -> datetime | None:
    """The day of the scanner's signatures; None where it does not say. Raises Unavailable when it does not answer."""
    if _ask(b"zPING\0") != "PONG":
        raise Unavailable("an answer that is none")
    dated = _DATED.match(_ask(b"zVERSION\0"))
    return datetime.strptime(dated["day"], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC) if dated else None


def address_of(url: str) -> tuple[str, int] | str:
    """Host and port of tcp://host:port, or the path of unix:///path. Raises ValueError for anything else."""
    parts = urlsplit(url)
    if parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/"):
        return parts.path
    if parts.scheme == "tcp" and parts.hostname and parts.port and parts.path in ("", "/"):
        return parts.hostname, parts.port
    raise ValueError("unix:///run/clamav/clamd.ctl or tcp://127.0.0.1:3310 is expected")


def _ask(command: bytes, data: bytes | None = None) -> str:
    deadline = time.monotonic() + SECONDS
    try:
        with _connected() as scanner:
            scanner.sendall(command)
            if data is not None:
                _stream(scanner, data, deadline)
            return _answer(scanner, deadline)
    except (OSError, ValueError) as error:
        raise Unavailable(type(error).__name__) from error


def _connected() -> socket.socket:
    address = address_of(settings.XINGLIN_CLAMD)
    if not isinstance(address, str):
        return socket.create_connection(address, timeout=CONNECT_SECONDS)
    scanner = socket.socket(socket.AF_UNIX)
    try:
        scanner.settimeout(CONNECT_SECONDS)
        scanner.connect(address)
    except OSError:
        scanner.close()
        raise
    return scanner


def _stream(scanner: socket.socket, data: bytes, deadline: float) -> None:
    try:
        for start in range(0, len(data), CHUNK):
            piece = data[start : start + CHUNK]
            _within(scanner, deadline)
            scanner.sendall(len(piece).to_bytes(4, "big") + piece)
        scanner.sendall(bytes(4))
    except (BrokenPipeError, ConnectionResetError):
        return  # it has had enough, and says why in its answer


def _answer(scanner: socket.socket, deadline: float) -> str:
    got = b""
    while b"\0" not in got and len(got) < ANSWER_AT_MOST:
        _within(scanner, deadline)
        piece = scanner.recv(1024)
        if not piece:
            break
        got += piece
    return got.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _within(scanner: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    scanner.settimeout(left)
