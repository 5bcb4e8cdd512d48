"""The page of a machine in trouble: says so in Chinese with 503, loses no input, tries again (Q-09).

A page that was asked for comes back by itself. A form that was sent is never sent again behind somebody's back: the page
carries what was typed and offers 重试. The session is asked for nothing, so trouble never looks like being signed out.
"""

from __future__ import annotations

import random
import re
from datetime import datetime
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import escape_leading_slashes

from xinglin.kernel import clock
from xinglin.kernel.faults import AWAY, Fault

from .selectors import last_known_site

RETRY_SECONDS = (8, 15)
"""Clients come back spread over this time, not all in one second."""
MOST_KEPT = 200_000
ENDED = "once_ended"
_SALT = "xinglin.ui.once-ended"
_ENDED_SECONDS = 24 * 3600
_SECRET = re.compile(r"passw|captcha|secret|token$|^code$|密码", re.IGNORECASE)
_NEEDED = {"csrfmiddlewaretoken"}


def unavailable(request: HttpRequest, fault: Fault = AWAY) -> HttpResponse:
    """503, rendered without request, session or database."""
    retry = random.randint(*RETRY_SECONDS)
    if request.headers.get("HX-Request") == "true":
        response = _note(request, fault)
    else:
        response = HttpResponse(render_to_string("503.html", _words(request, fault, retry)), status=503)
    response["Retry-After"] = str(retry)
    response["Cache-Control"] = "no-store"
    if request.method == "GET" and not fault.asks:
        response["Refresh"] = str(retry)
    response.xl_fault = fault.kind  # type: ignore[attr-defined]
    return response


def ended_without_answer(token: str, user_id: int, claimed_at: datetime) -> str:
    """A paper for the retry: the send that took this form's token then has ended here, so the next need not wait for it.

    It names that one send; whoever takes the token over with it makes it worthless for a second retry.
    """
    return signing.dumps([token, user_id, claimed_at.isoformat()], salt=_SALT)


def send_that_ended(paper: str, token: str, user_id: int) -> datetime | None:
    """When the send of the paper took the token; None unless the paper is ours, young, and about this user's form."""
    try:
        about_token, about_user, claimed_at = signing.loads(paper, salt=_SALT, max_age=_ENDED_SECONDS)
        return datetime.fromisoformat(claimed_at) if (about_token, about_user) == (token, user_id) else None
    except (signing.BadSignature, TypeError, ValueError):
        return None


def _note(request: HttpRequest, fault: Fault) -> HttpResponse:
    words = "没有保存，您填的内容还在。" if request.method == "POST" else ""
    again = "" if fault.asks else "请稍后再试。"
    title = f"{fault.title}：{fault.reason}。{words}{again}"
    html = render_to_string("ui/errors/fault_note.html", {"title": title, "asks": fault.asks})
    response = HttpResponse(html, status=503)
    response["HX-Retarget"] = "#xl-alerts"
    response["HX-Reswap"] = "innerHTML"
    return response


def _words(request: HttpRequest, fault: Fault, retry: int) -> dict[str, Any]:
    sent = request.method not in {"GET", "HEAD"}
    kept = _kept(request) if request.method == "POST" else None
    return {
        "fault": fault,
        "since": clock.now(),
        "retry": retry,
        "path": escape_leading_slashes(request.get_full_path()),
        "sent": sent,
        "kept": kept,
        "site": last_known_site(),
    }


def _kept(request: HttpRequest) -> list[tuple[str, str]] | None:
    """What was typed, to be sent again; None where a file, a password or a whole book is among it: the browser's own
    way of sending a page again keeps those, and they do not belong into a page."""
    try:
        if request.FILES:
            return None
        pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    except Exception:  # the body broke off: there is nothing whole to keep
        return None
    if any(_SECRET.search(name) and name not in _NEEDED for name, _ in pairs):
        return None
    if not pairs or sum(len(name) + len(value) for name, value in pairs) > MOST_KEPT:
        return None
    claimed = getattr(request, "xl_once", None)  # this request held the form's token, and its work has ended
    if claimed:
        pairs = [pair for pair in pairs if pair[0] != ENDED] + [(ENDED, ended_without_answer(*claimed))]
    return pairs
