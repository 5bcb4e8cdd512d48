"""A form counts once: double click, reload, two at a time, errors in between (issue 2, bad input)."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from xinglin.kernel import clock
from xinglin.ui import once
from xinglin.ui.models import SubmittedForm

from .factories import viewer

pytestmark = pytest.mark.django_db


def post(token: str = "t" * 24, user_id: int = 7, **headers: str) -> Any:
    asked = RequestFactory().post("/save", {once.FIELD: token, "name": "x"}, headers=headers)
    asked.viewer = viewer(user_id=user_id)  # type: ignore[attr-defined]
    asked.session = {}  # type: ignore[assignment]
    asked._messages = FallbackStorage(asked)  # type: ignore[attr-defined]
    return asked


class Work:
    """A view that counts how often it did its work."""

    def __init__(self, answer: HttpResponse | None = None) -> None:
        self.times = 0
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.times += 1
        return self.answer or HttpResponseRedirect("/done/1")


def test_second_send_gets_the_first_result_and_says_so() -> None:
    work = Work()
    first, repeated = once.answer(post(), work), post()
    second = once.answer(repeated, work)
    assert work.times == 1
    assert (first["Location"], second["Location"], second.status_code) == ("/done/1", "/done/1", 302)
    assert [str(message) for message in repeated._messages] == ["这份表单刚才已经提交成功，没有重复执行。"]


def test_htmx_is_redirected_too() -> None:
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = "/done/2"
    once.answer(post(), Work(answer))
    second = once.answer(post(**{"HX-Request": "true"}), Work())
    assert (second.status_code, second["HX-Redirect"]) == (204, "/done/2")


def test_form_with_errors_may_be_sent_again() -> None:
    work = Work(HttpResponse("还有 1 处要改"))
    once.answer(post(), work)
    once.answer(post(), work)
    assert work.times == 2
    assert not SubmittedForm.objects.exists()


def test_failure_gives_the_token_free() -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        once.answer(post(), broken)
    assert not SubmittedForm.objects.exists()


def test_token_of_another_user_opens_nothing() -> None:
    once.answer(post(), Work(HttpResponseRedirect("/secret/of/7")))
    work = Work(HttpResponseRedirect("/own"))
    assert once.answer(post(user_id=8), work)["Location"] == "/own"
    assert work.times == 1


@pytest.mark.parametrize("token", ["", "x" * 65])
def test_without_a_token_nothing_is_kept(token: str) -> None:
    work = Work()
    once.answer(post(token), work)
    once.answer(post(token), work)
    assert work.times == 2


def test_get_is_left_alone() -> None:
    work = Work(HttpResponse("page"))
    assert once.answer(RequestFactory().get("/save", {once.FIELD: "t"}), work).content == b"page"


def test_still_running_is_refused_politely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "WAIT_SECONDS", 0.0)
    SubmittedForm.objects.create(user_id=7, token="t" * 24, created_at=clock.now())
    work = Work()
    answer = once.answer(post(**{"HX-Request": "true"}), work)
    assert (work.times, answer.status_code) == (0, 409)
    assert "正在处理" in answer.content.decode()


def test_token_of_a_dead_process_is_taken_over() -> None:
    SubmittedForm.objects.create(user_id=7, token="t" * 24, created_at=clock.now() - timedelta(minutes=5))
    work = Work()
    once.answer(post(), work)
    assert work.times == 1


def test_purge_keeps_a_day() -> None:
    for hours in (1, 30):
        SubmittedForm.objects.create(user_id=7, token=f"t{hours}", created_at=clock.now() - timedelta(hours=hours))
    assert once.purge() == 1
    assert SubmittedForm.objects.get().token == "t1"


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_do_the_work_once() -> None:
    times: list[int] = []
    answers: list[str] = []

    def slow(request: HttpRequest) -> HttpResponse:
        times.append(1)
        time.sleep(0.3)
        return HttpResponseRedirect("/done/9")

    def send() -> None:
        try:
            answers.append(once.answer(post(), slow)["Location"])
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(times), answers) == (1, ["/done/9"] * 3)
