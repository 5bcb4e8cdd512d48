"""Addresses for machines: alive, ready, figures; who may see them (Q-13)."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError, connection
from django.test import Client

from xinglin.config import health, metrics
from xinglin.kernel import measures

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-13")]
PROXY, MONITOR, STRANGER = "10.0.0.5", "10.9.0.7", "203.0.113.9"
TOKEN = "t" * 40


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)
    monkeypatch.setattr(health, "_looked_at", float("-inf"))


@pytest.fixture
def gone(monkeypatch):
    """The database does not answer."""

    def refuse(*_, **__):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(connection, "cursor", refuse)


def test_alive_asks_nobody(client, gone):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"] and not answer.cookies


def test_ready_when_all_is_there(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "ok", "migrations": "ok", "storage": "ok"}


def test_not_ready_without_the_database(client, gone):
    answer = client.get("/readyz")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["database"] == "database_away" and answer.json()["migrations"] == "unknown"


def test_not_ready_before_the_tables_are_those_of_this_version(client, monkeypatch):
    monkeypatch.setattr(health, "pending_migrations", lambda: ["people.0009_more"])
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "pending")
    assert "people" not in answer.text, "no detail for strangers"


def test_applied_migrations_are_not_looked_for_again(client, monkeypatch):
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(health, "pending_migrations", lambda: pytest.fail("asked again"))
    assert client.get("/readyz").status_code == 200


def test_missing_migrations_are_looked_for_every_few_seconds(client, monkeypatch):
    asked = []
    monkeypatch.setattr(health, "pending_migrations", lambda: asked.append(1) or ["x.1"])
    for _ in range(5):
        client.get("/readyz")
    assert asked == [1]
    monkeypatch.setattr(health, "_looked_at", float("-inf"))
    client.get("/readyz")
    assert asked == [1, 1]


def test_not_ready_without_a_place_for_files(client, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["storage"]) == (503, "not writable")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_only_reading(client, path):
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200


def test_a_mistake_of_ours_is_not_taken_for_trouble(monkeypatch):
    def broken(*_, **__):
        raise TypeError("mistake")

    monkeypatch.setattr(connection, "cursor", broken)
    with pytest.raises(TypeError):
        health.database_fault()


@pytest.mark.req("Q-12")
@pytest.mark.parametrize(
    ("address", "headers", "networks", "proxies", "token", "status"),
    [
        ("127.0.0.1", {}, "127.0.0.1", "", "", 200),
        ("::1", {}, "127.0.0.1,::1", "", "", 200),
        ("::ffff:127.0.0.1", {}, "127.0.0.1", "", "", 200),
        (STRANGER, {}, "127.0.0.1", "", "", 403),
        (MONITOR, {}, "127.0.0.1", "", "", 403),
        (MONITOR, {}, "10.9.0.0/16", "", "", 200),
        ("127.0.0.1", {"X-Forwarded-For": STRANGER}, "127.0.0.1", "", "", 403),  # some proxy of this machine
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1", "", "", 403),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, "127.0.0.1", "", "", 403),
        ("127.0.0.1", {"Via": "1.1 x"}, "127.0.0.1", "", "", 403),
        (PROXY, {"X-Forwarded-For": STRANGER}, "127.0.0.1,10.0.0.5", PROXY, "", 403),
        (PROXY, {"X-Forwarded-For": f"{MONITOR}, {STRANGER}"}, "10.9.0.0/16", PROXY, "", 403),
        (PROXY, {"X-Forwarded-For": MONITOR}, "10.9.0.0/16", PROXY, "", 200),
        (STRANGER, {"Authorization": f"Bearer {TOKEN}"}, "127.0.0.1", "", TOKEN, 200),
        (STRANGER, {"Authorization": f"bearer {TOKEN} "}, "127.0.0.1", "", TOKEN, 200),
        (STRANGER, {"Authorization": f"Bearer {TOKEN}x"}, "127.0.0.1", "", TOKEN, 403),
        (STRANGER, {"Authorization": f"Basic {TOKEN}"}, "127.0.0.1", "", TOKEN, 403),
        (STRANGER, {"Authorization": "Bearer "}, "127.0.0.1", "", "", 403),
        (STRANGER, {"Authorization": "Bearer 密"}, "127.0.0.1", "", TOKEN, 403),
        ("", {}, "127.0.0.1", "", "", 403),
        ("not an address", {}, "0.0.0.0/0", "", "", 403),
    ],
)
def test_who_sees_the_figures(settings, address, headers, networks, proxies, token, status):
    settings.XINGLIN_METRICS_NETWORKS = networks.split(",")
    settings.XINGLIN_TRUSTED_PROXIES = [proxies] if proxies else []
    settings.XINGLIN_METRICS_TOKEN = token
    client = Client(headers={name: value.encode().decode("latin-1") for name, value in headers.items()})
    answer = client.get("/metrics", REMOTE_ADDR=address)
    assert answer.status_code == status
    assert ("xinglin_" in answer.text) == (status == 200)


def test_figures_while_the_database_is_gone(client, gone):
    answer = client.get("/metrics")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "xinglin_database_up 0.0" in answer.text and "xinglin_requests_total" in answer.text


def test_a_measure_that_is_wrong_is_not_hidden():
    def wrong():
        raise TypeError

    with pytest.raises(TypeError):
        list(metrics.asked([measures.Measure("x", "x", (), wrong)]))


def test_the_figures_hold_no_personal_data(client):
    """Label values are states, kinds and route names: ASCII words, no digits in a row."""
    text = client.get("/metrics").text
    values = [
        value for row in text.splitlines() if "{" in row for value in row.split("{")[1].split("}")[0].split('"')[1::2]
    ]
    assert values and all(value.isascii() and not any(map(str.isspace, value)) for value in values)
    assert json.dumps(values)
