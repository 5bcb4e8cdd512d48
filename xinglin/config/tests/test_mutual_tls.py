"""Gateway and mail server know us by a certificate, and we know them: no password between components (Q-12)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.mail import EmailMessage, get_connection

from xinglin.config import environment
from xinglin.config.tests.authority import Authority
from xinglin.config.tests.mail_server import MailServer
from xinglin.notifications.checks import certificates_open, webhook_is_safe
from xinglin.notifications.transports import GivenUp, Mail, Outgoing, TryAgain, Unclear, transport_for
from xinglin.notifications.webhook import Webhook, faults

pytestmark = pytest.mark.req("P-13", "Q-12")
LETTER = Outgoing("8c7d", 1, "19000000001", "验证码", "【杏林】验证码 123456")


@pytest.fixture
def known(tmp_path) -> Authority:
    """The hospital's own authority: no system trusts it."""
    return Authority(tmp_path / "known")


@pytest.fixture
def stranger(tmp_path) -> Authority:
    return Authority(tmp_path / "strange", "strange")


@pytest.fixture
def gateway(known) -> Iterator[tuple[str, list]]:
    """An SMS gateway that speaks to known clients only; what it got: (client, headers)."""
    seen: list = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            subject = dict(pair for group in self.connection.getpeercert()["subject"] for pair in group)
            seen.append((subject["commonName"], dict(self.headers)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = known.server(asks_clients=True).wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"https://localhost:{server.server_port}/sms", seen
    server.shutdown()
    server.server_close()


def test_the_gateway_knows_us_by_a_certificate_alone(gateway, known, settings):
    url, seen = gateway
    settings.XINGLIN_SMS_WEBHOOK, settings.XINGLIN_SMS_SECRET = url, ""
    settings.XINGLIN_SMS_CERT, settings.XINGLIN_SMS_KEY = known.issue("xinglin")
    settings.XINGLIN_SMS_AUTHORITY = known.root
    assert webhook_is_safe() == [] and certificates_open() == []
    transport_for("sms").send(LETTER)
    ((client, headers),) = seen
    assert client == "xinglin" and "X-Xinglin-Signature" not in headers


def test_with_a_secret_it_is_signed_too(gateway, known):
    url, seen = gateway
    certificate, key = known.issue("xinglin")
    Webhook(url, "sixteen characters at least", certificate=certificate, key=key, authority=known.root).send(LETTER)
    assert seen[0][1]["X-Xinglin-Signature"].startswith("sha256=")


@pytest.mark.parametrize("whose", ["nobody's", "a stranger's"])
def test_without_a_known_certificate_nothing_is_taken(gateway, known, stranger, whose):
    url, seen = gateway
    certificate, key = stranger.issue("xinglin") if whose == "a stranger's" else ("", "")
    with pytest.raises((TryAgain, Unclear, GivenUp)):
        Webhook(url, "", certificate=certificate, key=key, authority=known.root).send(LETTER)
    assert seen == []


def test_a_gateway_of_another_authority_gets_nothing(gateway, known, stranger):
    url, seen = gateway
    certificate, key = known.issue("xinglin")
    for authority in ("", stranger.root):
        with pytest.raises(TryAgain):
            Webhook(url, "", certificate=certificate, key=key, authority=authority).send(LETTER)
    assert seen == []


def test_a_certificate_that_is_gone_is_tried_again_later(gateway, tmp_path):
    with pytest.raises(TryAgain, match="证书文件打不开"):
        Webhook(gateway[0], "", certificate=f"{tmp_path}/gone").send(LETTER)


@pytest.mark.parametrize(
    ("url", "secret", "certificate", "number"),
    [
        ("https://sms.example/", "", "cert.pem", 0),
        ("https://sms.example/", "short", "cert.pem", 1),
        ("https://sms.example/", "", "", 1),
        ("http://127.0.0.1/", "sixteen characters at least", "cert.pem", 1),
    ],
)
def test_a_secret_or_a_certificate_is_asked_for(url, secret, certificate, number):
    assert len(faults(url, secret, certificate)) == number


@pytest.fixture
def mail_settings(settings):
    def use(url: str) -> None:
        for name, value in environment.mail(url).items():
            setattr(settings, name, value)

    return use


@pytest.mark.parametrize("direct", [True, False], ids=["smtps", "starttls"])
def test_the_mail_server_knows_us_by_a_certificate(known, stranger, mail_settings, direct):
    server = MailServer(known.server(asks_clients=True), direct=direct)
    certificate, key = known.issue("xinglin")
    scheme = "smtps" if direct else "smtp"
    url = f"{scheme}://localhost:{server.port}?from=a@b.cn&certfile={certificate}&keyfile={key}&cafile={known.root}"
    try:
        mail_settings(url)
        assert certificates_open() == []
        Mail().send(Outgoing("8c7d", 1, "lin@example.org", "退回", "您好"))
        ((client, text),) = server.mails
        assert client == "xinglin" and "To: lin@example.org" in text
        for other in (url.replace(known.root, stranger.root), url.split("&cafile")[0]):
            mail_settings(other)
            with pytest.raises(TryAgain):
                Mail().send(LETTER)
        mail_settings(f"{scheme}://localhost:{server.port}?from=a@b.cn&cafile={known.root}")
        with pytest.raises((TryAgain, Unclear)):
            Mail().send(LETTER)
        assert len(server.mails) == 1
    finally:
        server.close()


def test_without_a_certificate_mail_is_verified_by_the_systems_authorities(known, mail_settings, monkeypatch):
    server = MailServer(known.server(), direct=True)
    mail_settings(f"smtps://localhost:{server.port}?from=a@b.cn")
    try:
        with pytest.raises(TryAgain):
            Mail().send(LETTER)
        monkeypatch.setenv("SSL_CERT_FILE", known.root)
        with get_connection() as connection:
            connection.send_messages([EmailMessage("a", "b", to=["c@example.org"])])
        assert [client for client, _ in server.mails] == [""]
    finally:
        server.close()


@pytest.mark.parametrize(
    "name", ["XINGLIN_SMS_CERT", "XINGLIN_SMS_AUTHORITY", "EMAIL_SSL_CERTFILE", "XINGLIN_MAIL_AUTHORITY"]
)
def test_files_that_do_not_open_stop_the_start(settings, tmp_path, name):
    (tmp_path / "no.pem").write_text("hello")
    for path in (f"{tmp_path}/gone.pem", f"{tmp_path}/no.pem"):
        setattr(settings, name, path)
        (error,) = certificates_open()
        assert error.id == "xinglin.E033" and ("MAIL" in error.msg) == ("MAIL" in name)
