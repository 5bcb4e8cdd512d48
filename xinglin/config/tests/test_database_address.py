"""The database knows us by the account of the system or by a certificate: no password in DATABASE_URL (Q-12)."""

from __future__ import annotations

import socket
import ssl

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from xinglin.config import environment
from xinglin.config.checks import _is_local
from xinglin.config.tests.authority import Authority
from xinglin.config.tests.cluster import PROGRAMS, Cluster, cluster

pytestmark = pytest.mark.req("Q-12")


def connection_of(url: str, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", url)
    return ConnectionHandler({"default": environment.database()})["default"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres:///xinglin?host=/run/postgresql", {"dbname": "xinglin", "host": "/run/postgresql"}),
        ("postgres:///xinglin", {"dbname": "xinglin"}),
        ("postgres://xl@/xinglin?host=/run/postgresql&port=5433", {"user": "xl", "host": "/run/postgresql", "port": "5433"}),
        (
            "postgres://xl@db.example/xinglin?sslmode=verify-full&sslrootcert=/etc/ca.pem&sslcert=/etc/xl.pem&sslkey=/etc/xl.key",
            {"user": "xl", "host": "db.example", "sslmode": "verify-full", "sslrootcert": "/etc/ca.pem",
             "sslcert": "/etc/xl.pem", "sslkey": "/etc/xl.key"},
        ),
        ("postgres://xl@a.example/xinglin?channel_binding=require&target_session_attrs=read-write",
         {"channel_binding": "require", "target_session_attrs": "read-write"}),
    ],
)  # fmt: skip
def test_every_option_of_the_address_reaches_libpq(monkeypatch, url, expected):
    given = connection_of(url, monkeypatch).get_connection_params()
    known = {
        name: value for name, value in given.items() if name not in {"cursor_factory", "context", "prepare_threshold"}
    }
    told = conninfo_to_dict(make_conninfo(**known))
    assert {name: told.get(name) for name in expected} == expected
    assert "password" not in told and (told.get("host") is None) == ("host" not in expected and "@a." not in url)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("postgres:///xinglin?host=/run/postgresql", True),
        ("postgres:///xinglin", True),
        ("postgres://xl@localhost/xinglin", True),
        ("postgres://xl@db.example/xinglin", False),
        ("postgres:///xinglin?host=db.example", False),
    ],
)
def test_a_socket_is_of_this_machine(monkeypatch, url, local):
    monkeypatch.setenv("DATABASE_URL", url)
    assert _is_local(environment.database()) is local


@pytest.fixture(scope="module")
def server():
    if not PROGRAMS:
        pytest.skip("no PostgreSQL server is installed here")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with cluster(port) as one:
        yield one


@pytest.fixture
def ask(monkeypatch, django_db_blocker):
    """Who we are there and whether by TLS."""

    def ask(url: str):
        connection = connection_of(url, monkeypatch)
        with django_db_blocker.unblock():
            try:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT current_user, (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()),"
                        " (SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid())"
                    )
                    return cursor.fetchone()
            finally:
                connection.close()

    return ask


def with_certificate(server: Cluster, authority: Authority, name: str, *, believed: str = "") -> str:
    certificate, key = authority.issue(name)
    return (
        f"postgres://xinglin@localhost:{server.port}/xinglin?sslmode=verify-full"
        f"&sslrootcert={believed or server.authority.root}&sslcert={certificate}&sslkey={key}"
    )


def test_the_socket_knows_us_by_our_account(server, ask):
    user, tls, _ = ask(f"postgres://xinglin@/xinglin?host={server.folder}&port={server.port}")
    assert (user, tls) == ("xinglin", False)


def test_a_certificate_is_enough_over_the_network(server, ask):
    user, tls, name = ask(with_certificate(server, server.authority, "client-of-xinglin"))
    assert (user, tls, name) == ("xinglin", True, "/CN=client-of-xinglin")


@pytest.mark.parametrize(
    "why", ["a password", "in the clear", "of another authority", "of another name", "a server that we do not know"]
)
def test_nobody_else_is_let_in(server, ask, tmp_path, why):
    stranger, known = Authority(tmp_path, "stranger"), server.authority
    guess = f"postgres://xinglin:guess@localhost:{server.port}/xinglin"
    url = {
        "a password": f"{guess}?sslmode=require",
        "in the clear": f"{guess}?sslmode=disable",
        "of another authority": with_certificate(server, stranger, "client-of-xinglin"),
        "of another name": with_certificate(server, known, "somebody"),
        "a server that we do not know": with_certificate(server, known, "client-of-xinglin", believed=stranger.root),
    }[why]
    with pytest.raises(OperationalError):
        ask(url)


def test_the_authority_of_tests_verifies_what_it_signed(tmp_path):
    authority = Authority(tmp_path)
    context = ssl.create_default_context(cafile=authority.root)
    assert context.get_ca_certs()[0]["subject"] == ((("commonName", "authority"),),)
