"""What proxies say counts only from proxies of ours (Q-12)."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver

from xinglin.config import health
from xinglin.config.proxies import SAID_BY_PROXIES, UNNAMED, ProxyMiddleware, networks, within

pytestmark = pytest.mark.req("Q-12")


@pytest.mark.parametrize(
    ("address", "words", "inside"),
    [
        ("10.1.2.3", ["10.0.0.0/8"], True),
        ("10.1.2.3", ["10.1.2.3"], True),
        ("10.1.2.3", ["10.1.2.4", "192.168.0.0/16"], False),
        (" 10.1.2.3 ", ["10.1.2.3"], True),
        ("::ffff:10.1.2.3", ["10.0.0.0/8"], True),
        ("2001:db8::5", ["2001:db8::/32"], True),
        ("2001:db8::5", ["10.0.0.0/8"], False),
        ("10.1.2.3", [], False),
        ("", ["0.0.0.0/0"], False),
        ("example", ["0.0.0.0/0"], False),
        ("10.1.2.3", ["10.9.9.9/8"], True),  # host bits of a network may be set
    ],
)
def test_within(address, words, inside):
    assert within(address, words) is inside


def test_a_word_that_is_no_network_is_an_error():
    with pytest.raises(ValueError, match="proxy"):
        networks(("proxy.example",))


@pytest.fixture
def passed():
    """What the next middleware sees of a request."""

    def send(peer, **headers):
        seen = {}

        def answer(request):
            seen.update(request.META)
            seen["secure"] = request.is_secure()
            return HttpResponse()

        ProxyMiddleware(answer)(RequestFactory().get("/", REMOTE_ADDR=peer, **headers))
        return seen

    return send


def test_a_named_proxy_is_believed(settings, passed):
    settings.XINGLIN_TRUSTED_PROXIES = ["10.0.0.5"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    seen = passed("10.0.0.5", HTTP_X_FORWARDED_FOR="203.0.113.9", HTTP_X_FORWARDED_PROTO="https")
    assert seen["HTTP_X_FORWARDED_FOR"] == "203.0.113.9" and seen["secure"] and not seen.get(UNNAMED)


@pytest.mark.parametrize("header", SAID_BY_PROXIES)
def test_others_are_not_and_it_is_remembered(settings, passed, header):
    settings.XINGLIN_TRUSTED_PROXIES = ["10.0.0.5"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    seen = passed("203.0.113.9", **{header: "https"})
    assert header not in seen and seen[UNNAMED] is True and not seen["secure"]


def test_without_such_words_there_is_no_proxy(settings, passed):
    settings.XINGLIN_TRUSTED_PROXIES = []
    assert passed("203.0.113.9")[UNNAMED] is False


def test_without_named_proxies_nobody_makes_a_request_secure(settings, passed):
    settings.XINGLIN_TRUSTED_PROXIES = []
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert not passed("127.0.0.1", HTTP_X_FORWARDED_PROTO="https")["secure"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 301), ("/sign-in/", 301), ("/imports/x/", 301), ("/files/x/", 301),
        ("/healthz", 200), ("/readyz", 200), ("/metrics", 200),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_pages_lead_to_https_and_addresses_for_machines_do_not(client, settings, path, status):
    settings.SECURE_SSL_REDIRECT, settings.XINGLIN_METRICS_NETWORKS = True, ["127.0.0.1"]
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers.get("Location", "https://testserver" + path) == "https://testserver" + path


def test_every_address_outside_the_house_of_pages_is_for_machines(settings):
    """What is exempt from the redirect is exactly what `health` answers."""
    views = [entry for entry in get_resolver().url_patterns if getattr(entry, "callback", None) is not None]
    machines = {view.pattern._route for view in views if view.callback.__module__ == health.__name__}
    assert {pattern.strip("^$") for pattern in settings.SECURE_REDIRECT_EXEMPT} == machines
