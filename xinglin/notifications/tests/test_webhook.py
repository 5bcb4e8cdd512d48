"""The webhook against a real server on this machine: signature, refusals, silence, redirects (P-13, Q-12)."""

import hashlib
import hmac
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from xinglin.notifications import webhook
from xinglin.notifications.checks import webhook_is_safe
from xinglin.notifications.transports import GivenUp, Outgoing, TryAgain, Unclear
from xinglin.notifications.webhook import Webhook, faults, signature

pytestmark = pytest.mark.req("P-13", "Q-12")
SECRET = "sixteen characters at least"
LETTER = Outgoing("8c7d", 2, "19000000001", "验证码", "【杏林】验证码 123456")


class Server:
    """Answers with ``status``; ``seen`` are (path, headers, body)."""

    def __init__(self) -> None:
        self.status, self.headers, self.seen = 200, {}, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.seen.append((self.path, dict(self.headers), body))
                if outer.status == 0:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def do_GET(self) -> None:
                outer.seen.append((self.path, {}, b""))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/sms?project=1"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()


def test_the_message_arrives_signed(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    Webhook(server.url, SECRET).send(LETTER)
    ((path, headers, body),) = server.seen
    assert path == "/sms?project=1"
    assert json.loads(body) == {
        "id": "8c7d", "attempt": 2, "phone": "19000000001", "text": "【杏林】验证码 123456",
    }  # fmt: skip
    timestamp = headers["X-Xinglin-Timestamp"]
    expected = hmac.new(SECRET.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["X-Xinglin-Signature"] == f"sha256={expected}" == signature(SECRET, timestamp, body)


def test_another_secret_signs_otherwise():
    assert signature(SECRET, "1", b"x") != signature(SECRET + "!", "1", b"x")
    assert signature(SECRET, "1", b"x") != signature(SECRET, "2", b"x")


@pytest.mark.parametrize(
    ("status", "trouble"),
    [(200, None), (202, None), (204, None), (400, GivenUp), (401, GivenUp), (404, GivenUp), (301, GivenUp), (302, GivenUp),
     (307, GivenUp), (408, TryAgain), (425, TryAgain), (429, TryAgain), (500, TryAgain), (503, TryAgain), (0, Unclear)],
)  # fmt: skip
def test_every_answer_is_understood(server, status, trouble):
    server.status = status
    if trouble is None:
        Webhook(server.url, SECRET).send(LETTER)
    else:
        with pytest.raises(trouble) as caught:
            Webhook(server.url, SECRET).send(LETTER)
        assert "19000000001" not in str(caught.value)
        assert "123456" not in str(caught.value)
    assert len(server.seen) == 1


def test_a_redirect_is_not_followed(server):
    server.status, server.headers = 302, {"Location": "/elsewhere"}
    with pytest.raises(GivenUp):
        Webhook(server.url, SECRET).send(LETTER)
    assert [path for path, *_ in server.seen] == ["/sms?project=1"]


def test_nobody_there_is_surely_not_sent():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(TryAgain):
        Webhook(f"http://127.0.0.1:{port}/", SECRET).send(LETTER)


def test_a_silent_gateway_leaves_a_doubt(monkeypatch):
    monkeypatch.setattr(webhook, "SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(Unclear):
            Webhook(f"http://127.0.0.1:{silent.getsockname()[1]}/", SECRET).send(LETTER)


def test_tls_is_verified(server):
    """The server speaks no TLS: a handshake that fails sends nothing."""
    with pytest.raises(TryAgain):
        Webhook(server.url.replace("http:", "https:"), SECRET).send(LETTER)
    assert not server.seen


@pytest.mark.parametrize(
    ("url", "secret", "number"),
    [
        ("https://sms.example/send", SECRET, 0),
        ("http://127.0.0.1:9000/", SECRET, 0),
        ("http://[::1]:9000/", SECRET, 0),
        ("http://localhost/", SECRET, 0),
        ("http://10.0.0.5/", SECRET, 1),
        ("http://sms.example/", SECRET, 1),
        ("http://127.0.0.1.example/", SECRET, 1),
        ("ftp://sms.example/", SECRET, 1),
        ("https://", SECRET, 1),
        ("https://u:p@sms.example/", SECRET, 1),
        ("https://sms.example/", "short", 1),
        ("http://sms.example/", "", 2),
    ],
)
def test_what_would_leak_is_refused_at_start(settings, url, secret, number):
    assert len(faults(url, secret)) == number
    settings.XINGLIN_SMS_WEBHOOK, settings.XINGLIN_SMS_SECRET = url, secret
    assert [error.id for error in webhook_is_safe()] == ["xinglin.E020"] * number


def test_without_a_webhook_there_is_nothing_to_refuse(settings):
    settings.XINGLIN_SMS_WEBHOOK = ""
    assert webhook_is_safe() == []
