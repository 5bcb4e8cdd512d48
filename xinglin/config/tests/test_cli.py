"""The command line, from wherever it is called."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import get_commands

from xinglin.config import cli

XINGLIN = settings.BASE_DIR / "bin" / "xinglin"


def test_without_a_command_it_says_which_there_are(capsys):
    cli.main([])
    told = capsys.readouterr().out
    assert "xinglin serve" in told
    for name in ("serve", "worker", "prepare", "reset", "dump", "doctor", "first-account"):
        assert f"xinglin {name}" in told
        assert name.replace("-", "_") in get_commands()


@pytest.mark.req("Q-13")
def test_the_doctor_runs_from_the_command_line_and_says_how_bad_it_is(tmp_path):
    """A folder without anything in it, and a database that cannot be: no traceback, exit code 2, the rest examined."""
    environment = {**os.environ, "PYTHONPATH": str(settings.BASE_DIR), "XINGLIN_DATA": str(tmp_path / "none"),
                   "DATABASE_URL": f"sqlite:///{tmp_path}/no/such/folder.sqlite3"}  # fmt: skip
    command = [sys.executable, "-m", "xinglin.config.cli", "doctor"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 2 and "Traceback" not in done.stdout + done.stderr
    assert "数据库没有响应" in done.stdout and "主密钥" in done.stdout and "共 " in done.stdout


def test_a_command_is_typed_with_hyphens():
    environment = {**os.environ, "PYTHONPATH": str(settings.BASE_DIR)}
    command = [sys.executable, "-m", "xinglin.config.cli", "first-account", "--help"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "") and "--again" in done.stdout


def test_a_reader_that_stops_reading_is_no_error():
    command = '"$0" -m xinglin.config.cli help --commands | head -c 10'
    environment = {**os.environ, "PYTHONPATH": str(settings.BASE_DIR)}
    done = subprocess.run(["bash", "-c", command, sys.executable], env=environment, capture_output=True, text=True)
    assert (len(done.stdout), done.stderr) == (10, "")


@pytest.mark.skipif(not (settings.BASE_DIR / ".venv").exists(), reason="set up without .venv")
def test_it_runs_from_any_folder(tmp_path):
    environment = {**os.environ, "XINGLIN_DATA": str(tmp_path)}
    done = subprocess.run([XINGLIN, "version"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("5.2")
