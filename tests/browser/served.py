"""The product as a user gets it, served on the database of the tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import urlopen

from django.conf import settings
from django.db import connection

from tests.sources import ROOT

START_SECONDS = 60.0


def database_url() -> str:
    """DATABASE_URL of the connection in use, for another process."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return (
        f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving() -> Iterator[str]:
    """`xinglin serve` on a free port until the block ends. Yields the address; raises RuntimeError if it ends early."""
    port = free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "xinglin.config.settings.test",
        "DATABASE_URL": database_url(),
        "XINGLIN_DATA": str(settings.DATA_DIR),
        "XINGLIN_WEB_WORKERS": "1",
    }
    command = [sys.executable, "-m", "xinglin.config.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(process, address)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _wait_for(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"xinglin serve ended with code {process.returncode}")
        try:
            urlopen(address, timeout=10).close()
            return
        except HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"{address} did not answer within {START_SECONDS:.0f} s")
