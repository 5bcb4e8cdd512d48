"""The database is away for a while, or restarted under load: a Chinese page with 503, then all goes on by itself (Q-09)."""

from __future__ import annotations

import json
import threading
import time
from http.client import HTTPException

import pytest
from django.db import connection

from xinglin.config.tests.running import wait_until
from xinglin.jobs import actions as jobs
from xinglin.jobs.models import Job
from xinglin.jobs.tests import kinds  # noqa: F401  (declares the kinds that are used here)
from xinglin.residents.tests.own import make_own

pytestmark = pytest.mark.req("Q-09")

GONE_SECONDS = 10.0
FORM = "/my/record/basic_info/"
SAID = {200: "保存草稿", 503: "系统暂时不能用，正在恢复"}
PROGRAM = """
import django
django.setup()
from xinglin.jobs import registry, worker
from xinglin.jobs.tests import kinds
registry._periodic.clear()
worker.TROUBLE_SECONDS = 0.5
worker.Worker(threads=1, poll_seconds=0.05).run()
"""


def status_of(job):
    return Job.objects.for_system("test").get(pk=job.pk).status


def test_gone_for_a_while_then_everything_goes_on(new_site, outage):
    own = make_own()
    site = new_site(database=outage.url)
    site.start_web()
    worker = site.start_worker(program=PROGRAM)
    visitor = site.visitor(own.client)
    visitor.fetch_token(FORM)
    before = jobs.enqueue("test.steps", by=own.viewer, arguments={"total": 60, "pause": 0.05})
    wait_until(lambda: Job.objects.for_system("test").get(pk=before.pk).progress_done > 2)
    pids = (site.web_pids(), worker.pid)
    connection.close()

    outage.cut()
    gone_at = time.monotonic()
    page = visitor.get(FORM)
    assert page.status == 503
    assert "系统暂时不能用，正在恢复" in page.text and "登录" not in page.text
    assert 8 <= int(page.headers["Retry-After"]) <= 15 and page.headers["Refresh"] == page.headers["Retry-After"]
    assert "Location" not in page.headers and "sessionid" not in str(page.headers.get_all("Set-Cookie"))
    sent = visitor.post(FORM, {"act": "save", "basic_info.address": "示范路 <8> 号", "once": "t" * 24})
    assert sent.status == 503 and "刚才这一步没有保存" in sent.text and "Refresh" not in sent.headers
    assert 'name="basic_info.address" value="示范路 &lt;8&gt; 号"' in sent.text
    note = visitor.get(FORM, HX_Request="true")
    assert (note.status, note.headers["HX-Retarget"]) == (503, "#xl-alerts")
    assert "data-retry-request" in note.text and "<html" not in note.text
    anonymous = site.visitor()
    assert anonymous.get("/healthz").status == 200
    ready = anonymous.get("/readyz")
    assert (ready.status, json.loads(ready.text)["ready"]) == (503, False)
    figures = anonymous.get("/metrics")
    assert figures.status == 200 and "xinglin_database_up 0.0" in figures.text
    assert 'xinglin_faults_total{kind="database_away"}' in figures.text
    time.sleep(max(GONE_SECONDS - (time.monotonic() - gone_at), 0))
    outage.restore()

    wait_until(site.is_ready, 15)
    again = visitor.get(FORM)
    assert again.status == 200, "the same session, without signing in again"
    saved = visitor.post(FORM, {"act": "save", "basic_info.address": "示范路 8 号", "once": "t" * 24})
    assert saved.status == 302 and own.content["basic_info.address"] == "示范路 8 号"
    after = jobs.enqueue("test.steps", by=own.viewer, arguments={"total": 1})
    wait_until(lambda: status_of(after) == "done", 20)
    wait_until(lambda: status_of(before) == "done", 30)
    assert (site.web_pids(), worker.pid) == pids and worker.poll() is None, "nothing was restarted"
    assert "xinglin_database_up 1.0" in site.visitor().get("/metrics").text


def wait_for_more(seen: list[tuple[int, bool]]) -> None:
    """Until twelve more pages have come, on however slow a machine."""
    before = len(seen)
    time.sleep(0.3)
    wait_until(lambda: len(seen) >= before + 12, 30)


def test_restarted_under_load_only_pages_or_503(new_site, proxy):
    """Eight clients load pages while every connection to PostgreSQL is reset, three times, new ones being welcome."""
    own = make_own()
    site = new_site(database=proxy.url, web_workers=2)
    site.start_web()
    pids = site.web_pids()
    session = site.visitor(own.client)
    assert session.get(FORM).status == 200
    seen: list[tuple[int, bool]] = []
    broken: list[str] = []
    over = threading.Event()

    def load() -> None:
        visitor = site.visitor(own.client)
        while not over.is_set():
            try:
                page = visitor.get(FORM)
                seen.append((page.status, SAID.get(page.status, "?") in page.text))
            except (OSError, HTTPException) as error:
                broken.append(type(error).__name__)

    clients = [threading.Thread(target=load) for _ in range(8)]
    for client in clients:
        client.start()
    for _ in range(3):
        wait_for_more(seen)
        proxy.reset()
    wait_for_more(seen)
    over.set()
    for client in clients:
        client.join(timeout=30)
    assert not broken, broken
    assert {status for status, _ in seen} <= {200, 503} and all(told for _, told in seen)
    assert seen.count((200, True)) > 12
    wait_until(site.is_ready, 10)
    assert all(session.get(FORM).status == 200 for _ in range(10)), "every thread has a fresh connection"
    assert site.web_pids() == pids


def test_a_silent_database_is_waited_for_and_other_threads_are_told(new_site, proxy):
    """Nothing comes back for two seconds, as when a switch loses packets: requests wait and are then answered."""
    own = make_own()
    site = new_site(database=proxy.url)
    site.start_web()
    visitor = site.visitor(own.client)
    assert visitor.get(FORM).status == 200
    proxy.hold()
    threading.Timer(2.0, proxy.restore).start()
    page = visitor.get(FORM)
    assert page.status == 200 and page.seconds > 1.5
    assert visitor.get(FORM).seconds < 2
