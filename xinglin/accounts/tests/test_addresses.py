"""The caller's address behind trusted proxies, and no other way (P-08, Q-12)."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.accounts.addresses import address_of, masked, network_of
from xinglin.accounts.checks import proxies_are_networks

pytestmark = pytest.mark.req("P-08", "Q-12")
PROXIES = ["10.0.0.0/8", "127.0.0.1", "fd00::/8"]


def ask(rf, peer, forwarded=None):
    headers = {"REMOTE_ADDR": peer}
    if forwarded is not None:
        headers["HTTP_X_FORWARDED_FOR"] = forwarded
    return address_of(rf.get("/", **headers))


@pytest.mark.parametrize("forwarded", [None, "", "9.9.9.9", "9.9.9.9, 8.8.8.8", "127.0.0.1", "x" * 5000])
def test_without_trusted_proxies_the_header_is_worth_nothing(rf, forwarded):
    assert ask(rf, "203.0.113.7", forwarded) == "203.0.113.7"


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.7", "9.9.9.9", "203.0.113.7"),  # not one of our proxies: it may write what it likes
        ("10.1.1.1", "203.0.113.7", "203.0.113.7"),
        ("10.1.1.1", "9.9.9.9, 203.0.113.7", "203.0.113.7"),  # the left part came from the caller
        ("10.1.1.1", "9.9.9.9,203.0.113.7,10.2.2.2", "203.0.113.7"),
        ("10.1.1.1", "10.9.9.9, 203.0.113.7", "203.0.113.7"),  # a forged inner address does not hide the outer one
        ("10.1.1.1", "10.3.3.3, 10.2.2.2", "10.3.3.3"),  # somebody inside
        ("10.1.1.1", None, "10.1.1.1"),
        ("10.1.1.1", "", "10.1.1.1"),
        ("10.1.1.1", "garbage", "10.1.1.1"),
        ("10.1.1.1", "203.0.113.7, garbage, 10.2.2.2", "10.2.2.2"),  # behind garbage nothing is believed
        ("127.0.0.1", "203.0.113.7:51234", "203.0.113.7"),
        ("127.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
        ("fd00::1", "2001:DB8:0::7", "2001:db8::7"),
        ("::ffff:10.1.1.1", "203.0.113.7", "203.0.113.7"),
        ("", "203.0.113.7", ""),
        ("unix:/run/web.sock", "203.0.113.7", "unix:/run/web.sock"),
    ],
)
def test_the_first_from_the_right_that_is_no_proxy(rf, settings, peer, forwarded, expected):
    settings.XINGLIN_TRUSTED_PROXIES = PROXIES
    assert ask(rf, peer, forwarded) == expected


@given(st.text(string.printable, max_size=80))
def test_no_header_moves_the_address_of_a_caller_without_proxy(forged):
    from django.test import RequestFactory

    assert ask(RequestFactory(), "203.0.113.7", forged) == "203.0.113.7"


@given(forged=st.lists(st.ip_addresses().map(str), max_size=6))
def test_whatever_the_caller_sends_first_the_proxy_has_the_last_word(forged):
    from django.test import RequestFactory, override_settings

    with override_settings(XINGLIN_TRUSTED_PROXIES=PROXIES):
        header = ", ".join([*forged, "203.0.113.7"])
        assert ask(RequestFactory(), "10.1.1.1", header) == "203.0.113.7"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_what_counts_as_one_caller(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("address", "shown"),
    [("10.20.30.40", "10.20.*.*"), ("2001:db8::7", "2001:db8:*"), ("", ""), ("unix:", "")],
)
def test_an_address_is_shown_in_part(address, shown):
    assert masked(address) == shown


@pytest.mark.parametrize(
    ("words", "number"),
    [(PROXIES, 0), ([], 0), (["10.0.0.0/8", "proxy.example"], 1), (["0.0.0.0/0"], 1), (["::/0", "x"], 2)],
)
def test_a_wrong_setting_is_told_at_start(settings, words, number):
    settings.XINGLIN_TRUSTED_PROXIES = words
    assert [error.id for error in proxies_are_networks()] == ["xinglin.E021"] * number
