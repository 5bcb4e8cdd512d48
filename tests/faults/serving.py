"""The product as real processes with known pids, to do bad things to, on whatever database the tests run on.

with Site(tmp_path) as site:            # or the fixture `site`: web and worker on the test database
    site.start_web(); site.start_worker()
    visitor = site.visitor(client)      # the session of a Django test client, over HTTP
    site.kill_worker()                  # SIGKILL; site.start_worker() starts another one
    site.kill_web()                     # SIGKILL of the process that serves; granian starts another one
"""

from __future__ import annotations

import os
import re
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from tests.browser.served import database_url, free_port
from tests.sources import ROOT
from xinglin.config.tests.running import alive, wait_until

XINGLIN = [sys.executable, "-m", "xinglin.config.cli"]
START_SECONDS = 60.0
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Answer:
    """What came back: status, headers, text. ``seconds``: how long it took."""

    def __init__(self, response: HTTPResponse, seconds: float) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()
        self.seconds = seconds

    @property
    def text(self) -> str:
        return self.body.decode()


class Visitor:
    """One browser without scripts: cookies, forms with their token, no redirects followed. Raises OSError or
    HTTPException where a browser would say that the site cannot be reached."""

    def __init__(
        self,
        port: int,
        cookies: Mapping[str, str] = {},
        host: str = "127.0.0.1",
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.port = port
        self.host = host
        self.trust = trust
        self.cookies = dict(cookies)

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, None, headers)

    def post(self, path: str, values: Mapping[str, Any], **headers: str) -> Answer:
        """Send a form; the token comes from the cookie, as the page would have it."""
        token = self.cookies.get("csrftoken", "")
        body = urlencode({"csrfmiddlewaretoken": token, **values}, doseq=True)
        return self.send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", **headers})

    def fetch_token(self, path: str) -> str:
        """Open a page with a form, so that posts are accepted."""
        page = self.get(path)
        found = _TOKEN.search(page.text)
        assert found, f"{path}: {page.status}, no form"
        return found[1]

    def send(self, method: str, path: str, body: str | bytes | None, headers: Mapping[str, str]) -> Answer:
        connection = (
            HTTPSConnection(self.host, self.port, timeout=60, context=self.trust)
            if self.trust
            else HTTPConnection(self.host, self.port, timeout=60)
        )
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        began = time.monotonic()
        try:
            connection.request(method, path, body, sent)
            answer = Answer(connection.getresponse(), time.monotonic() - began)
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer


class Site:
    """Web server and worker over one folder and one database, each started and killed on its own.

    ``database``: DATABASE_URL (default: the database of the tests). ``environment``: settings that differ. ``trust``:
    what a visitor believes where the site speaks TLS.
    """

    def __init__(
        self,
        folder: Path,
        *,
        database: str = "",
        web_workers: int = 1,
        threads: int = 4,
        environment: Mapping[str, str] = {},
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.folder = folder
        self.trust = trust
        self.port = free_port()
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "xinglin.config.settings.test",
            "XINGLIN_DATA": str(folder),
            "DATABASE_URL": database or database_url(),
            "XINGLIN_WEB_WORKERS": str(web_workers),
            "XINGLIN_WEB_THREADS": str(threads),
            **environment,
        }
        self.web: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Site:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start_web(self, stderr: IO[Any] | int | None = None) -> None:
        """`xinglin serve --web-only`; returns when it answers."""
        command = [*XINGLIN, "serve", "--web-only", "--port", str(self.port)]
        self.web = self._start(command, stderr)
        wait_until(self.answers, START_SECONDS)

    def start_worker(self, stderr: IO[Any] | int | None = None, program: str = "") -> subprocess.Popen[bytes]:
        """`xinglin worker`, or another program that works (as kinds of jobs that only tests know need one)."""
        command = [sys.executable, "-c", program] if program else [*XINGLIN, "worker"]
        self.workers.append(self._start(command, stderr))
        return self.workers[-1]

    def _start(self, command: list[str], stderr: IO[Any] | int | None) -> subprocess.Popen[bytes]:
        self.folder.mkdir(parents=True, exist_ok=True)
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=stderr, start_new_session=True)

    def answers(self) -> bool:
        """Whether a web process lives and answers, whatever it says."""
        assert self.web is None or self.web.poll() is None, "the web server has ended"
        try:
            return Visitor(self.port, trust=self.trust).get("/healthz").status == 200
        except (OSError, HTTPException):
            return False

    def is_ready(self) -> bool:
        """Whether /readyz says so."""
        try:
            return Visitor(self.port, trust=self.trust).get("/readyz").status == 200
        except (OSError, HTTPException):
            return False

    def visitor(self, client: Client | None = None) -> Visitor:
        """A browser, signed in as a client of the test is."""
        cookies = {name: morsel.value for name, morsel in client.cookies.items()} if client else {}
        return Visitor(self.port, cookies, trust=self.trust)

    def web_pids(self) -> list[int]:
        """The processes that serve, oldest first: children of granian's own process."""
        if self.web is None or self.web.poll() is not None:
            return []
        return sorted(pid for parent in _children(self.web.pid) for pid in _children(parent) if _serves(pid))

    def worker_pids(self) -> list[int]:
        return [worker.pid for worker in self.workers if worker.poll() is None]

    def kill_web(self) -> int:
        """SIGKILL of the newest process that serves; returns its pid. `wait_for_web` waits for the next one."""
        victim = self.web_pids()[-1]
        os.kill(victim, signal.SIGKILL)
        return victim

    def kill_worker(self) -> int:
        """SIGKILL of the newest worker; returns its pid."""
        worker = self.workers[-1]
        worker.kill()
        worker.wait()
        return worker.pid

    def wait_for_web(self, seconds: float = 30.0) -> None:
        """Until requests are answered again."""
        wait_until(lambda: bool(self.web_pids()) and self.answers(), seconds)

    def stop(self) -> None:
        """End everything that still runs."""
        parts = [part for part in (self.web, *self.workers) if part is not None]
        for part in parts:
            if part.poll() is None:
                part.send_signal(signal.SIGTERM)
        for part in parts:
            try:
                part.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(part.pid, signal.SIGKILL)
                part.wait()


def own_folder() -> Path:
    """The data folder of the tests themselves: for sites that share files with them."""
    return Path(settings.DATA_DIR)


def _children(pid: int) -> list[int]:
    try:
        words = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(word) for word in words if alive(int(word))]


def _serves(pid: int) -> bool:
    """A child that loaded the product, not multiprocessing's resource tracker."""
    try:
        return b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
