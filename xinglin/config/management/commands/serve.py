"""``xinglin serve``: the web server and one worker, started and stopped together."""

from __future__ import annotations

import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from xinglin.config import environment as env
from xinglin.config import metrics
from xinglin.config.installation import in_use, make_folder
from xinglin.config.supervisor import Part, Supervisor


class Command(BaseCommand):
    help = "Serve the product until Ctrl-C: web processes and one worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=int(env.text("PORT", "8000")))
        parser.add_argument("--bind", default=env.text("XINGLIN_BIND", "127.0.0.1"))
        parser.add_argument("--web-only", action="store_true", help="no worker: others do the background jobs")

    def handle(self, *, port: int, bind: str, web_only: bool, **_: Any) -> None:
        if not _free(bind, port):
            raise CommandError(f"{bind}:{port} is taken by another program: choose another, as in PORT={port + 1}")
        make_folder()
        metrics.prepare_folder()
        parts = [Part("web server", _web_command(bind, port))]
        if not web_only:
            parts.append(Part("worker", [sys.executable, "-m", "xinglin.config.cli", "worker"], restart=True))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(env.BASE_DIR), *sys.path[1:]])}
        supervisor = Supervisor(parts, environment, self.stderr.write)
        with in_use():
            code = supervisor.run(
                ready=lambda: not _free(bind, port),
                on_ready=lambda: self.stdout.write(f"Xinglin 杏林: {_scheme()}://{bind}:{port}  (stop with Ctrl-C)"),
            )
        if code:
            sys.exit(code)


def _web_command(bind: str, port: int) -> list[str]:
    options = {
        "--interface": "wsgi",
        "--host": bind,
        "--port": str(port),
        "--workers": env.text("XINGLIN_WEB_WORKERS", "2"),
        "--blocking-threads": env.text("XINGLIN_WEB_THREADS", "4"),
        "--workers-kill-timeout": "5",
        "--http1-header-read-timeout": "10000",
        "--log-level": "warning",
        **_tls(),
    }
    pairs = [word for pair in options.items() for word in pair]
    return [
        sys.executable, "-m", "granian", *pairs, "--no-ws", "--respawn-failed-workers",
        "xinglin.config.wsgi:application",
    ]  # fmt: skip


def _tls() -> dict[str, str]:
    """With a certificate the web processes speak nothing but TLS, so that no leg behind the proxy is in the clear."""
    if not settings.XINGLIN_TLS_CERT:
        return {}
    return {
        "--ssl-certificate": settings.XINGLIN_TLS_CERT,
        "--ssl-keyfile": settings.XINGLIN_TLS_KEY,
        "--ssl-protocol-min": "tls1.2",
    }


def _scheme() -> str:
    return "https" if settings.XINGLIN_TLS_CERT else "http"


def _free(bind: str, port: int) -> bool:
    """Whether nobody listens there yet."""
    with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET) as probe:
        probe.settimeout(1)
        return probe.connect_ex((bind, port)) != 0
