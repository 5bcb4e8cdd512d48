"""Keeps the processes of one installation together: all start, all stop, and a worker that dies is started again."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

STOP_SECONDS = 10.0
RESTART_SECONDS = 2.0
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


@dataclass
class Part:
    """One process. With ``restart`` it is started again when it ends; without, its end ends them all."""

    name: str
    command: Sequence[str]
    restart: bool = False
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    started_at: float = 0.0


class Supervisor:
    """Runs parts, each in a process group of its own, until one that matters ends or a signal asks to stop."""

    def __init__(self, parts: Sequence[Part], environment: Mapping[str, str], say: Callable[[str], object]) -> None:
        self.parts = parts
        self.environment = dict(environment)
        self.say = say
        self.stopping = False

    def run(self, ready: Callable[[], bool], on_ready: Callable[[], None]) -> int:
        """Start everything and wait. Returns the exit code: 0 after a signal, else that of the part that ended."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        announced = False
        try:
            for part in self.parts:
                self._start(part)
            while not self.stopping:
                ended = self._look_after()
                if ended is not None:
                    return ended
                if not announced and ready():
                    announced = True
                    on_ready()
                time.sleep(0.2)
            return 0
        finally:
            self._stop_all()

    def _ask_to_stop(self, *_: object) -> None:
        self.stopping = True

    def _start(self, part: Part) -> None:
        part.process = subprocess.Popen(
            part.command, env=self.environment, start_new_session=True, preexec_fn=_die_with_parent
        )
        part.started_at = time.monotonic()

    def _look_after(self) -> int | None:
        """Start again what may be; the exit code of a part that may not, when it has ended."""
        for part in self.parts:
            code = part.process.poll() if part.process else None
            if code is None:
                continue
            if not part.restart:
                self.say(f"{part.name} ended with code {code}")
                return code if code > 0 else 1
            if time.monotonic() - part.started_at > RESTART_SECONDS:
                self.say(f"{part.name} ended with code {code}: started again")
                self._start(part)
        return None

    def _stop_all(self) -> None:
        for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
            for part in self.parts:
                _signal_group(part, number)
            deadline = time.monotonic() + seconds
            while any(_alive(part) for part in self.parts) and time.monotonic() < deadline:
                time.sleep(0.05)


def _alive(part: Part) -> bool:
    if part.process is None:
        return False
    part.process.poll()
    try:
        os.killpg(part.process.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _signal_group(part: Part, number: int) -> None:
    if part.process is not None:
        try:
            os.killpg(part.process.pid, number)
        except (ProcessLookupError, PermissionError):
            return


def _die_with_parent() -> None:
    """In the child: be stopped when the supervisor is killed without a chance to say so (Linux)."""
    ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
