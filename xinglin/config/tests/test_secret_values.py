"""Secrets come from the environment, files, systemd's credentials or a vault, and are told to nobody (Q-12)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from xinglin.config import environment, secret_values
from xinglin.config.secret_values import NAMES, Source, found, secret

pytestmark = pytest.mark.req("Q-12")
VALUE = "s3cret, with = and : and 杏"
VAULT = """\
#!/bin/sh
echo "asked for $1" >>"{log}"
echo "token of the vault: t0ken" >&2
case "$1" in XINGLIN_NONE) exit 0;; XINGLIN_BROKEN) exit 3;; XINGLIN_SLOW) sleep 30;; esac
printf '%s\\n' "{value}"
"""


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch):
    for name in [*NAMES, *(f"{name}_FILE" for name in NAMES), "CREDENTIALS_DIRECTORY", "XINGLIN_SECRETS_COMMAND"]:
        monkeypatch.delenv(name, raising=False)
    secret_values._asked.cache_clear()


@pytest.fixture
def vault(tmp_path, monkeypatch) -> Path:
    """A program that prints secrets; the file of what it was asked for."""
    log, program = tmp_path / "asked", tmp_path / "my vault"
    program.write_text(VAULT.format(log=log, value=VALUE))
    program.chmod(0o700)
    monkeypatch.setenv("XINGLIN_SECRETS_COMMAND", f"'{program}'")
    return log


def put(source: Source, name: str, folder: Path, monkeypatch, value: str = VALUE) -> None:
    if source is Source.ENVIRONMENT:
        monkeypatch.setenv(name, value)
    elif source is Source.FILE:
        (folder / "file").write_text(f"{value}\n")
        monkeypatch.setenv(f"{name}_FILE", str(folder / "file"))
    elif source is Source.CREDENTIAL:
        (folder / name).write_text(value)
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("source", [Source.ENVIRONMENT, Source.FILE, Source.CREDENTIAL, Source.COMMAND])
def test_each_secret_can_come_from_each_source(tmp_path, monkeypatch, request, name, source):
    if source is Source.COMMAND:
        request.getfixturevalue("vault")
    put(source, name, tmp_path, monkeypatch)
    assert (secret(name), found(name).source) == (VALUE, source)
    assert VALUE not in repr(found(name))


def test_without_any_source_there_is_none():
    assert found("XINGLIN_KEYS").source is Source.NOWHERE and secret("XINGLIN_KEYS") == ""


def test_the_first_source_that_has_a_value_counts(tmp_path, monkeypatch, vault):
    name, order = "XINGLIN_KEYS", [Source.CREDENTIAL, Source.FILE, Source.ENVIRONMENT]
    assert secret(name) == VALUE
    for source in order:
        put(source, name, tmp_path, monkeypatch, value=source.value)
        assert secret(name) == source.value
    monkeypatch.setenv(name, "")
    assert secret(name) == Source.FILE.value, "a variable without a value is none"


def test_the_vault_is_asked_once_a_name(vault):
    for _ in range(5):
        secret("XINGLIN_KEYS")
    secret("DATABASE_URL")
    assert vault.read_text().splitlines() == ["asked for XINGLIN_KEYS", "asked for DATABASE_URL"]


def test_a_name_is_one_argument_and_no_shell_reads_it(vault, tmp_path):
    secret(f"X; touch {tmp_path}/harm")
    assert not (tmp_path / "harm").exists()
    assert vault.read_text() == f"asked for X; touch {tmp_path}/harm\n"


def test_a_vault_may_have_none(vault):
    vault.parent.joinpath("my vault").write_text("#!/bin/sh\nexit 0\n")
    assert found("XINGLIN_SMS_SECRET").source is Source.NOWHERE


@pytest.mark.parametrize("trouble", ["code", "slow", "gone", "quotes"])
def test_a_vault_in_trouble_stops_the_start_and_nothing_of_it_is_told(vault, monkeypatch, capfd, trouble):
    monkeypatch.setattr(secret_values, "SECONDS", 0.3)
    name = {"code": "XINGLIN_BROKEN", "slow": "XINGLIN_SLOW"}.get(trouble, "XINGLIN_KEYS")
    if trouble in {"gone", "quotes"}:
        monkeypatch.setenv("XINGLIN_SECRETS_COMMAND", "/nowhere/vault" if trouble == "gone" else "'/unfinished")
    began = time.monotonic()
    with pytest.raises(ValueError, match=f"{name}: XINGLIN_SECRETS_COMMAND") as caught:
        secret(name)
    assert time.monotonic() - began < 5
    told = str(caught.value) + "".join(capfd.readouterr())
    assert "t0ken" not in told and VALUE not in told


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"x" * 70_000])
def test_a_file_that_cannot_be_read_stops_the_start(tmp_path, monkeypatch, content):
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("XINGLIN_KEYS_FILE", str(path))
    with pytest.raises(ValueError, match="XINGLIN_KEYS") as caught:
        secret("XINGLIN_KEYS")
    assert "x" * 100 not in str(caught.value)


def test_an_address_of_the_database_may_be_a_credential(tmp_path, monkeypatch):
    put(Source.CREDENTIAL, "DATABASE_URL", tmp_path, monkeypatch, "postgres://xl:p%40ss@db.example/main")
    assert environment.database()["PASSWORD"] == "p@ss"


def test_the_product_starts_on_credentials_alone(tmp_path):
    """In a process of its own, as a unit starts it: every setting arrives, nothing is in the environment."""
    for name in NAMES:
        value = f"sqlite:///{tmp_path}/db" if name == "DATABASE_URL" else f"value of {name}"
        (tmp_path / name).write_text("smtp://127.0.0.1?from=a@b.cn" if name == "XINGLIN_MAIL_URL" else value)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XINGLIN_", "DATABASE_URL"))}
    script = (
        "from django.conf import settings as s; print([s.XINGLIN_KEYS, s.SECRET_KEY, s.DATABASES['default']['NAME'],"
        " s.DEFAULT_FROM_EMAIL, s.XINGLIN_SMS_SECRET, s.XINGLIN_METRICS_TOKEN, s.XINGLIN_BACKUP_PASSPHRASE])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=settings.BASE_DIR,
        env={**kept, "CREDENTIALS_DIRECTORY": str(tmp_path), "DJANGO_SETTINGS_MODULE": "xinglin.config.settings",
             "PYTHONPATH": str(settings.BASE_DIR)},
    )  # fmt: skip
    assert done.stdout.strip() == str([
        "value of XINGLIN_KEYS", "value of XINGLIN_SECRET_KEY", f"{tmp_path}/db", "a@b.cn", "value of XINGLIN_SMS_SECRET",
        "value of XINGLIN_METRICS_TOKEN", "value of XINGLIN_BACKUP_PASSPHRASE",
    ])  # fmt: skip
