"""Thirty rounds of one act, each killed at another instant: first measured whole, then cut at times spread over it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client

from tests.browser.served import database_url
from tests.sources import ROOT

ROUNDS = 30
LONG = 60.0
"""Seconds after which even an uninterrupted act is given up."""


@dataclass
class Victims:
    """Where the orders go and what came of them so far."""

    process: subprocess.Popen[str]
    killed: int = 0
    finished: int = 0
    seconds: float = 0.0
    moments: list[float] = field(default_factory=list)

    def order(self, task: str, arguments: dict[str, Any], seconds: float) -> dict[str, Any]:
        """One victim; returns {"killed", "ack", "took"}. Fails on an error of the act itself."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"task": task, "arguments": arguments, "seconds": seconds}) + "\n")
        self.process.stdin.flush()
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        assert "error" not in (told["ack"] or {}), told["ack"]
        return told

    def rounds(
        self, task: str, prepare: Callable[[], dict[str, Any]], judge: Callable[[Any], None], *, rounds: int = ROUNDS
    ) -> None:
        """Kill `rounds` victims. ``prepare``: the arguments of the next one. ``judge``: looks at what it left, given
        the acknowledgement (None: the caller heard nothing), and brings everything back for the next round."""
        whole = self.order(task, prepare(), LONG)
        assert whole["ack"], "nothing killed it, and it told nothing"
        judge(whole["ack"])
        self.seconds = whole["took"]
        draw = random.Random(20261120)
        for number in range(rounds):
            moment = self.seconds * (number + draw.random()) / rounds
            self.moments.append(moment)
            told = self.order(task, prepare(), moment)
            self.killed += told["killed"]
            self.finished += told["ack"] is not None
            judge(told["ack"])
        assert self.killed >= rounds // 3, f"only {self.killed} of {rounds} were killed in time"


def cookies_of(client: Client) -> dict[str, str]:
    return {name: morsel.value for name, morsel in client.cookies.items()}


@contextmanager
def victims() -> Iterator[Victims]:
    """A process that forks victims on the database and data folder of the tests."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "xinglin.config.settings.test",
        "DATABASE_URL": database_url(),
        "XINGLIN_DATA": str(settings.DATA_DIR),
    }
    command = [sys.executable, "-m", "tests.faults.victim"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin and process.stdout
    try:
        assert json.loads(process.stdout.readline()) == {"ready": True}
        yield Victims(process)
    finally:
        process.stdin.close()
        process.wait(timeout=30)
