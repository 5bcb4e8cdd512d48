"""Everything that `make test` checks, in order; goes on after a failure and says at the end what failed."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "test-results"
BIN = Path(sys.executable).parent
CODE = {
    "ruff": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "import-linter": ["lint-imports"],
    "mypy": ["mypy"],
}
DATABASES = ("sqlite", "postgresql")
POSTGRES = ("127.0.0.1", 5432)
PROCESSES = os.environ.get("XINGLIN_TEST_PROCESSES", "2")


def run(name: str, command: list[str], environment: Mapping[str, str] | None = None) -> bool:
    """Run one step with its output shown. Returns whether it succeeded."""
    print(f"\n── {name}", flush=True)
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL)
    print(f"── {name}: {'ok' if done.returncode == 0 else 'FAILED'} ({time.monotonic() - began:.0f} s)", flush=True)
    return done.returncode == 0


def check_code() -> dict[str, bool]:
    steps = {name: run(name, [str(BIN / command[0]), *command[1:]]) for name, command in CODE.items()}
    with_settings = {"DJANGO_SETTINGS_MODULE": "xinglin.config.settings.test"}
    migrations = [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]
    return {**steps, "migrations": run("migrations", migrations, with_settings)}


def collect_static_files() -> bool:
    """Once, before several processes serve them at the same time."""
    program = (
        "import django; django.setup(); from xinglin.config import static_files; static_files.collect_if_changed()"
    )
    return run("static files", [sys.executable, "-c", program], {"DJANGO_SETTINGS_MODULE": "xinglin.config.settings"})


def run_tests(name: str, environment: Mapping[str, str]) -> bool:
    report = RESULTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    command = [str(BIN / "pytest"), "-q", "-n", PROCESSES, "--create-db", f"--junitxml={report}"]
    return run(f"tests on {name}", command, environment)


def postgres_answers() -> bool:
    try:
        with socket.create_connection(POSTGRES, timeout=3):
            return True
    except OSError:
        return False


def test_on_postgres() -> dict[str, bool]:
    """The suite on PostgreSQL, where a server answers; a CI machine that has one installed must have it running."""
    if postgres_answers():
        name = "xinglin_" + hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
        host, port = POSTGRES
        return {"postgresql": run_tests("postgresql", {"DATABASE_URL": f"postgres://postgres@{host}:{port}/{name}"})}
    where = f"{POSTGRES[0]}:{POSTGRES[1]}"
    installed = shutil.which("psql") or shutil.which("pg_ctlcluster")
    if os.environ.get("CI") and installed:
        print(f"\n── PostgreSQL is installed but does not answer on {where}: FAILED")
        return {"postgresql": False}
    print(f"\n── No PostgreSQL answers on {where}: the tests ran on SQLite only.")
    return {}


def count(report: Path) -> tuple[int, int]:
    """Passed and failed of one run. A run that died before its report counts as one failure."""
    if not report.exists():
        return 0, 1
    suite = ET.parse(report).getroot().find("testsuite")
    assert suite is not None
    total, failed, skipped = (int(suite.get(key, "0")) for key in ("tests", "failures", "skipped"))
    failed += int(suite.get("errors", "0"))
    return total - failed - skipped, failed


def main() -> int:
    RESULTS.mkdir(exist_ok=True)
    steps = check_code()
    if "--only-code" not in sys.argv:
        steps["static files"] = collect_static_files()
        steps["sqlite"] = run_tests("sqlite", {"DATABASE_URL": ""})
        steps |= test_on_postgres()
    print("\n── " + ", ".join(f"{name}: {'ok' if fine else 'FAILED'}" for name, fine in steps.items()))
    code = [fine for name, fine in steps.items() if name not in DATABASES]
    tested = [count(RESULTS / f"{name}.xml") for name in DATABASES if name in steps]
    passed = code.count(True) + sum(pair[0] for pair in tested)
    failed = code.count(False) + sum(pair[1] for pair in tested)
    print(f"{passed} passed, {failed} failed")
    return 0 if all(steps.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
