"""The page of a machine in trouble: what it says, what it keeps, what it never keeps, and the retry (Q-09)."""

from __future__ import annotations

import errno
import html
import re

import pytest
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from hypothesis import given
from hypothesis import strategies as st

from xinglin.kernel import clock
from xinglin.kernel import faults as kinds
from xinglin.kernel.errors import Refused
from xinglin.ui import errors, faults, once
from xinglin.ui.models import SubmittedForm

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-09")]
RAISED: dict[str, BaseException] = {
    "away": OperationalError("server closed the connection"),
    "busy": OperationalError("database is locked"),
    "full": OperationalError("database or disk is full"),
    "damaged": DatabaseError("database disk image is malformed"),
    "disk": OSError(errno.ENOSPC, "No space left on device"),
    "store": OSError(errno.EIO, "Input/output error"),
}
SAYS = {
    "away": "系统暂时不能用，正在恢复",
    "busy": "系统正忙，请稍后再试",
    "full": "磁盘已满，暂时不能保存",
    "damaged": "系统暂时不能用",
    "disk": "磁盘已满，暂时不能保存",
    "store": "文件暂时不能存取",
}
ASKS = {"full", "damaged", "disk", "store"}
trouble: list[BaseException] = []
done: list[str] = []


def boom(request: HttpRequest, kind: str) -> HttpResponse:
    raise RAISED[kind]


def work(request: HttpRequest) -> HttpResponse:
    """A form that works unless there is trouble."""
    if trouble:
        raise trouble[0]
    done.append(request.POST.get("name", ""))
    return HttpResponseRedirect("/done")


def hidden(request: HttpRequest) -> HttpResponse:
    """What Django or the domain says in the face of trouble stays theirs."""
    try:
        raise RAISED["away"]
    except OperationalError:
        if "refused" in request.GET:
            raise Refused("不行。") from None
        raise Http404 from None


urlpatterns = [path("boom/<str:kind>", boom), path("work", work), path("hidden", hidden)]
handler400 = "xinglin.ui.errors.bad_request"
handler404 = "xinglin.ui.errors.not_found"
handler500 = "xinglin.ui.errors.server_error"


@pytest.fixture
def browser():
    trouble.clear()
    done.clear()
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
        yield Client(raise_request_exception=False)


def kept(answer) -> dict[str, list[str]]:
    """Hidden fields of the page's form."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text):
        found.setdefault(html.unescape(name), []).append(html.unescape(value))
    return found


@pytest.mark.parametrize("kind", RAISED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_each_trouble_has_its_words(browser, kind, method):
    answer = getattr(browser, method)(f"/boom/{kind}")
    assert answer.status_code == 503 and SAYS[kind] in answer.text
    assert ("刚才这一步没有保存" in answer.text) == (method == "post")
    assert ("系统管理员" in answer.text) == (kind in ASKS)
    assert answer["Retry-After"].isdigit() and answer["Cache-Control"] == "no-store"
    assert answer.headers.get("Refresh") == (answer["Retry-After"] if method == "get" and kind not in ASKS else None)
    assert "OperationalError" not in answer.text and "No space" not in answer.text


@pytest.mark.parametrize("kind", RAISED)
def test_htmx_gets_a_note_with_a_retry(browser, kind):
    answer = browser.post(f"/boom/{kind}", headers={"HX-Request": "true"})
    assert answer.status_code == 503 and answer["HX-Retarget"] == "#xl-alerts" and "Refresh" not in answer
    assert "data-retry-request" in answer.text and "没有保存，您填的内容还在" in answer.text
    assert "没有保存" not in browser.get(f"/boom/{kind}", headers={"HX-Request": "true"}).text


def test_a_get_goes_back_to_where_it_wanted(browser):
    answer = browser.get("/boom/away?name=x&y=%22%3E")
    assert 'href="/boom/away?name=x&amp;y=%22%3E" data-retry=' in answer.text


@pytest.mark.req("Q-12")
@pytest.mark.parametrize("address", ["//evil.example/boom", "///evil.example"])
def test_the_retry_never_leads_to_another_site(address):
    request = RequestFactory().post("/")
    request.path_info = request.path = address
    answer = faults.unavailable(request, kinds.AWAY)
    assert 'action="//' not in answer.text and 'href="//' not in answer.text


def test_what_was_typed_is_in_the_page(browser):
    sent = {"name": '程<知>"禾', "pick": ["3", "5"], "csrfmiddlewaretoken": "c" * 32, "remark": "第一行\r\n第二行"}
    fields = kept(browser.post("/boom/away?step=2", sent))
    assert fields == {
        "name": [sent["name"]],
        "pick": ["3", "5"],
        "csrfmiddlewaretoken": ["c" * 32],
        "remark": [sent["remark"]],
    }


@given(
    st.dictionaries(
        st.from_regex(r"[a-z_.]{1,12}", fullmatch=True),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40),
        min_size=1,
        max_size=5,
    )
)
def test_any_text_comes_back_as_it_was(values):
    values = {f"f.{name}": value for name, value in values.items()}
    request = RequestFactory().post("/x", values)
    fields = kept(faults.unavailable(request, kinds.AWAY))
    assert fields == {name: [value] for name, value in values.items()}


@pytest.mark.req("Q-12")
@pytest.mark.parametrize(
    "name", ["password", "old_password", "new_password1", "captcha", "captcha_1", "code", "secret", "sms_token"]
)
def test_secrets_are_never_written_into_a_page(browser, name):
    answer = browser.post("/boom/away", {name: "Apricot-2026", "name": "x"})
    assert "Apricot-2026" not in answer.text and not kept(answer)
    assert "data-reload" in answer.text and "浏览器会问是否重新发送" in answer.text


@pytest.mark.parametrize(
    "sent",
    [{"file": SimpleUploadedFile("a.txt", b"x"), "name": "y"}, {"name": "字" * 200_000}, {}],
    ids=["file", "book", "nothing"],
)
def test_what_a_page_cannot_keep_is_left_to_the_browser(browser, sent):
    answer = browser.post("/boom/away", sent)
    assert answer.status_code == 503 and not kept(answer) and "data-reload" in answer.text


def test_a_body_that_broke_off_gives_the_page_all_the_same():
    request = RequestFactory().generic("POST", "/x", b"--cut", content_type="multipart/form-data; boundary=cut")
    assert faults.unavailable(request, kinds.AWAY).status_code == 503


@pytest.fixture
def failed(browser, monkeypatch):
    """The answer to a send whose token could not be taken away, because the database stayed away."""
    monkeypatch.setattr(once, "WAIT_SECONDS", 0.2)
    trouble.append(RAISED["away"])
    with monkeypatch.context() as patch:
        patch.setattr(SubmittedForm.objects.filter().__class__, "delete", lambda rows: None)
        answer = browser.post("/work", {"name": "甲", "once": once.new_token()})
    trouble.clear()
    assert SubmittedForm.objects.get().response_status is None
    return kept(answer)


def test_the_retry_need_not_wait_for_the_send_that_failed(browser, failed):
    without = {name: value for name, value in failed.items() if name != faults.ENDED}
    assert browser.post("/work", without).status_code == 409, "without the paper: perhaps it still runs"
    assert browser.post("/work", failed).status_code == 302 and done == ["甲"]
    assert browser.post("/work", failed).status_code == 302 and done == ["甲"], "and still only once"


def test_a_paper_is_good_for_one_retry(browser, failed):
    """A double click on 重试: the second finds the token taken anew, and waits like any other."""
    SubmittedForm.objects.update(created_at=clock.now())
    assert browser.post("/work", failed).status_code == 409 and not done


@pytest.mark.req("Q-12")
@pytest.mark.parametrize("paper", ["", "x", "WyJ0IiwwXQ:1:x"])
def test_a_forged_paper_is_worth_nothing(browser, monkeypatch, paper):
    monkeypatch.setattr(once, "WAIT_SECONDS", 0.1)
    token = once.new_token()
    SubmittedForm.objects.create(user_id=0, token=token, created_at=clock.now())
    assert browser.post("/work", {"once": token, faults.ENDED: paper}).status_code == 409 and not done


@pytest.mark.parametrize(("token", "user"), [("other", 7), ("token", 8)])
def test_a_paper_is_about_one_form_of_one_user(token, user):
    now = clock.now()
    paper = faults.ended_without_answer("token", 7, now)
    assert faults.send_that_ended(paper, "token", 7) == now
    assert faults.send_that_ended(paper, token, user) is None


def test_a_send_that_never_held_the_token_gets_no_paper(browser, monkeypatch):
    """While it waited for another send of the same form, which may still be running."""

    def gone(*_, **__):
        raise RAISED["away"]

    monkeypatch.setattr(once, "_claim", gone)
    answer = browser.post("/work", {"name": "乙", "once": once.new_token()})
    assert answer.status_code == 503 and kept(answer)["name"] == ["乙"] and faults.ENDED not in kept(answer)


def test_an_answered_form_is_not_taken_over_with_a_paper(browser):
    token = once.new_token()
    assert browser.post("/work", {"name": "丙", "once": token}).status_code == 302
    paper = faults.ended_without_answer(token, 0, SubmittedForm.objects.get().created_at)
    assert browser.post("/work", {"name": "丙", "once": token, faults.ENDED: paper}).status_code == 302
    assert done == ["丙"]


@pytest.mark.parametrize(("query", "status"), [("", 404), ("?refused=1", 422)])
def test_answers_of_others_stay_theirs(browser, query, status):
    assert browser.get(f"/hidden{query}").status_code == status


def interrupted(cause: BaseException | None) -> SessionInterrupted:
    try:
        raise SessionInterrupted("deleted before the request completed") from cause
    except SessionInterrupted as error:
        return error


def test_a_session_that_could_not_be_saved_is_trouble_not_the_end_of_a_sign_in():
    """Django says of both that the session was deleted (400)."""
    request = RequestFactory().get("/x")
    assert errors.bad_request(request, interrupted(RAISED["full"])).status_code == 503
    assert errors.bad_request(request, interrupted(None)).status_code == 403


def test_two_clients_do_not_come_back_in_the_same_second():
    waits = {faults.unavailable(RequestFactory().get("/x"))["Retry-After"] for _ in range(60)}
    assert len(waits) > 3 and {int(wait) for wait in waits} <= set(range(8, 16))


def test_the_kind_is_left_for_the_log():
    assert faults.unavailable(RequestFactory().get("/x"), kinds.STORE_FULL).xl_fault == "storage_full"
