"""Each request leaves one line and one count; whatever is posted appears in none (Q-13, P-19)."""

from __future__ import annotations

import json
import logging

import pytest
from django.db import OperationalError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.accounts.tests.factories import make_staff, make_tree, sign_in
from xinglin.config import watching
from xinglin.kernel.logs import JsonLines

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-13")]


class Collected(logging.Handler):
    """Keeps every line as it would be written."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.text = []

    def emit(self, record):
        self.text.append(self.format(record))

    @property
    def requests(self):
        return [found for found in map(json.loads, self.text) if found["logger"] == "xinglin.request"]


@pytest.fixture
def lines():
    """Everything that any logger says, down to DEBUG."""
    handler, root = Collected(), logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in ("xinglin", "xinglin.request", "django", "django.request"))]
    levels = [logger.level for logger in loggers]
    filters, logging.getLogger("django.request").filters = logging.getLogger("django.request").filters, []
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    logging.getLogger("django.request").filters = filters
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
def staff():
    return make_staff("base_admin", make_tree().base)


def test_the_line_of_a_request(lines, staff):
    client = sign_in(Client(), staff)
    answer = client.get("/residents/intake/", {"name": "程知禾", "x": "110199199001011234"})
    (line,) = lines.requests
    assert line["route"] == "residents:intake" and line["method"] == "GET" and line["status"] == answer.status_code
    assert line["user"] == staff.pk and line["ms"] > 0
    assert line["request"] == answer["X-Request-Id"] and len(line["request"]) == 32
    assert set(line) == {"time", "level", "logger", "message", "request", "route", "method", "status", "ms", "user"}


def test_two_requests_have_two_numbers(client):
    assert client.get("/healthz")["X-Request-Id"] != client.get("/healthz")["X-Request-Id"]


def test_a_number_that_the_client_sends_is_not_taken(client):
    assert client.get("/healthz", headers={"X-Request-Id": "evil"})["X-Request-Id"] != "evil"


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/nowhere/程知禾", "unknown"),
        ("/static/nothing.js", "static"),
        ("/healthz", "healthz"),
        ("/sign-in/", "accounts:sign-in"),
    ],
)
def test_the_route_is_a_name_never_a_path(lines, client, path, route):
    client.get(path)
    assert [line["route"] for line in lines.requests] == [route]
    assert "程知禾" not in "".join(lines.text)


def test_static_files_leave_no_line(lines, client):
    assert client.get("/static/xinglin/img/logo.svg").status_code == 200
    assert not lines.requests


def test_odd_methods_are_one_word(lines, client):
    client.generic("程知禾", "/healthz")
    assert lines.requests[0]["method"] == "OTHER"


def test_trouble_before_the_view_is_named_with_its_route(lines, client, monkeypatch, staff):
    def gone(request):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("xinglin.accounts.sessions.grant_in_force", gone)
    client.raise_request_exception = False
    assert client.get("/residents/intake/").status_code == 503
    (line,) = lines.requests
    assert (line["route"], line["fault"], line["level"]) == ("residents:intake", "database_away", "WARNING")


def test_a_slow_request_is_louder(lines, client, monkeypatch):
    monkeypatch.setattr(watching, "SLOW_SECONDS", -1)
    client.get("/healthz")
    assert lines.requests[0]["level"] == "WARNING"


WORD = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs"], exclude_characters='\\"/'), min_size=6, max_size=30)


@pytest.mark.req("P-19")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=WORD,
    where=st.sampled_from(["/sign-in/", "/residents/intake/", "/accounts/nowhere", "/my/record/basic_info/"]),
)
def test_whatever_is_posted_appears_in_no_line(lines, typed, where):
    """Marked, so that it cannot be there by chance; posted as name, value, query, path, header, host and file name."""
    mark = f"秘{typed}密"
    client = Client(raise_request_exception=False)
    client.post(where, {"username": mark, "password": mark, mark: "x", "do": "filter", "id_number": mark})
    client.get(where, {"q": mark, "next": mark})
    client.get(f"/{mark}")
    client.get(where, headers={"HX-Current-URL": mark.encode().decode("latin-1"), "HX-Request": "true"})
    client.post(where, data=mark.encode(), content_type="application/json")
    assert mark not in "".join(lines.text) and mark.encode().decode("latin-1") not in "".join(lines.text)


@pytest.mark.req("P-19")
@pytest.mark.parametrize("error", [ValueError, KeyError, OperationalError, RuntimeError])
def test_an_error_that_quotes_a_person_is_logged_without_it(lines, staff, monkeypatch, error):
    def falls(*_, **__):
        raise error("程知禾 110199199001011234 19012345678")

    monkeypatch.setattr("xinglin.ui.frame.Frame.__init__", falls)
    client = sign_in(Client(raise_request_exception=False), staff)
    assert client.get("/residents/intake/").status_code in {500, 503}
    text = "".join(lines.text)
    assert error.__name__ in text and "程知禾" not in text and "1101991990" not in text and "190123" not in text
