"""Settings read from the environment."""

import pytest

from xinglin.config import environment as env


def test_without_an_address_the_database_is_a_file_in_the_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("XINGLIN_DATA", str(tmp_path))
    database = env.database()
    assert database["NAME"] == str(tmp_path / "xinglin.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]


def test_an_sqlite_address_names_a_file(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:////srv/xinglin/here.sqlite3")
    assert env.database()["NAME"] == "/srv/xinglin/here.sqlite3"


def test_a_postgres_address_is_taken_apart(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://xing:l%40in@db.example:5433/main?sslmode=require")
    database = env.database()
    assert database["ENGINE"].endswith("postgresql")
    assert (database["USER"], database["PASSWORD"]) == ("xing", "l@in")
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", "5433", "main")
    assert database["OPTIONS"]["sslmode"] == "require"


def test_another_database_is_refused(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://root@127.0.0.1/xinglin")
    with pytest.raises(ValueError, match="mysql"):
        env.database()


@pytest.mark.parametrize(("text", "expected"), [("1", True), ("Yes", True), ("on", True), ("0", False), ("", False)])
def test_flags(monkeypatch, text, expected):
    monkeypatch.setenv("XINGLIN_TRIED", text)
    assert env.flag("XINGLIN_TRIED") is expected


def test_a_flag_that_is_not_set_has_its_default(monkeypatch):
    monkeypatch.delenv("XINGLIN_TRIED", raising=False)
    assert env.flag("XINGLIN_TRIED", default=True) is True


def test_words_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("XINGLIN_TRIED", " a.example ,, b.example ")
    assert env.words("XINGLIN_TRIED") == ["a.example", "b.example"]


@pytest.mark.req("Q-09")
def test_a_postgres_server_that_falls_silent_is_noticed(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://x@db.example/main?connect_timeout=2")
    options = env.database()["OPTIONS"]
    assert options["connect_timeout"] == "2", "what the address says counts"
    assert int(options["tcp_user_timeout"]) <= 30_000 and int(options["keepalives_idle"]) <= 60
    assert env.database()["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize(
    ("query", "timeout", "pragma"),
    [
        ("", 20, ""),
        ("?timeout=5", 5, ""),
        ("?max_page_count=9", 20, "max_page_count=9;"),
        ("?timeout=0.5&max_page_count=3", 0.5, "max_page_count=3;"),
    ],
)
def test_an_sqlite_address_may_say_how_long_to_wait_and_how_far_to_grow(monkeypatch, query, timeout, pragma):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:////srv/here.sqlite3{query}")
    database = env.database()
    assert (database["NAME"], database["OPTIONS"]["timeout"]) == ("/srv/here.sqlite3", timeout)
    assert database["OPTIONS"]["init_command"].endswith(f"temp_store=MEMORY;{'PRAGMA ' if pragma else ''}{pragma}")


def test_a_limit_that_is_no_number_is_refused(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:////srv/here.sqlite3?max_page_count=1;DROP")
    with pytest.raises(ValueError, match="invalid literal"):
        env.database()
