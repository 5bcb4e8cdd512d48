"""A machine of its own for a test: data folder, database, and commands in processes of their own."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection


class Machine:
    """Runs commands with a folder and a database that nobody else has."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("XINGLIN_")},
            "XINGLIN_DATA": str(folder), "DATABASE_URL": url, "XINGLIN_FIXED_CAPTCHA": "2468",
            "DJANGO_SETTINGS_MODULE": "xinglin.config.settings", "PYTHONPATH": str(settings.BASE_DIR),
        }  # fmt: skip

    def run(self, *arguments: str, code: int = 0, **environment: str) -> str:
        """Output of a command; its exit code must be the expected one."""
        return self._python("-m", "xinglin.config.cli", *arguments, code=code, **environment)

    def do(self, script: str, **environment: str) -> Any:
        """What a script leaves in ``answer``, run inside the product."""
        whole = f"import django; django.setup()\nimport json\n{script}\nprint('\\n' + json.dumps(answer))"
        return json.loads(self._python("-c", whole, **environment).strip().split("\n")[-1])

    def _python(self, *arguments: str, code: int = 0, **environment: str) -> str:
        ended = subprocess.run(
            [sys.executable, *arguments], env={**self.environment, **environment}, cwd=settings.BASE_DIR,
            capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
        assert ended.returncode == code, (
            f"{arguments[:4]} ended with {ended.returncode}:\n{ended.stdout}\n{ended.stderr}"
        )
        return ended.stdout if code == 0 else ended.stdout + ended.stderr

    def make_tables(self) -> None:
        """The schema and code tables of the tests' own database where it can be copied, else by migrating."""
        if connection.vendor == "sqlite":
            places = connection.settings_dict["NAME"], self.folder / "xinglin.sqlite3"
            with closing(sqlite3.connect(places[0])) as tests, closing(sqlite3.connect(places[1])) as mine:
                tests.backup(mine)
        else:
            self.run("migrate", "-v", "0")

    def tables(self) -> list[str]:
        """Tables that the machine's database has."""
        script = "from django.db import connection\nanswer = connection.introspection.table_names()"
        return self.do(script)

    def dump(self) -> dict[str, Any]:
        return json.loads(self.run("dump", "--json"))


@contextmanager
def machine(folder: Path) -> Iterator[Machine]:
    """An empty machine on the kind of database that the tests run on."""
    folder.mkdir(parents=True, exist_ok=True)
    if connection.vendor == "sqlite":
        yield Machine(folder, f"sqlite:///{folder}/xinglin.sqlite3")
        return
    given = connection.settings_dict
    name = f"xl_machine_{uuid.uuid4().hex[:12]}"
    where = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
    with psycopg.connect(**where, dbname="postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            host = f"{given['HOST'] or '127.0.0.1'}:{given['PORT'] or 5432}"
            yield Machine(folder, f"postgres://{given['USER']}{password}@{host}/{name}")
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
