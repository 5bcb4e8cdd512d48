"""A PostgreSQL server of a test's own, that knows its clients by the system's account or by certificates, never by passwords."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xinglin.config.tests.authority import Authority

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) if Path("/usr/lib/postgresql").is_dir() else []
"""PostgreSQL does not run as root: then its own account does it."""
SERVER_ACCOUNT = "postgres"
HBA = """\
local all all peer map=known
hostssl all all 127.0.0.1/32 cert map=known
"""


class Cluster:
    """``folder`` holds the socket; ``authority`` signs for server and clients; role and database are both xinglin."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.data = folder / "data"
        self.authority = Authority(folder / "certificates")
        self._programs = PROGRAMS[-1].parent

    def make(self) -> None:
        certificate, key = self.authority.issue("localhost")
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, SERVER_ACCOUNT)
        self._run("initdb", "-D", str(self.data), "-U", "xinglin", "-A", "peer", "-N")
        (self.data / "pg_hba.conf").write_text(HBA)
        me = pwd.getpwuid(os.geteuid()).pw_name
        (self.data / "pg_ident.conf").write_text(f"known {me} xinglin\nknown client-of-xinglin xinglin\n")
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(
                f"listen_addresses='127.0.0.1'\nport={self.port}\nunix_socket_directories='{self.folder}'\nfsync=off\n"
                f"ssl=on\nssl_cert_file='{certificate}'\nssl_key_file='{key}'\nssl_ca_file='{self.authority.root}'\n"
            )
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.folder / "log"), "start")
        environment = {**os.environ, "PGHOST": str(self.folder), "PGPORT": str(self.port), "PGUSER": "xinglin"}
        subprocess.run(
            ["psql", "-d", "postgres", "-c", "CREATE DATABASE xinglin"],
            env=environment,
            check=True,
            capture_output=True,
        )

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", SERVER_ACCOUNT, "--", *command]
        ended = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/")
        assert ended.returncode == 0, f"{program}: {ended.stderr}"


@contextmanager
def cluster(port: int) -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="xl-pg-"))
    one = Cluster(folder, port)
    try:
        one.make()
        yield one
        one.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
