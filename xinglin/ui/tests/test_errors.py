"""Errors as Chinese pages or notes; the content security policy on every answer (P-21, mock 14)."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from xinglin.kernel.errors import NotAllowed, Stale, WindowClosed

pytestmark = pytest.mark.django_db

RAISED: dict[str, Exception] = {
    "403": NotAllowed("当前身份“住院医师”不能做这件事。"),
    "422": WindowClosed("填报已于 2026-10-31 24:00 结束。"),
    "409": Stale("张敏之刚刚保存了这条记录。"),
    "503": OperationalError("server closed the connection"),
    "404": Http404(),
    "500": ZeroDivisionError("secret detail"),
}


def boom(request: HttpRequest, kind: str) -> HttpResponse:
    raise RAISED[kind]


def fine(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("boom/<str:kind>", boom), path("fine", fine)]
handler400 = "xinglin.ui.errors.bad_request"
handler403 = "xinglin.ui.errors.forbidden"
handler404 = "xinglin.ui.errors.not_found"
handler500 = "xinglin.ui.errors.server_error"

SAID = {
    "403": "当前身份“住院医师”不能做这件事。",
    "422": "填报已于 2026-10-31 24:00 结束。",
    "409": "张敏之刚刚保存了这条记录。",
    "503": "系统暂时不能用，正在恢复",
    "404": "没有找到",
    "500": "系统出错了，这一步没有做成",
}


@pytest.fixture
def browser() -> Client:
    with override_settings(
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[
            "xinglin.ui.middleware.ContentSecurityPolicyMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "xinglin.ui.middleware.OnceMiddleware",
            "xinglin.ui.middleware.DomainErrorMiddleware",
        ],
    ):
        client = Client(raise_request_exception=False)
        yield client


@pytest.mark.parametrize("kind", SAID)
def test_page_says_what_happened(browser: Client, kind: str) -> None:
    answer = browser.get(f"/boom/{kind}")
    page = answer.content.decode()
    assert answer.status_code == int(kind)
    assert SAID[kind] in page
    assert '<html lang="zh-CN"' in page
    assert "secret detail" not in page


@pytest.mark.parametrize("kind", SAID)
def test_htmx_gets_a_note_for_the_live_region(browser: Client, kind: str) -> None:
    answer = browser.get(f"/boom/{kind}", headers={"HX-Request": "true"})
    assert answer.status_code == int(kind)
    assert answer["HX-Retarget"] == "#xl-alerts"
    assert "xl-note" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_lost_database_retries_by_itself(browser: Client) -> None:
    answer = browser.get("/boom/503")
    assert answer["Refresh"] == answer["Retry-After"] and answer["Cache-Control"] == "no-store"
    assert 8 <= int(answer["Retry-After"]) <= 15


def test_lost_database_asks_nothing_of_it(browser: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        browser.get("/boom/503")


@pytest.mark.parametrize("where", ["/fine", "/boom/404", "/boom/503", "/boom/500"])
def test_policy_goes_with_every_answer(browser: Client, where: str) -> None:
    policy = browser.get(where)["Content-Security-Policy"]
    for part in ("default-src 'self'", "script-src 'self'", "style-src 'self'", "object-src 'none'",
                 "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):  # fmt: skip
        assert part in policy
    assert "unsafe" not in policy


def test_write_leaves_the_mark_for_fresh_numbers(browser: Client) -> None:
    assert "xl_fresh" in browser.post("/fine").cookies
    assert "xl_fresh" not in browser.get("/fine").cookies
