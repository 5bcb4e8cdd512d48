"""What `xinglin doctor` looks at. An app declares its own in `checkups.py`, which is loaded at start (Q-13).

    @checkup("jobs.stuck", title="后台任务")
    def stuck(look: Look) -> Iterator[Finding]:
        if silent:
            yield bad("3 个任务没有心跳。", "启动后台进程：systemctl start xinglin-worker@1")

A checkup that yields nothing is fine. It reads only, and needs no more than a second unless ``look.full``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from xinglin.kernel.faults import fault_of
from xinglin.kernel.logs import told


class Level(IntEnum):
    """How bad; also the exit code of `xinglin doctor`."""

    OK = 0
    WARN = 1
    BAD = 2


@dataclass(frozen=True, slots=True)
class Look:
    """How thoroughly: ``full`` reads everything where otherwise a sample is enough."""

    full: bool = False
    sample: int = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and what to do, in Chinese. Counts and ids only, never a name or number of a person."""

    level: Level
    what: str
    todo: str = ""


def ok(what: str) -> Finding:
    """Worth saying, nothing to do."""
    return Finding(Level.OK, what)


def warn(what: str, todo: str) -> Finding:
    """Works now, will hurt later."""
    return Finding(Level.WARN, what, todo)


def bad(what: str, todo: str) -> Finding:
    """Does not work, or data are at risk."""
    return Finding(Level.BAD, what, todo)


Examine = Callable[[Look], Iterable[Finding] | None]


@dataclass(frozen=True, slots=True)
class Checkup:
    """One declared checkup. ``needs_database``: left out, and said so, while the database does not answer."""

    name: str
    title: str
    examine: Examine
    needs_database: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What one checkup found, the worst first; never empty."""

    name: str
    title: str
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def level(self) -> Level:
        return self.findings[0].level


_checkups: dict[str, Checkup] = {}
NO_DATABASE = bad("数据库没有响应，这一项没有检查。", "先按“数据库”一项的提示恢复数据库，再运行一次 xinglin doctor。")


def checkup(name: str, *, title: str, needs_database: bool = True) -> Callable[[Examine], Examine]:
    """Declare the decorated function. Raises ValueError for a name that is taken by another one."""

    def register(examine: Examine) -> Examine:
        known = _checkups.get(name)
        if known and known.examine.__qualname__ != examine.__qualname__:
            raise ValueError(f"checkup {name!r} is declared twice")
        _checkups[name] = Checkup(name, title, examine, needs_database)
        return examine

    return register


def checkups() -> list[Checkup]:
    """All declared checkups: those that need no database first, then by name."""
    return sorted(_checkups.values(), key=lambda one: (one.needs_database, one.name))


def examine(one: Checkup, look: Look, *, database: bool = True) -> Result:
    """Run one checkup. What it raises is a finding like any other: a doctor does not fall over the patient."""
    began = time.monotonic()
    if one.needs_database and not database:
        found: list[Finding] = [NO_DATABASE]
    else:
        try:
            found = list(one.examine(look) or ())
        except Exception as error:
            found = [_fell_over(error)]
    found = sorted(found, key=lambda finding: -finding.level) or [ok("正常。")]
    return Result(one.name, one.title, tuple(found), round(time.monotonic() - began, 3))


def _fell_over(error: Exception) -> Finding:
    fault = fault_of(error)
    if fault:
        return bad(f"检查没有做完：{fault.reason}。", "先恢复数据库和磁盘，再运行一次 xinglin doctor。")
    kinds, frames = told(error)
    where = frames[-1] if frames else ""
    return bad(f"检查本身出错：{kinds}（{where}）。", "请把这一行告诉技术支持。")
