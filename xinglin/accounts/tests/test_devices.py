"""The browser's lasting number and its words for people (P-08)."""

from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse

from xinglin.accounts import devices
from xinglin.kernel import clock

pytestmark = pytest.mark.req("P-08")
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15"


def with_cookie(rf, value):
    request = rf.get("/")
    request.COOKIES[devices.COOKIE] = value
    return request


def numbered(rf):
    response = HttpResponse()
    number = devices.keep_device(rf.get("/"), response)
    return number, response.cookies[devices.COOKIE]


def test_a_number_comes_back_as_it_went(rf):
    number, cookie = numbered(rf)
    assert len(number) >= 20
    assert devices.device_of(with_cookie(rf, cookie.value)) == number
    again = HttpResponse()
    assert devices.keep_device(with_cookie(rf, cookie.value), again) == number


def test_two_browsers_have_two_numbers(rf):
    assert numbered(rf)[0] != numbered(rf)[0]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(rf, settings):
    settings.SESSION_COOKIE_SECURE = True
    cookie = numbered(rf)[1]
    assert cookie["httponly"] and cookie["secure"]
    assert cookie["samesite"] == "Lax"
    assert int(cookie["max-age"]) == devices.KEPT.total_seconds()


@pytest.mark.parametrize("value", ["", "x", "abc:def:ghi", "7" * 500])
def test_a_forged_number_is_none(rf, value):
    assert devices.device_of(with_cookie(rf, value)) == ""


def test_an_altered_number_is_none(rf):
    value = numbered(rf)[1].value
    assert devices.device_of(with_cookie(rf, "A" + value[1:])) == ""


def test_after_half_a_year_the_browser_is_a_stranger(rf):
    value = numbered(rf)[1].value
    with time_machine.travel(clock.now() + timedelta(days=181)):
        assert devices.device_of(with_cookie(rf, value)) == ""


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (WINDOWS, "Chrome · Windows"),
        (WINDOWS + " Edg/120.0", "Edge · Windows"),
        (WINDOWS + " EdgA/120.0", "Edge · Windows"),
        (WINDOWS + " QIHU 360SE", "360 浏览器 · Windows"),
        (PHONE + " Version/17.0 Mobile Safari/604.1", "Safari · iPhone"),
        (PHONE + " MicroMessenger/8.0", "微信 · iPhone"),
        ("Mozilla/5.0 (Linux; Android 14; HarmonyOS) Chrome/114.0 Mobile", "Chrome · 鸿蒙"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko Firefox/120.0", "Firefox · Linux"),
        ("", "浏览器"),
        ("curl/8", "浏览器"),
        ("x" * 10_000 + " Chrome Windows", "浏览器"),
    ],
)
def test_people_recognise_their_devices(agent, label):
    assert devices.label(agent) == label
    assert len(label) <= 60
