"""The documented production set-up, running: nginx with deploy/nginx before granian, and 200 clients that dawdle (Q-09, Q-12)."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from tests.faults.front import BODY_SECONDS, HEADER_SECONDS, NAME, NEEDED, Front, front_of
from xinglin.residents.tests.own import make_own

pytestmark = NEEDED
SLOW = 200


@pytest.fixture
def front(tmp_path) -> Iterator[Front]:
    with front_of(tmp_path) as one:
        yield one


def _was_cut(slow: socket.socket, until: float) -> bool:
    """Whether the server ended the connection: end of stream or reset, after at most an error answer."""
    try:
        while True:
            slow.settimeout(max(until - time.monotonic(), 0.01))
            if not slow.recv(4096):
                return True
    except TimeoutError:
        return False
    except (OSError, ssl.SSLError):
        return True


def test_the_set_up_serves_and_stays_up_under_two_hundred_slow_connections(front):
    own = make_own()
    cookies = "; ".join(f"__Host-{name}={morsel.value}" for name, morsel in own.client.cookies.items())
    status, headers, body, _ = front.ask("/sign-in/")
    assert status == 200
    for name in ("Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options",
                 "Referrer-Policy", "X-Request-Id"):  # fmt: skip
        assert len(headers.get_all(name, [])) == 1, f"{name} once, not {headers.get_all(name)}"
    assert "Secure" in headers["Set-Cookie"] and "preload" not in headers["Strict-Transport-Security"]
    script = re.search(rb'"(/static/[^"]+\.js)"', body)
    assert script
    status, headers, _, _ = front.ask(script[1].decode(), **{"Accept-Encoding": "gzip"})
    assert (status, headers["Content-Encoding"]) == (200, "gzip") and "immutable" in str(
        headers.get_all("Cache-Control")
    )
    assert len(headers.get_all("X-Content-Type-Options")) == 1
    assert front.ask("/metrics")[0] == 404
    plain = HTTPConnection("127.0.0.1", front.plain, timeout=10)
    plain.request("GET", "/my/?name=x", headers={"Host": NAME})
    moved = plain.getresponse()
    assert (moved.status, moved.headers["Location"]) == (308, f"https://{NAME}/my/?name=x")

    slow_heads = [front.open_slow(secure=number % 2 == 0) for number in range(SLOW // 2)]
    slow_bodies = [front.open_slow(secure=True) for _ in range(SLOW // 2)]
    for one in slow_heads:
        one.send(b"GET /sign-in/ HTTP/1.1\r\nHost: train.example.cn\r\nX-A: ")
    for one in slow_bodies:
        one.send(b"POST /my/record/basic_info/ HTTP/1.1\r\nHost: train.example.cn\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                 b"Content-Length: 100000\r\n\r\na=")  # fmt: skip
    over = threading.Event()

    def drip() -> None:
        while not over.wait(0.4):
            for one in (*slow_heads, *slow_bodies):
                try:
                    one.send(b"x")
                except OSError:
                    continue

    dripping = threading.Thread(target=drip)
    dripping.start()
    took = []
    deadline = time.monotonic() + HEADER_SECONDS + 2
    while time.monotonic() < deadline:
        for path in ("/sign-in/", "/my/record/basic_info/"):
            status, _, page, seconds = front.ask(path, cookies if path.startswith("/my") else "")
            assert status == 200 and b"</html>" in page
            took.append(seconds)
        time.sleep(0.15)  # the doors admit ten a second of one address
    assert max(took) < 2, f"the slowest of {len(took)} requests took {max(took):.1f} s"
    assert len(took) > 4
    assert all(_was_cut(one, time.monotonic() + 3) for one in slow_heads), "headers end in time, however they drip"
    over.set()
    dripping.join()
    until = time.monotonic() + BODY_SECONDS + 3
    assert all(_was_cut(one, until) for one in slow_bodies), "a body that stops is given up"
    for one in (*slow_heads, *slow_bodies):
        one.close()
    assert front.ask("/sign-in/")[3] < 2

    log = (front.folder / "access.log").read_text()
    assert "name=x" not in log and "/sign-in/" in log, "no query string in nginx's log"
    lines = (front.folder / "site.log").read_text()
    assert '"route": "accounts:sign-in"' in lines and "name=x" not in lines
