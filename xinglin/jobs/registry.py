"""What kinds of background work there are. An app declares its own in `job_specs.py`, which is loaded at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xinglin.jobs.models import Job

Run = Callable[..., Any]
ResultLink = Callable[["Job"], tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A declared kind of job.

    run: called as `run(handle, **arguments)`; a dict that it returns becomes the job's result.
    max_attempts: how often it may be taken up before it counts as failed (a stop of the worker does not count).
    result_link: (label, address) that the progress panel offers when the job is done.
    """

    name: str
    title: str
    run: Run
    max_attempts: int = 3
    result_link: ResultLink | None = None


@dataclass(frozen=True, slots=True)
class Periodic:
    """A declared piece of upkeep: short, idempotent, run every `seconds` by whichever worker gets its lease."""

    name: str
    seconds: int
    run: Callable[[], None]
    lease_seconds: int


_kinds: dict[str, JobKind] = {}
_periodic: dict[str, Periodic] = {}


def job(name: str, *, title: str, max_attempts: int = 3, result_link: ResultLink | None = None) -> Callable[[Run], Run]:
    """Declare the decorated `run(job: JobHandle, **arguments)` as a kind of job (Q-09).

    Its work must be cut into steps (`with job.step(): …`) that are idempotent, or be repeatable as a whole.
    """

    def register(run: Run) -> Run:
        _put(_kinds, name, JobKind(name, title, run, max_attempts, result_link))
        return run

    return register


def every(seconds: int, *, name: str, lease_seconds: int = 300) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Declare the decorated function as upkeep that runs every `seconds`.

    A worker that dies in it blocks the task for at most `lease_seconds`. Long work enqueues a job instead.
    """

    def register(run: Callable[[], None]) -> Callable[[], None]:
        _put(_periodic, name, Periodic(name, seconds, run, lease_seconds))
        return run

    return register


def _put(table: dict[str, Any], name: str, entry: JobKind | Periodic) -> None:
    known = table.get(name)
    if known and known.run.__qualname__ != entry.run.__qualname__:
        raise ValueError(f"{name!r} is declared twice")
    table[name] = entry


def kind(name: str) -> JobKind:
    """The declared kind. Raises KeyError for a name that nobody declared."""
    return _kinds[name]


def kinds() -> dict[str, JobKind]:
    """All declared kinds by name."""
    return dict(_kinds)


def periodic_tasks() -> list[Periodic]:
    """All declared upkeep, in order of name."""
    return [_periodic[name] for name in sorted(_periodic)]
