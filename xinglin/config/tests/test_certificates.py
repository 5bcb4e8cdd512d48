"""The doctor looks at the site's certificate as a browser would, and at the age of the libraries (Q-12, Q-13)."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from xinglin.config import certificates, checks, checkups, components
from xinglin.config.management.commands.serve import _scheme, _web_command
from xinglin.config.tests.authority import Authority
from xinglin.kernel import clock
from xinglin.kernel.checkups import Finding, Level, Look

pytestmark = pytest.mark.req("Q-12", "Q-13")


@contextmanager
def site(context: ssl.SSLContext) -> Iterator[str]:
    """A server that shakes hands and says nothing; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)

        def answer() -> None:
            try:
                plain, _ = listening.accept()
                with context.wrap_socket(plain, server_side=True) as secure:
                    secure.recv(1)
            except OSError:  # whoever asks does not like the certificate
                return

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"https://localhost:{listening.getsockname()[1]}"
        thread.join(6)


@pytest.fixture
def known(tmp_path, monkeypatch) -> Authority:
    """An authority that this machine trusts like the public ones."""
    authority = Authority(tmp_path / "known")
    monkeypatch.setenv("SSL_CERT_FILE", authority.root)
    return authority


def look(settings, url: str) -> list[Finding]:
    settings.XINGLIN_SITE_URL = url
    return list(checkups.certificate(Look()))


def test_a_certificate_that_browsers_would_not_trust_is_bad(settings, tmp_path, known):
    with site(Authority(tmp_path / "own", "own").server()) as url:
        (found,) = look(settings, url)
    assert found.level is Level.BAD and "不会信任" in found.what


def test_one_of_another_name_is_bad(settings, known):
    with site(known.server("train.example.cn")) as url:
        (found,) = look(settings, url)
    assert found.level is Level.BAD and "localhost" in found.what


def test_one_that_has_ended_is_bad(settings, known):
    with site(known.server(days=-1)) as url:
        (found,) = look(settings, url)
    assert found.level is Level.BAD and "expired" in found.what


@pytest.mark.parametrize(("days", "level"), [(22, Level.OK), (20, Level.WARN), (1, Level.WARN)])
def test_a_trusted_one_is_fine_until_three_weeks_before_its_end(settings, known, days, level):
    with site(known.server(days=days)) as url:
        (found,) = look(settings, url)
    assert found.level is level
    assert f"{clock.now() + timedelta(days=days):%Y-%m-%d}" in found.what


def test_a_site_that_does_not_answer_is_told(settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    (found,) = look(settings, f"https://localhost:{port}")
    assert found.level is Level.WARN and "连接不上" in found.what


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:8000"])
def test_a_trial_has_none(settings, url):
    assert look(settings, url) == []


@pytest.mark.parametrize(("age", "level"), [(0, Level.OK), (92, Level.OK), (93, Level.WARN)])
def test_libraries_that_are_older_than_promised_are_told(monkeypatch, age, level):
    monkeypatch.setattr(components, "locked_on", lambda: date(2026, 1, 1))
    with time_machine.travel("2026-01-01T04:00:00Z", tick=False) as moment:
        moment.shift(timedelta(days=age))
        (found,) = checkups.third_parties(Look())
    assert found.level is level and "2026-01-01" in found.what


@pytest.mark.parametrize("content", [None, "", "yesterday"])
def test_a_program_that_does_not_know_its_age_says_so(settings, tmp_path, content):
    settings.BASE_DIR = tmp_path
    if content is not None:
        (tmp_path / "requirements").mkdir()
        (tmp_path / components.LOCKED_ON).write_text(content)
    (found,) = checkups.third_parties(Look())
    assert found.level is Level.WARN and "不知道" in found.what


@pytest.fixture
def pair(tmp_path) -> tuple[str, str]:
    return Authority(tmp_path).issue("xinglin.internal")


def test_with_a_certificate_the_web_processes_speak_tls_only(settings, pair):
    settings.XINGLIN_TLS_CERT, settings.XINGLIN_TLS_KEY = "", ""
    assert not [word for word in _web_command("127.0.0.1", 8000) if "ssl" in word] and _scheme() == "http"
    settings.XINGLIN_TLS_CERT, settings.XINGLIN_TLS_KEY = pair
    command = _web_command("127.0.0.1", 8000)
    given = dict(pairwise(command))
    assert (given["--ssl-certificate"], given["--ssl-keyfile"], given["--ssl-protocol-min"]) == (*pair, "tls1.2")
    assert _scheme() == "https" and checks.own_certificate_can_be_served() == []


def old_form(key: str, passphrase: bytes = b"") -> bytes:
    """The key in a form that granian does not read."""
    plain = load_pem_private_key(Path(key).read_bytes(), None)
    how = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return plain.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, how)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("no key", "one is there without the other"),
        ("no certificate", "one is there without the other"),
        ("of another", "KEY_VALUES_MISMATCH"),
        ("gone", "FileNotFoundError"),
        ("no pem", "SSLError"),
        ("old form", "PKCS#8"),
        ("passphrase", "ValueError"),
    ],
)
def test_a_pair_that_cannot_be_used_stops_the_start(settings, tmp_path, pair, fault, said):
    certificate, key = pair
    if fault in {"no key", "no certificate"}:
        certificate, key = (certificate, "") if fault == "no key" else ("", key)
    elif fault == "of another":
        key = Authority(tmp_path / "other").issue("xinglin.internal")[1]
    elif fault == "gone":
        key = f"{key}.gone"
    elif fault == "no pem":
        certificate = str(tmp_path / "none.pem")
        (tmp_path / "none.pem").write_text("hello")
    else:
        changed = old_form(key, b"secret" if fault == "passphrase" else b"")
        Path(key).write_bytes(changed)
    settings.XINGLIN_TLS_CERT, settings.XINGLIN_TLS_KEY = certificate, key
    (error,) = checks.own_certificate_can_be_served()
    assert error.id == "xinglin.E032" and said in error.msg and "secret" not in error.msg


def test_a_pair_for_a_client_may_have_any_form(pair):
    certificate, key = pair
    Path(key).write_bytes(old_form(key))
    assert certificates.pair_fault(certificate, key, pkcs8=False) == ""
    assert certificates.pair_fault(certificate, key)
