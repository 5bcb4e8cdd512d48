"""`check --deploy` is clean under the documented settings, and says what is weak under others (Q-12, Q-13)."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings as django_settings

from xinglin.config import checks, environment
from xinglin.config.tests.authority import Authority
from xinglin.vault import masters

pytestmark = pytest.mark.req("Q-12", "Q-13")
ROOT = django_settings.BASE_DIR
SETUP = ROOT / "deploy/xinglin.env.example"
SECRETS = {
    "XINGLIN_SECRET_KEY": "uT4mVx8Lq2RzN7bK1cYp5WfH9gJsD3aEoC6iQvBkXwMtZrSy0n",
    "XINGLIN_KEYS": masters.generate(),
}


def documented(tmp_path):
    """The example of deploy/, with the files that it names, and its secrets as credentials."""
    lines = [line for line in SETUP.read_text().splitlines() if line and not line.startswith("#")]
    values = dict(line.split("=", 1) for line in lines)
    assert all(values.values()), "nothing is left to be filled in that a check would miss"
    certificate, key = Authority(tmp_path / "tls").issue("xinglin.internal")
    (tmp_path / "breached").write_text(f"{'0' * 39}A:1\n")
    for name, value in SECRETS.items():
        (tmp_path / name).write_text(value)
    return values | {
        "XINGLIN_DATA": str(tmp_path), "XINGLIN_TLS_CERT": certificate, "XINGLIN_TLS_KEY": key,
        "XINGLIN_BREACHED_PASSWORDS": str(tmp_path / "breached"), "CREDENTIALS_DIRECTORY": str(tmp_path),
    }  # fmt: skip


def check(values, *words):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XINGLIN_", "DATABASE_URL"))}
    environment = {**kept, "DJANGO_SETTINGS_MODULE": "xinglin.config.settings", "PYTHONPATH": str(ROOT), **values}
    command = [sys.executable, "-m", "xinglin.config.cli", "check", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_the_documented_settings_are_clean(tmp_path):
    done = check(documented(tmp_path), "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_what_the_example_does_not_set_is_told(tmp_path):
    """Each line of the strict profile that is taken out of the example comes back as its warning."""
    expected = {
        "XINGLIN_CLAMD": "W030", "XINGLIN_BREACHED_PASSWORDS": "W032", "XINGLIN_INITIAL_PASSWORDS": "W033",
        "XINGLIN_TLS_CERT XINGLIN_TLS_KEY": "W034", "XINGLIN_LOG_SINK": "W040",
    }  # fmt: skip
    values = documented(tmp_path)
    for names in expected:
        for name in names.split():
            del values[name]
    done = check(values, "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 1
    assert re.findall(r"xinglin\.(W\d+)", done.stderr) == list(expected.values())
    accepted = ",".join([values["XINGLIN_ACCEPTED_WARNINGS"], *(f"xinglin.{number}" for number in expected.values())])
    assert (
        check(values | {"XINGLIN_ACCEPTED_WARNINGS": accepted}, "--deploy", "--fail-level", "WARNING").returncode == 0
    )


def test_an_error_cannot_be_accepted(tmp_path):
    values = documented(tmp_path) | {"XINGLIN_DEMO": "1", "XINGLIN_ACCEPTED_WARNINGS": "xinglin.E004"}
    done = check(values, "--deploy")
    assert done.returncode == 1 and "xinglin.E004" in done.stderr


def test_a_bare_production_is_told_what_it_lacks(tmp_path):
    values = {"XINGLIN_PRODUCTION": "1", "XINGLIN_DATA": str(tmp_path), "XINGLIN_FIXED_CAPTCHA": "1"}
    done = check(values, "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 1
    found = set(re.findall(r"(?:xinglin\.[EW]\d+|security\.W\d+)", done.stderr))
    assert {"xinglin.E001", "xinglin.E002", "xinglin.E006", "xinglin.W001", "xinglin.W007"} <= found


def test_every_setting_of_the_example_is_in_the_table():
    named = set(re.findall(r"^(?:#   )?([A-Z_]+)(?:=|   )", SETUP.read_text(), re.M))
    assert set(SECRETS) <= named
    table = (ROOT / "docs/settings.md").read_text()
    assert named and not [name for name in named if f"| `{name}` |" not in table]


SOUND = {
    "PRODUCTION": True,
    "XINGLIN_TRUSTED_PROXIES": ["127.0.0.1"],
    "XINGLIN_METRICS_NETWORKS": ["127.0.0.1"],
    "XINGLIN_METRICS_TOKEN": "",
    "ALLOWED_HOSTS": ["train.example.cn"],
    "LOG": "json",
}


@pytest.fixture
def advice(settings, tmp_path):
    def with_changes(**changes):
        settings.DATA_DIR = tmp_path
        for name, value in (SOUND | changes).items():
            setattr(settings, name, value)
        return [warning.id for warning in checks.production_is_sound()]

    return with_changes


def test_sound_settings_get_no_advice(advice):
    assert advice() == []


def test_a_trial_gets_none_either(advice):
    assert advice(PRODUCTION=False, XINGLIN_TRUSTED_PROXIES=[], LOG="text") == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"XINGLIN_TRUSTED_PROXIES": []}, "xinglin.W001"),
        ({"XINGLIN_TRUSTED_PROXIES": ["0.0.0.0/0"]}, "xinglin.W002"),
        ({"XINGLIN_METRICS_TOKEN": "short"}, "xinglin.W005"),
        ({"XINGLIN_METRICS_NETWORKS": ["::/0"]}, "xinglin.W006"),
        ({"ALLOWED_HOSTS": ["127.0.0.1", "localhost"]}, "xinglin.W007"),
        ({"LOG": "text"}, "xinglin.W008"),
    ],
)
def test_each_weakness_is_named(advice, change, expected):
    assert advice(**change) == [expected]


def test_a_data_folder_inside_the_program_is_named(advice, settings):
    advice()
    settings.DATA_DIR = settings.BASE_DIR / "data"
    assert [warning.id for warning in checks.production_is_sound()] == ["xinglin.W003"]


@pytest.mark.parametrize(
    ("host", "mode", "crosses"),
    [
        ("db.example", "", True),
        ("db.example", "prefer", True),
        ("db.example", "disable", True),
        ("db.example", "require", False),
        ("db.example", "verify-full", False),
        ("127.0.0.1", "", False),
        ("/var/run/postgresql", "", False),
        ("", "", False),
    ],
)
def test_a_connection_over_the_network_must_be_encrypted(host, mode, crosses):
    options = {"sslmode": mode} if mode else {}
    assert checks._crosses_a_network({"HOST": host, "OPTIONS": options}) is crosses


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("postgres://x@db.example/main", ["xinglin.W004"]),
        ("postgres://x@db.example/main?sslmode=require", ["xinglin.W009"]),
        ("postgres://x@db.example/main?sslmode=verify-ca&sslrootcert=/etc/ca.pem", ["xinglin.W009"]),
        ("postgres://x@db.example/main?sslmode=verify-full&sslrootcert=/etc/ca.pem", []),
        ("postgres:///main?host=db.example", ["xinglin.W004"]),
        ("postgres:///main?host=/run/postgresql", []),
        ("postgres:///main?host=/run/postgresql,db.example", ["xinglin.W004"]),
        ("postgres://x@127.0.0.1/main", []),
        ("", []),
    ],
)
def test_a_database_server_elsewhere_must_be_verified(advice, monkeypatch, settings, address, expected):
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setitem(settings.DATABASES, "default", environment.database())
    assert advice() == expected


@pytest.mark.parametrize("name", ["XINGLIN_TRUSTED_PROXIES", "XINGLIN_METRICS_NETWORKS"])
def test_a_network_that_is_none_stops_the_start(settings, name):
    setattr(settings, name, ["proxy.example"])
    (error,) = checks.networks_can_be_read()
    assert error.id == "xinglin.E008" and name in error.msg


def test_every_hint_is_in_both_languages(settings):
    for _, _, message, hint in checks._advice():
        assert message.isascii() and not hint.isascii() and re.search(r"[A-Z][a-z]+ [A-Za-z]", hint)
