"""The processes of an installation start together and stop together (Q-14)."""

import os
import signal
import subprocess
import sys
import time

import pytest

from xinglin.config.supervisor import Part, Supervisor
from xinglin.config.tests.running import alive, wait_until

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
NEVER_READY = {"ready": lambda: False, "on_ready": lambda: None}


@pytest.fixture(autouse=True)
def _own_signals():
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_the_end_of_a_part_ends_them_all():
    said = []
    ends = Part("web server", [sys.executable, "-c", "raise SystemExit(3)"])
    stays = Part("worker", SLEEP, restart=True)
    assert Supervisor([stays, ends], os.environ, said.append).run(**NEVER_READY) == 3
    assert said == ["web server ended with code 3"]
    assert not alive(stays.process.pid)


def test_a_part_that_may_is_started_again(tmp_path):
    counter = tmp_path / "starts"
    count = f"import time; open({str(counter)!r}, 'a').write('x'); time.sleep(2.3); raise SystemExit(1)"
    worker = Part("worker", [sys.executable, "-c", count], restart=True)
    supervisor = Supervisor([worker], os.environ, lambda _: None)

    def ready():
        supervisor.stopping = counter.exists() and counter.read_text() == "xx"
        return False

    assert supervisor.run(ready, lambda: None) == 0
    assert not alive(worker.process.pid)


def test_readiness_is_announced_once():
    announced = []
    part = Part("web server", [sys.executable, "-c", "import time; time.sleep(1); raise SystemExit(1)"])
    Supervisor([part], os.environ, lambda _: None).run(lambda: True, lambda: announced.append(1))
    assert announced == [1]


CHILD = """
import os, sys
from xinglin.config.supervisor import Part, Supervisor
parent = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
parts = [Part("a", [sys.executable, "-c", "import time; time.sleep(60)"]), Part("b", [sys.executable, "-c", parent])]
supervisor = Supervisor(parts, os.environ, print)
def tell():
    print(*[part.process.pid for part in parts], flush=True)
sys.exit(supervisor.run(lambda: True, tell))
"""


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGKILL, -9)]
)
def test_a_signal_stops_every_process(number, code):
    child = subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True)
    pids = [int(word) for word in child.stdout.readline().split()]
    assert all(alive(pid) for pid in pids)
    time.sleep(0.2)
    child.send_signal(number)
    assert child.wait(timeout=20) == code
    wait_until(lambda: not any(alive(pid) for pid in pids))
    child.stdout.close()
