"""nginx with the files of deploy/ before one site, each leg over TLS (Q-09, Q-12)."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from django.conf import settings

from tests.browser.served import free_port
from tests.faults.serving import XINGLIN, Site, own_folder
from tests.sources import ROOT
from xinglin.config.static_files import is_collected
from xinglin.config.tests.running import wait_until

NGINX = shutil.which("nginx") or next(filter(os.path.exists, ["/usr/sbin/nginx"]), None)
NEEDED = [
    pytest.mark.req("Q-12", "Q-13"),
    pytest.mark.skipif(
        NGINX is None,
        reason="nginx is not installed here: `scripts/setup test` installs nginx-light where apt may be used",
    ),
    pytest.mark.skipif(
        settings.DATABASES["default"]["ENGINE"].endswith("postgresql"),
        reason="what happens before the product never reaches a database: tried with SQLite only",
    ),
]
HEADER_SECONDS, BODY_SECONDS = 2, 3
"""Instead of 10 and 15 of the file, so that the test need not wait as long."""
NAME = "train.example.cn"
WRAPPER = """
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
daemon off;
worker_processes 2;
events {{ worker_connections 4096; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/xinglin.conf;
}}
"""


class Front:
    """nginx on two ports of this machine, before one site."""

    def __init__(self, folder: Path, site: Site, trusted: Path) -> None:
        self.folder, self.site, self.trusted = folder, site, trusted
        self.plain, self.secure = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.trust = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))

    @staticmethod
    def certificate(folder: Path) -> None:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
             "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
            check=True, capture_output=True,
        )  # fmt: skip

    def write(self) -> None:
        """The files as they are shipped, with the changes that they ask for."""
        shipped = (ROOT / "deploy/nginx/xinglin.conf").read_text()
        changes = [
            (r"server 127\.0\.0\.1:8000;", f"server 127.0.0.1:{self.site.port};"),
            (r"listen \[::\][^;]+;", ""),
            (r"listen 80;", f"listen 127.0.0.1:{self.plain};"),
            (r"listen 443 ssl http2;", f"listen 127.0.0.1:{self.secure} ssl http2;"),
            (r"/etc/ssl/xinglin/", f"{self.folder}/"),
            (r"/srv/xinglin/staticfiles/", f"{ROOT}/staticfiles/"),
            (r"/etc/nginx/xinglin-proxy\.conf", str(self.folder / "xinglin-proxy.conf")),
            (r"/var/log/nginx/xinglin\.log", f"{self.folder}/access.log"),
            (r"client_header_timeout 10s;", f"client_header_timeout {HEADER_SECONDS}s;"),
            (r"client_body_timeout   15s;", f"client_body_timeout {BODY_SECONDS}s;"),
        ]
        for pattern, text in changes:
            shipped, number = re.subn(pattern, text, shipped)
            assert number, f"deploy/nginx/xinglin.conf has no {pattern}"
        (self.folder / "xinglin.conf").write_text(shipped)
        proxy = (ROOT / "deploy/nginx/xinglin-proxy.conf").read_text()
        assert proxy.count("/etc/xinglin/tls/xinglin.pem") == 1
        (self.folder / "xinglin-proxy.conf").write_text(
            proxy.replace("/etc/xinglin/tls/xinglin.pem", str(self.trusted))
        )
        user = "user root;" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(WRAPPER.format(folder=self.folder, user=user))

    def command(self, *words: str) -> list[str]:
        return [str(NGINX), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), *words]

    def start(self) -> None:
        self.process = subprocess.Popen(self.command(), stderr=subprocess.DEVNULL)
        wait_until(lambda: _accepts(self.secure), 15)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=20)

    def ask(self, path: str, cookies: str = "", **headers: str):
        """(status, headers, body, seconds) over TLS, as a browser would."""
        connection = HTTPSConnection(NAME, self.secure, context=self.trust, timeout=20)
        connection._create_connection = lambda *_, **__: socket.create_connection(("127.0.0.1", self.secure), 20)
        sent = {**headers, **({"Cookie": cookies} if cookies else {})}
        began = time.monotonic()
        connection.request("GET", path, headers=sent)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers, body, time.monotonic() - began

    def open_slow(self, secure: bool) -> socket.socket:
        raw = socket.create_connection(("127.0.0.1", self.secure if secure else self.plain), 20)
        return self.trust.wrap_socket(raw, server_hostname=NAME) if secure else raw


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def own_certificate(folder: Path) -> tuple[Path, Path]:
    """Certificate and key of the product itself, made by the command of docs/operations/production.md."""
    told = (ROOT / "docs/operations/production.md").read_text()
    (command,) = re.findall(r"^    (openssl req -x509 .*xinglin\.internal.*)$", told, re.M)
    words = [word.replace("/etc/xinglin/tls", str(folder)) for word in shlex.split(command)]
    subprocess.run(words, check=True, capture_output=True)
    return folder / "xinglin.pem", folder / "xinglin.key"


@contextmanager
def front_of(folder: Path, *, trusted: Path | None = None) -> Iterator[Front]:
    """The production settings on the database of the tests, behind nginx. ``trusted``: another certificate that nginx
    believes than the one that the product has."""
    Front.certificate(folder)
    certificate, key = own_certificate(folder)
    environment = {
        "DJANGO_SETTINGS_MODULE": "xinglin.config.settings",
        "XINGLIN_PRODUCTION": "1",
        "XINGLIN_SECRET_KEY": settings.SECRET_KEY,
        "XINGLIN_KEYS": settings.XINGLIN_KEYS,
        "XINGLIN_HOSTS": f"{NAME},127.0.0.1",
        "XINGLIN_TRUSTED_PROXIES": "127.0.0.1",
        "XINGLIN_TLS_CERT": str(certificate),
        "XINGLIN_TLS_KEY": str(key),
    }
    trust = ssl.create_default_context(cafile=str(certificate))
    with (
        Site(own_folder(), environment=environment, web_workers=2, trust=trust) as site,
        open(folder / "site.log", "wb") as log,
    ):
        if not is_collected():
            subprocess.run([*XINGLIN, "prepare"], cwd=ROOT, env=site.environment, check=True, capture_output=True)
        site.start_web(stderr=log)
        one = Front(folder, site, trusted or certificate)
        one.write()
        tried = subprocess.run(one.command("-t"), capture_output=True, text=True)
        assert tried.returncode == 0, tried.stderr
        assert "[warn]" not in tried.stderr, tried.stderr
        one.start()
        try:
            yield one
        finally:
            one.stop()
