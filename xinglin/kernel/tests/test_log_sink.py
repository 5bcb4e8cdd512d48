"""Lines go to another system over TLS, and whatever happens there costs nobody here a moment (Q-12, Q-13)."""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.kernel import log_sink
from xinglin.kernel.log_sink import Collector, Sink, collector_of, framed
from xinglin.kernel.logs import JsonLines
from xinglin.kernel.tests import collector as program

pytestmark = pytest.mark.req("Q-12", "Q-13")
MESSAGE = re.compile(r"<(\d+)>1 (\S+) (\S+) xinglin (\d+) - - (\{.*\})")
OPENSSL = [
    "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
]  # fmt: skip


def own(folder: Path, name: str) -> tuple[str, str]:
    """A certificate that vouches for itself, and its key."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = [*OPENSSL, "-subj", f"/CN={name}", "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True)
    return str(certificate), str(key)


def soon(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
    return true()


class Elsewhere:
    """The collector's process. ``lines``: what it got, ``url``: where it is."""

    def __init__(self, folder: Path, authority: str = "") -> None:
        self.certificate, self.key = own(folder, "localhost")
        self.out, self._authority, self._port = folder / "collected", authority, "0"
        self.start()

    def start(self) -> None:
        command = [sys.executable, program.__file__, self.certificate, self.key, self.out, self._authority, self._port]
        self._process = subprocess.Popen(command)
        assert soon(lambda: self.out.exists() and self.out.read_text().count("port ") > (self._port != "0"))
        self._port = re.findall(r"^port (\d+)$", self.out.read_text(), re.M)[-1]

    @property
    def url(self) -> str:
        return f"tls://localhost:{self._port}?ca={self.certificate}"

    @property
    def lines(self) -> list[str]:
        return [line for line in self.out.read_text().splitlines() if not line.startswith("port ")]

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def elsewhere(tmp_path) -> Iterator[Elsewhere]:
    one = Elsewhere(tmp_path)
    yield one
    one.stop()


@pytest.fixture
def logger(monkeypatch) -> Iterator[Callable[[str], logging.Logger]]:
    """A logger whose lines go to a sink alone."""
    monkeypatch.setattr(log_sink, "AGAIN_SECONDS", (0.05,))
    monkeypatch.setattr(Sink, "dropped", 0)
    sinks = []

    def with_sink(url: str, kept: int = 10_000) -> logging.Logger:
        sink = Sink(url, kept)
        sink.setFormatter(JsonLines())
        sinks.append(sink)
        one = logging.Logger(f"xinglin.tried.{len(sinks)}", logging.INFO)
        one.addHandler(sink)
        return one

    yield with_sink
    for sink in sinks:
        sink.close()


def test_a_line_arrives_over_tls_at_another_process(elsewhere, logger):
    logger(elsewhere.url).warning(
        "upload refused: virus %s", "Eicar", extra={"facts": {"user": 7, "route": "files:upload"}}
    )
    assert soon(lambda: len(elsewhere.lines) == 1)
    priority, moment, host, process, line = MESSAGE.fullmatch(elsewhere.lines[0]).groups()
    assert (int(priority) // 8, int(priority) % 8) == (16, 4)
    assert moment.endswith("Z") and host == socket.gethostname() and int(process) == os.getpid()
    told = json.loads(line)
    assert (told["message"], told["user"], told["route"]) == ("upload refused: virus Eicar", 7, "files:upload")


def test_many_lines_of_many_threads_arrive_whole(elsewhere, logger):
    one = logger(elsewhere.url)
    threads = [
        threading.Thread(target=lambda: [one.info("line 杏 %d", number) for number in range(200)]) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert soon(lambda: len(elsewhere.lines) == 1000) and Sink.dropped == 0
    assert sorted(json.loads(MESSAGE.fullmatch(line)[5])["message"] for line in elsewhere.lines) == sorted(
        f"line 杏 {number}" for number in range(200) for _ in range(5)
    )


def test_a_collector_that_comes_back_gets_what_waited(elsewhere, logger):
    one = logger(elsewhere.url)
    one.info("before")
    assert soon(lambda: len(elsewhere.lines) == 1)
    elsewhere.stop()
    for number in range(50):
        one.info("meanwhile %d", number)
    elsewhere.start()
    assert soon(lambda: sum("meanwhile" in line for line in elsewhere.lines) == 50)


@pytest.mark.parametrize("dead", ["nobody", "silent", "hangs up", "another certificate"])
def test_a_dead_collector_blocks_nothing_and_the_drops_are_counted(tmp_path, logger, dead, elsewhere, caplog):
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    if dead == "nobody":
        listening.close()
    if dead == "hangs up":
        threading.Thread(target=_hang_up, args=(listening,), daemon=True).start()
    url = f"tls://localhost:{port}?ca={elsewhere.certificate}"
    if dead == "another certificate":
        url = elsewhere.url.replace(elsewhere.certificate, own(tmp_path, "stranger")[0])
    one = logger(url, kept=100)
    began = time.monotonic()
    slowest = max(_seconds(lambda: one.info("line")) for _ in range(5_000))
    assert time.monotonic() - began < 5 and slowest < 0.5
    assert 4_800 <= Sink.dropped <= 4_900
    assert elsewhere.lines == []
    if dead in {"nobody", "another certificate"}:
        assert soon(lambda: "log collector away" in caplog.text), "said once, at home"
    listening.close()


def _hang_up(listening: socket.socket) -> None:
    while True:
        try:
            listening.accept()[0].close()
        except OSError:
            return


def _seconds(what: Callable[[], object]) -> float:
    began = time.monotonic()
    what()
    return time.monotonic() - began


def test_drops_are_told_when_the_collector_is_back(elsewhere, logger, caplog):
    elsewhere.stop()
    one = logger(elsewhere.url, kept=10)
    for _ in range(30):
        one.info("line")
    elsewhere.start()
    with caplog.at_level(logging.WARNING, "xinglin.logs"):
        assert soon(lambda: "log collector back, lines dropped meanwhile: " in caplog.text)
    assert 19 <= Sink.dropped <= 20


def test_both_sides_may_know_each_other_by_certificates(tmp_path, logger):
    certificate, key = own(tmp_path, "xinglin")
    one = Elsewhere(tmp_path, authority=certificate)
    try:
        logger(f"{one.url}&cert={certificate}&key={key}").info("known")
        assert soon(lambda: len(one.lines) == 1)
        logger(one.url).info("unknown")
        assert not soon(lambda: len(one.lines) > 1, 1.0)
    finally:
        one.stop()


def test_a_forked_process_has_a_thread_of_its_own(elsewhere, logger):
    one = logger(elsewhere.url)
    one.info("parent")
    assert soon(lambda: len(elsewhere.lines) == 1)
    child = os.fork()
    if not child:
        one.info("child")
        one.handlers[0].drain()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert soon(lambda: len(elsewhere.lines) == 2)
    assert [json.loads(MESSAGE.fullmatch(line)[5])["message"] for line in elsewhere.lines] == ["parent", "child"]


def test_the_products_lines_take_this_way_and_the_last_ones_too(elsewhere, tmp_path):
    """With the product's own settings, in a process that ends at once: what it said arrives, on stderr as well."""
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "xinglin.config.settings", "XINGLIN_LOG_SINK": elsewhere.url,
        "XINGLIN_LOG": "json", "XINGLIN_DATA": str(tmp_path),
    }  # fmt: skip
    script = (
        "import django, logging; django.setup()\n"
        "logging.getLogger('xinglin.request').info('request', extra={'facts': {'route': 'ui:home', 'status': 200}})"
    )
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert soon(lambda: len(elsewhere.lines) == 1)
    assert json.loads(MESSAGE.fullmatch(elsewhere.lines[0])[5]) == json.loads(done.stderr)


def test_a_process_ends_within_moments_when_nobody_takes_its_last_words(logger):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        one = logger(f"tls://localhost:{silent.getsockname()[1]}")
        one.info("last words")
        assert log_sink.LAST_WORDS_SECONDS <= _seconds(one.handlers[0].drain) < log_sink.LAST_WORDS_SECONDS + 1
        assert _seconds(one.handlers[0].flush) < 0.1, "logging's own end does not wait once more"


@given(st.text(max_size=200), st.sampled_from(sorted(log_sink.SEVERITIES)))
def test_no_text_makes_two_lines_of_one_or_breaks_a_frame(text, level):
    record = logging.LogRecord("xinglin.tried", level, __file__, 1, "%s", (text,), None)
    message = framed(record, JsonLines().format(record))
    digits, _, rest = message.partition(b" ")
    assert int(digits) == len(rest) and b"\n" not in rest
    assert rest.startswith(b"<%d>1 " % (128 + log_sink.SEVERITIES[level]))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("tls://logs.example.cn", Collector("logs.example.cn")),
        ("tls://logs.example.cn:6515?ca=/etc/ca.pem", Collector("logs.example.cn", 6515, "/etc/ca.pem")),
        ("tls://l:1?ca=/a%20b&cert=/c&key=/k", Collector("l", 1, "/a b", "/c", "/k")),
        ("udp://logs.example.cn:514", None),
        ("tcp://logs.example.cn", None),
        ("tls://", None),
        ("tls://logs.example.cn/path", None),
        ("tls://logs.example.cn?verify=0", None),
        ("logs.example.cn", None),
    ],
)
def test_only_tls_and_nothing_that_turns_it_off(url, expected):
    if expected is None:
        with pytest.raises(ValueError, match="tls://"):
            collector_of(url)
    else:
        assert collector_of(url) == expected
