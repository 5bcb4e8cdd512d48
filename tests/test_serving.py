"""Q-14, Q-09: from an empty machine to a served installation, stopped whole, started again with its data."""

import json
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.db import connection

from tests.browser.served import database_url, free_port
from tests.sources import ROOT
from xinglin.config.tests.running import alive, wait_until

XINGLIN = [sys.executable, "-m", "xinglin.config.cli"]


@pytest.fixture
def fresh_database(tmp_path, django_db_blocker):
    """DATABASE_URL of an empty database of the kind under test."""
    if connection.vendor == "sqlite":
        yield ""
        return
    name = f"xinglin_serving_{uuid.uuid4().hex[:8]}"
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield database_url().rsplit("/", 1)[0] + f"/{name}"
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Installation:
    """One installation in a folder of its own, with the settings that users run."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "xinglin.config.settings",
            "XINGLIN_DATA": str(folder),
            "DATABASE_URL": database,
            "PORT": str(self.port),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *command: str) -> str:
        done = subprocess.run([*XINGLIN, *command], cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        self.process = subprocess.Popen([*XINGLIN, "serve"], cwd=ROOT, env=self.environment)
        wait_until(self.answers, 90)

    def answers(self) -> bool:
        try:
            urlopen(f"http://127.0.0.1:{self.port}/", timeout=5).close()
        except HTTPError as error:
            return error.code < 500
        except OSError:
            return False
        return True

    def pids(self, words: str = "") -> list[int]:
        """Processes that serve this folder, by a word of their command line."""
        mark = f"XINGLIN_DATA={self.folder}".encode()
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _is(pid, mark, words)]

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


def _is(pid: int, mark: bytes, words: str) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        return words in command and mark in Path(f"/proc/{pid}/environ").read_bytes() and alive(pid)
    except OSError:
        return False


@pytest.fixture
def installation(tmp_path, fresh_database):
    one = Installation(tmp_path / "data", fresh_database)
    yield one
    if one.process and one.process.poll() is None:
        one.stop()


@pytest.mark.req("Q-14")
def test_it_starts_stops_whole_and_keeps_its_data(installation):
    installation.run("prepare")
    before = installation.run("dump", "--json")
    assert json.loads(before)["dictionaries.codeentry"]
    keys = (installation.folder / "keys").read_text()
    for _ in range(2):
        installation.start()
        assert installation.stop() == 0
        assert installation.pids() == []
    installation.run("prepare")
    after = json.loads(installation.run("dump", "--json"))
    assert after["dictionaries.codeentry"] == json.loads(before)["dictionaries.codeentry"]
    assert (installation.folder / "keys").read_text() == keys


@pytest.mark.req("Q-09")
@pytest.mark.parametrize("words", ["cli worker", pytest.param("granian", marks=pytest.mark.same_everywhere)])
def test_a_killed_process_is_replaced(installation, words):
    installation.run("prepare")
    installation.start()
    victim = max(installation.pids(words))  # of the web server the newest is a child that serves
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: not alive(victim) and max(installation.pids(words), default=0) > victim, 60)
    wait_until(installation.answers, 60)
    assert installation.process.poll() is None


@pytest.mark.same_everywhere
@pytest.mark.req("Q-14")
def test_a_taken_port_is_told(installation):
    installation.run("prepare")
    installation.start()
    again = subprocess.run([*XINGLIN, "serve"], cwd=ROOT, env=installation.environment, capture_output=True, text=True)
    assert again.returncode != 0
    assert f"PORT={installation.port + 1}" in again.stderr
