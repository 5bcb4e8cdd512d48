"""Runs every measurement in a process of its own on an empty database, and writes bench/results.json.

Each measurement is a module of this folder that prints one JSON list of results as its last line.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("XINGLIN_BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432")
DATABASE = "xinglin_bench"


def postgres_answers() -> bool:
    """Whether a PostgreSQL server is there to measure on."""
    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def fresh_postgres() -> str:
    """An empty database; returns its address."""
    name = sql.Identifier(DATABASE)
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    return f"{SERVER}/{DATABASE}"


def measure(module: str, database: str) -> list[dict[str, object]]:
    """Results of one module on one database ("sqlite" or "postgres")."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "XINGLIN_DATA": folder,
            "DATABASE_URL": fresh_postgres() if database == "postgres" else "",
            "DJANGO_SETTINGS_MODULE": "xinglin.config.settings",
            "XINGLIN_FIXED_CAPTCHA": "",
            "BENCH_DATABASE": database,
        }
        done = subprocess.run(
            [sys.executable, "-m", f"bench.{module}"], cwd=ROOT, env=environment, capture_output=True, text=True
        )
    if done.returncode:
        print(done.stderr[-4000:], file=sys.stderr)
        return [{"name": f"{module}.{database}", "value": None, "unit": "", "goal": None, "note": "failed"}]
    found: list[dict[str, object]] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def plan() -> Iterator[tuple[str, str]]:
    yield "imports", "sqlite"
    yield "reviews", "sqlite"
    if postgres_answers():
        yield "imports", "postgres"
        yield "reviews", "postgres"
        yield "lists", "postgres"
        yield "exports", "postgres"
    else:
        print("PostgreSQL does not answer: measured on SQLite only")


def main() -> None:
    wanted = set(sys.argv[1:])
    results: list[dict[str, object]] = []
    for module, database in plan():
        if wanted and module not in wanted:
            continue
        for result in measure(module, database):
            results.append(result)
            print(
                f"{result['name']:38} {result['value']} {result['unit']} (goal {result['goal']}) {result['note']}",
                flush=True,
            )
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    path = ROOT / "bench" / "results.json"
    path.write_text(json.dumps({"machine": machine, "results": results}, ensure_ascii=False, indent=2) + "\n")
    print(f"written: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
