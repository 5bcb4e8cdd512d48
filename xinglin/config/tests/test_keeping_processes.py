"""The supervisor at its edges: parts that fall over, cannot start, or do not want to stop (Q-14)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from xinglin.config import supervisor as keeping
from xinglin.config.supervisor import Part, Supervisor
from xinglin.config.tests.running import alive, wait_until

pytestmark = pytest.mark.req("Q-14")
SLEEP = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]
NEVER_READY = {"ready": lambda: False, "on_ready": lambda: None}


@pytest.fixture(autouse=True)
def _own_signals():
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def ends_with(code: str) -> list[str]:
    return [sys.executable, "-S", "-c", code]


@pytest.mark.parametrize(("code", "told"), [
    ("raise SystemExit(0)", 1), ("raise SystemExit(1)", 1), ("raise SystemExit(7)", 7),
    ("import os; os.kill(os.getpid(), 9)", 1),
])  # fmt: skip
def test_the_exit_code_is_never_that_of_success(code, told):
    said: list[str] = []
    server = Part("web server", ends_with(code))
    assert Supervisor([server], os.environ, said.append).run(**NEVER_READY) == told
    assert len(said) == 1 and said[0].startswith("web server ended with code")


def test_a_part_that_cannot_be_started_leaves_none_behind():
    stays, missing = Part("worker", SLEEP, restart=True), Part("web server", ["/no/such/program"])
    with pytest.raises(FileNotFoundError):
        Supervisor([stays, missing], os.environ, lambda _: None).run(**NEVER_READY)
    assert stays.process is not None and not alive(stays.process.pid)


def test_a_part_gets_the_environment_it_was_given_and_a_group_of_its_own(tmp_path):
    told = tmp_path / "told"
    code = f"import os; open({str(told)!r}, 'w').write(os.environ['COLOUR'] + ' ' + str(os.getpgrp() == os.getpid()))"
    given = {**os.environ, "COLOUR": "red"}
    keeper = Supervisor([Part("server", ends_with(code))], given, lambda _: None)
    given["COLOUR"] = "blue"
    keeper.run(**NEVER_READY)
    assert told.read_text() == "red True"


def test_a_worker_that_dies_at_once_is_not_started_in_a_storm():
    said: list[str] = []
    worker = Part("worker", ends_with("raise SystemExit(1)"), restart=True)
    keeper = Supervisor([worker], os.environ, said.append)
    keeper._start(worker)
    assert worker.process is not None
    worker.process.wait(timeout=20)
    first = worker.process.pid
    worker.started_at = time.monotonic()
    assert keeper._look_after() is None and worker.process.pid == first and not said
    worker.started_at -= keeping.RESTART_SECONDS + 0.1
    assert keeper._look_after() is None and worker.process.pid != first
    assert said == ["worker ended with code 1: started again"]
    worker.process.wait(timeout=20)


def test_who_does_not_want_to_stop_is_killed(monkeypatch):
    monkeypatch.setattr(keeping, "STOP_SECONDS", 0.4)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    part = Part("worker", ends_with(deaf))
    keeper = Supervisor([part], os.environ, lambda _: None)
    part.process = subprocess.Popen(part.command, stdout=subprocess.PIPE, start_new_session=True)
    assert part.process.stdout is not None and part.process.stdout.readline() == b"1\n"
    began = time.monotonic()
    keeper._stop_all()
    wait_until(lambda: not alive(part.process.pid))
    assert 0.3 < time.monotonic() - began < 10
    assert part.process.wait() == -signal.SIGKILL
    part.process.stdout.close()


def test_stopping_what_never_began_is_nothing():
    Supervisor([Part("worker", SLEEP)], os.environ, lambda _: None)._stop_all()


def test_whoever_asks_to_stop_before_it_is_ready_hears_no_announcement():
    announced: list[int] = []
    part = Part("web server", SLEEP)
    keeper = Supervisor([part], os.environ, lambda _: None)

    def ready() -> bool:
        keeper._ask_to_stop(signal.SIGTERM, None)
        return False

    assert keeper.run(ready, lambda: announced.append(1)) == 0
    assert not announced and part.process is not None and not alive(part.process.pid)
