"""Error answers in Chinese: whole pages, or a note for htmx. Each says what happened and what to do (mock 14)."""

from __future__ import annotations

import logging
import secrets
import sys

from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from xinglin.kernel import clock
from xinglin.kernel.errors import DomainError
from xinglin.kernel.faults import fault_of

from .faults import unavailable

log = logging.getLogger(__name__)


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _fragment(message: str, status: int, tone: str = "bad") -> HttpResponse:
    """A note that htmx puts into the page's live region, whatever the request's own target was."""
    html = render_to_string("ui/parts/alert.html", {"tone": tone, "title": message})
    response = HttpResponse(html, status=status)
    response["HX-Retarget"] = "#xl-alerts"
    response["HX-Reswap"] = "innerHTML"
    return response


def _page(request: HttpRequest, template: str, status: int, **words: object) -> HttpResponse:
    return render(request, template, words, status=status)


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The answer to a DomainError that no view caught: its own sentence under its own status."""
    if _is_htmx(request):
        return _fragment(error.message, error.status)
    if error.status == 403:
        return forbidden(request, error)
    title = "数据刚被别人改过" if error.status == 409 else "这一步没有做成"
    return _page(request, "ui/errors/refused.html", error.status, title=title, message=error.message)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400. A session that could not be saved is told as what it is: trouble of the database, or a sign-in that ended."""
    if isinstance(exception, SessionInterrupted):
        fault = fault_of(exception)
        return unavailable(request, fault) if fault else csrf_failure(request)
    return _page(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: says with which identity, and who can help (P-21)."""
    message = exception.message if isinstance(exception, DomainError) else ""
    if _is_htmx(request):
        return _fragment(message or "当前身份不能做这件事。", 403)
    return _page(request, "403.html", 403, message=message)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the CSRF check: the page was open too long or the sign-in changed meanwhile."""
    if _is_htmx(request):
        return _fragment("页面打开太久，已经失效。请刷新页面后再试；您填的内容请先复制保存。", 403)
    return _page(request, "ui/errors/expired.html", 403)


def not_opened(request: HttpRequest, allowed: str) -> HttpResponse:
    """405: the address of a button, opened by itself (typed, reloaded, kept as a bookmark)."""
    message = "它只接收页面上的按钮送来的内容；您的数据没有变化。请从菜单或待办进入。"
    response = _page(request, "ui/errors/refused.html", 405, title="这个地址不能直接打开", message=message)
    response.headers["Allow"] = allowed
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    if _is_htmx(request):
        return _fragment("没有找到这条记录，可能已经删除，或不在您的管理范围内。", 404)
    return _page(request, "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with a number to report; trouble of the machine becomes a 503 wherever it was noticed."""
    error = sys.exc_info()[1]
    fault = fault_of(error)
    if fault:
        return unavailable(request, fault)
    number = secrets.token_hex(3).upper()
    log.error("error page %s", number, extra={"facts": {"page": number}})
    if _is_htmx(request):
        return _fragment(f"系统出错了，这一步没有做成（编号 {number}）。请再试一次；还不行请把编号告诉客服。", 500)
    return HttpResponse(render_to_string("500.html", {"number": number, "now": clock.now()}), status=500)
