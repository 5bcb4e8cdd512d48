"""Every form is sent once: a double click, an impatient reload or a lost answer never does a thing twice.

A form carries a random token (``{% once_token %}``). The first request stores it, does the work and stores where
its answer redirects to; a second one with the same token waits for the first and gets the same redirect. A form
that came back with errors gives its token free. Tokens are bound to the user and kept for a day.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from xinglin.kernel import clock
from xinglin.kernel.errors import Stale

from .errors import refused
from .faults import ENDED, send_that_ended
from .models import SubmittedForm

FIELD = "once"
_TOKEN = re.compile(r"[0-9A-Za-z_-]{1,64}")
WAIT_SECONDS = 10.0
STALE_AFTER = timedelta(seconds=90)
KEPT_FOR = timedelta(days=1)
_REPEATED = "这份表单刚才已经提交成功，没有重复执行。"
_BUSY = "这份表单正在处理，请不要重复提交。请稍候片刻，再刷新页面看结果。"


def new_token() -> str:
    """A fresh token for a form."""
    return secrets.token_urlsafe(18)


def answer(request: HttpRequest, work: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """Run ``work`` for the first send of a token, repeat its result for any later one."""
    token = request.POST.get(FIELD, "") if request.method == "POST" else ""
    if not _TOKEN.fullmatch(token):
        return work(request)
    user_id = _user_id(request)
    ended = send_that_ended(request.POST.get(ENDED, ""), token, user_id)
    deadline = time.monotonic() + WAIT_SECONDS
    while (claimed := _claim(user_id, token, ended)) is None:
        row = SubmittedForm.objects.filter(user_id=user_id, token=token).first()
        if row and row.response_status:
            return _repeat(request, row)
        if time.monotonic() > deadline:
            return _busy(request)
        time.sleep(0.1)
    request.xl_once = (token, user_id, claimed)  # type: ignore[attr-defined]
    return _first(request, work, user_id, token)


def purge() -> int:
    """Delete tokens older than a day; returns how many. Run by the scheduler."""
    return SubmittedForm.objects.filter(created_at__lt=clock.now() - KEPT_FOR).delete()[0]


def _user_id(request: HttpRequest) -> int:
    viewer = getattr(request, "viewer", None)
    return (viewer.user_id if viewer else None) or 0


def _claim(user_id: int, token: str, ended: datetime | None) -> datetime | None:
    """Take the token, or take it over: from a process that died holding it, or from the send of ``ended``, of which the
    page of a fault attests that it is over. Returns when it was taken, None while somebody else has it."""
    now = clock.now()
    try:
        with transaction.atomic():
            SubmittedForm.objects.create(user_id=user_id, token=token, created_at=now)
        return now
    except IntegrityError:
        unanswered = SubmittedForm.objects.filter(user_id=user_id, token=token, response_status=None)
        over = unanswered.filter(Q(created_at__lt=now - STALE_AFTER) | Q(created_at=ended))
        return now if over.update(created_at=now) == 1 else None


def _first(request: HttpRequest, work: Callable[[HttpRequest], HttpResponse], user_id: int, token: str) -> HttpResponse:
    row = SubmittedForm.objects.filter(user_id=user_id, token=token)
    try:
        response = work(request)
    except BaseException:
        row.delete()
        raise
    location = response.get("Location") or response.get("HX-Redirect") or response.get("HX-Location") or ""
    if location and response.status_code < 400 and len(location) <= 2000:
        row.update(response_status=response.status_code, response_location=location)
    else:
        row.delete()
    return response


def _repeat(request: HttpRequest, row: SubmittedForm) -> HttpResponse:
    if hasattr(request, "_messages"):
        messages.info(request, _REPEATED)
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=204)
        response["HX-Redirect"] = row.response_location
        return response
    return HttpResponseRedirect(row.response_location)


def _busy(request: HttpRequest) -> HttpResponse:
    return refused(request, Stale(_BUSY))
