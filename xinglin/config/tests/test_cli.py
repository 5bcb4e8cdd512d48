"""The command line, from wherever it is called."""

import os
import subprocess

import pytest
from django.conf import settings
from django.core.management import get_commands

from xinglin.config import cli

XINGLIN = settings.BASE_DIR / "bin" / "xinglin"


def test_without_a_command_it_says_which_there_are(capsys):
    cli.main([])
    told = capsys.readouterr().out
    assert "xinglin serve" in told
    for name in ("serve", "worker", "prepare", "reset", "dump"):
        assert name in told
        assert name in get_commands()


@pytest.mark.skipif(not (settings.BASE_DIR / ".venv").exists(), reason="set up without .venv")
def test_it_runs_from_any_folder(tmp_path):
    environment = {**os.environ, "XINGLIN_DATA": str(tmp_path)}
    done = subprocess.run([XINGLIN, "version"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("5.2")
