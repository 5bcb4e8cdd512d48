"""A process with the product loaded that forks one victim a line, kills it with SIGKILL after the given time, and tells.

    python -m tests.faults.victim   reads {"task": …, "arguments": …, "seconds": …} lines, answers one JSON line each:
    {"killed": whether it was killed, "ack": what the victim gave back before its end or null, "took": seconds}

The victim does what a web process or a worker does, with the same code; loading once keeps thirty rounds short.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Any


def post(*, cookies: dict[str, str], path: str, data: dict[str, Any]) -> Any:
    """A request as a web process answers it; the acknowledgement is what the browser would get."""
    from django.test import Client

    client = Client(raise_request_exception=False)
    for name, value in cookies.items():
        client.cookies[name] = value
    answer = client.post(path, data)
    return {"status": answer.status_code, "location": answer.headers.get("Location", "")}


def job(*, job_id: str, step_rows: int = 0) -> Any:
    """One job from claim to end, as a worker runs it, in steps of so many rows."""
    from xinglin.imports.actions import running as importing
    from xinglin.jobs.running import run_job

    if step_rows:
        importing.FIRST_STEP = importing.LARGEST_STEP = step_rows
    ended = run_job(job_id, worker="victim", beat=False)
    return {"status": ended.status if ended else "not taken"}


def seal(*, rows_a_seal: int) -> Any:
    """The sealing of what waits, in seals of so many rows."""
    from xinglin.history import sealing

    sealing.ROWS_A_SEAL = rows_a_seal
    return {"sealed": sealing.seal_waiting()}


TASKS: dict[str, Callable[..., Any]] = {"post": post, "job": job, "seal": seal}


def _victim(order: dict[str, Any], ack: int) -> None:
    try:
        result = TASKS[order["task"]](**order["arguments"])
        os.write(ack, json.dumps(result).encode())
    except BaseException as error:
        os.write(ack, json.dumps({"error": f"{type(error).__name__}: {error}"[:2000]}).encode())
    finally:
        os._exit(0)


def _watch(pid: int, ack: int, seconds: float) -> dict[str, Any]:
    began = time.monotonic()
    ready, _, _ = select.select([ack], [], [], seconds)
    killed = not ready
    if killed:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    told = b"".join(iter(lambda: os.read(ack, 65536), b""))
    return {"killed": killed, "ack": json.loads(told) if told else None, "took": time.monotonic() - began}


def main() -> None:
    import django

    django.setup()
    from xinglin.config.urls import urlpatterns  # the views, loaded once

    assert urlpatterns
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        receiving, sending = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(receiving)
            _victim(order, sending)
        os.close(sending)
        print(json.dumps(_watch(pid, receiving, order["seconds"])), flush=True)
        os.close(receiving)


if __name__ == "__main__":
    main()
