"""The virus scanner stands before everything that is uploaded (P-18, Q-11)."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.files import actions, checkups, scanning
from xinglin.files.checks import scanner_has_an_address
from xinglin.files.models import StoredFile
from xinglin.files.scanning import Unavailable
from xinglin.files.sniffing import BadUpload
from xinglin.files.tests import pictures
from xinglin.files.tests.clamd import EICAR, Clamd
from xinglin.files.tests.conftest import PERSON, RESIDENT
from xinglin.kernel.checkups import Level, Look

pytestmark = [pytest.mark.req("P-18", "Q-11", "Q-12")]


@pytest.fixture(params=["unix", "tcp"])
def clamd(request, tmp_path, settings) -> Iterator[Clamd]:
    scanner = Clamd(tmp_path / "clamd.ctl" if request.param == "unix" else None)
    settings.XINGLIN_CLAMD = scanner.url
    yield scanner
    scanner.close()


def infected() -> bytes:
    """A real JPEG with the test virus behind it."""
    return pictures.saved(pictures.drawing()) + EICAR


def nobody(tmp_path: Path) -> list[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return [f"unix://{tmp_path}/none.ctl", f"tcp://127.0.0.1:{port}"]


def test_the_verdict_is_the_scanners(clamd):
    assert scanning.verdict(b"harmless") == ""
    assert scanning.verdict(EICAR) == "Eicar-Test-Signature"
    assert clamd.seen == [b"harmless", EICAR]


@pytest.mark.parametrize("size", [0, 1, scanning.CHUNK, scanning.CHUNK + 1, 10 * 1024 * 1024])
def test_the_whole_file_arrives_whatever_its_size(clamd, size):
    data = bytes(range(256)) * (size // 256 + 1)
    assert scanning.verdict(data[:size]) == ""
    assert clamd.seen == [data[:size]]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(before=st.binary(max_size=600), after=st.binary(max_size=600))
def test_a_virus_is_found_wherever_the_pieces_end(clamd, before, after):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "CHUNK", 37)
        assert scanning.verdict(before + EICAR + after) == "Eicar-Test-Signature"


@pytest.mark.django_db
@pytest.mark.usefixtures("folder", "purposes")
def test_an_infected_upload_is_told_logged_and_not_stored(clamd, key, caplog):
    with caplog.at_level(logging.WARNING, "xinglin.files"), pytest.raises(BadUpload, match="发现了病毒") as refused:
        actions.store_image(
            SimpleUploadedFile("照片.jpg", infected()), purpose="photo", person_key=key, person_id=PERSON, by=RESIDENT
        )
    assert "Eicar-Test-Signature" in refused.value.message and refused.value.field == "file"
    assert [line.getMessage() for line in caplog.records] == ["upload refused: virus Eicar-Test-Signature"]
    assert not StoredFile.unscoped.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("folder", "purposes")
def test_a_clean_upload_is_scanned_and_stored(clamd, key):
    data = pictures.saved(pictures.drawing())
    actions.store_image(data, purpose="photo", person_key=key, person_id=PERSON, by=RESIDENT)
    assert clamd.seen == [data] and StoredFile.unscoped.count() == 1


@pytest.mark.parametrize("picture", [True, False], ids=["picture", "pdf"])
@pytest.mark.django_db
@pytest.mark.usefixtures("folder", "purposes")
def test_attachments_are_scanned_before_they_are_looked_into(clamd, key, picture, monkeypatch):
    monkeypatch.setattr(actions, "render", lambda *_, **__: pytest.fail("decoded before the verdict"))
    monkeypatch.setattr(actions.sniffing, "sniff_pdf", lambda *_: pytest.fail("parsed before the verdict"))
    data = infected() if picture else b"%PDF-1.7\n" + EICAR + b"\n%%EOF"
    target = actions.Target(key=key, person_id=PERSON, organization_path="/1/")
    with pytest.raises(BadUpload, match="发现了病毒"):
        actions.store_attachment(data, purpose="notice", target=target, file_name="通知.pdf", by=RESIDENT)
    assert len(clamd.seen) == 1


def test_nobody_there_means_no_upload(tmp_path, settings, caplog):
    for address in nobody(tmp_path):
        settings.XINGLIN_CLAMD = address
        with pytest.raises(BadUpload, match="现在不能上传文件") as refused:
            scanning.check(b"harmless")
        assert refused.value.field == "file"
    assert [line.levelname for line in caplog.records] == ["ERROR", "ERROR"]


def test_without_a_scanner_nothing_is_asked(settings, monkeypatch):
    settings.XINGLIN_CLAMD = ""
    monkeypatch.setattr(scanning, "_ask", lambda *_: pytest.fail("asked"))
    assert scanning.check(EICAR) is None


def test_a_slow_answer_is_waited_for_and_one_that_never_ends_is_not(clamd, monkeypatch):
    clamd.pause = 0.02
    assert scanning.verdict(b"harmless") == ""
    monkeypatch.setattr(scanning, "SECONDS", 0.15)
    began = time.monotonic()
    with pytest.raises(Unavailable, match="Timeout"):
        scanning.verdict(b"harmless")
    assert time.monotonic() - began < 1, "each byte comes in time, the whole does not"


def test_a_scanner_that_takes_no_more_says_why(clamd):
    clamd.limit = 300_000
    with pytest.raises(
        Unavailable, match=r"size limit|Reset|none"
    ):  # over TCP its last words may be lost, or a part of them
        scanning.verdict(bytes(2_000_000))
    with pytest.raises(BadUpload, match="现在不能上传文件"):
        scanning.check(bytes(2_000_000))


@pytest.mark.parametrize("answer", [b"", b"stream: ERROR", b"OK", b"stream: OKAY", b"HTTP/1.1 200 OK", b"\xff" * 9000])
def test_anything_but_a_verdict_is_none(clamd, answer):
    clamd.answer = answer
    with pytest.raises(Unavailable):
        scanning.verdict(b"harmless")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("unix:///run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("tcp://127.0.0.1:3310", ("127.0.0.1", 3310)),
        ("tcp://[::1]:3310", ("::1", 3310)),
        ("unix://run/clamd.ctl", None),
        ("tcp://127.0.0.1", None),
        ("tcp://127.0.0.1:x", None),
        ("http://127.0.0.1:3310", None),
        ("/run/clamav/clamd.ctl", None),
    ],
)
def test_an_address_that_is_none_stops_the_start(settings, url, address):
    settings.XINGLIN_CLAMD = url
    assert [error.id for error in scanner_has_an_address()] == ([] if address else ["xinglin.E031"])
    if address:
        assert scanning.address_of(url) == address
    settings.XINGLIN_CLAMD = ""
    assert scanner_has_an_address() == []


@pytest.mark.req("Q-13")
@pytest.mark.parametrize(
    ("version", "level"),
    [
        (b"ClamAV 1.4.2/27500/Mon Nov 30 08:30:00 2026", Level.OK),
        (b"ClamAV 1.4.2/27500/Sun Nov  1 08:30:00 2026", Level.WARN),
        (b"ClamAV 1.4.2", Level.WARN),
        (None, Level.BAD),
    ],
)
def test_the_doctor_asks_the_scanner(clamd, settings, tmp_path, time_machine_at, version, level):
    if version is None:
        settings.XINGLIN_CLAMD = nobody(tmp_path)[0]
    else:
        clamd.version = version
    (found,) = checkups.scanner(Look())
    assert found.level is level and "病毒" in found.what


@pytest.fixture
def time_machine_at() -> Iterator[None]:
    with time_machine.travel("2026-12-01T00:00:00Z"):
        yield


def test_the_doctor_says_nothing_of_a_scanner_that_is_not_wanted(settings):
    settings.XINGLIN_CLAMD = ""
    assert list(checkups.scanner(Look())) == []
