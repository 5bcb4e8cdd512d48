"""The doctor looks at the site's certificate as a browser would, and at the age of the libraries (Q-12, Q-13)."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
import time_machine

from xinglin.config import checkups, components
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
