"""Figures for Prometheus (Q-13): what this server's processes counted, and what the database says of the installation.

Each web process counts in its memory and leaves a copy in ``metrics/`` of the data folder, at most once a second and
only after a change; whoever answers the scrape adds them up. prometheus_client's own way, files mapped into memory, would
end the process with SIGBUS on a full disk; a copy that could not be written is only late (docs/decisions/0028).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import prometheus_client
from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families

from xinglin.kernel.faults import fault_of
from xinglin.kernel.log_sink import Sink
from xinglin.kernel.logs import Lines
from xinglin.kernel.measures import Measure, measures

FOLDER = "metrics"
COPY_SECONDS = 1.0
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

prometheus_client.disable_created_metrics()
own = CollectorRegistry(auto_describe=False)
_requests = Counter("xinglin_requests", "Requests answered", ["route", "method", "status"], registry=own)
_seconds = Histogram("xinglin_request_seconds", "Time to answer", ["route"], buckets=BUCKETS, registry=own)
_faults = Counter("xinglin_faults", "Answers that told of trouble below", ["kind"], registry=own)
_lost = Counter("xinglin_log_lines_lost", "Log lines that could not be written", registry=own)
_dropped = Counter("xinglin_log_lines_dropped", "Log lines that the collector of logs will never see", registry=own)


def count_request(route: str, method: str, status: int, seconds: float, fault: str = "") -> None:
    """Note one answered request. ``fault``: the kind of trouble that it told of."""
    _requests.labels(route, method, str(status)).inc()
    _seconds.labels(route).observe(seconds)
    if fault:
        _faults.labels(fault).inc()
    _copy.soon()


def folder() -> Path:
    """Where the processes of this server leave their copies; there are none while it does not exist."""
    return Path(settings.DATA_DIR) / FOLDER


def prepare_folder() -> None:
    """Make the folder, and take away what processes left that are gone (their counts start anew, as Prometheus expects)."""
    folder().mkdir(mode=0o700, exist_ok=True)
    for path in folder().iterdir():
        if not _lives(path.stem):
            path.unlink(missing_ok=True)


class _Copy:
    """Writes the copy of this process a second after the first change since the last one."""

    def __init__(self) -> None:
        self._waiting = False
        self._guard = threading.Lock()

    def soon(self) -> None:
        with self._guard:
            if self._waiting or not folder().is_dir():
                return
            self._waiting = True
        timer = threading.Timer(COPY_SECONDS, self._write)
        timer.daemon = True
        timer.start()

    def _write(self) -> None:
        self._waiting = False
        write_copy()


_copy = _Copy()


def write_copy() -> bool:
    """Leave this process's counts for the others; False when the disk refuses, which costs nobody a request."""
    place = folder() / f"{_me()}.prom"
    unfinished = place.with_suffix(".part")
    try:
        unfinished.write_bytes(_own_text())
        os.replace(unfinished, place)
    except OSError:
        return False
    return True


def _own_text() -> bytes:
    with Lines._counting:
        missed = Lines.lost - _lost._value.get()
    if missed > 0:
        _lost.inc(missed)
    with Sink._counting:
        unseen = Sink.dropped - _dropped._value.get()
    if unseen > 0:
        _dropped.inc(unseen)
    return generate_latest(own)


def _me() -> str:
    return f"{os.getpid()}-{_started(os.getpid())}"


def _started(pid: int) -> str:
    """Start of a process in ticks since boot, so that a pid that is used again is told apart."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def _lives(name: str) -> bool:
    pid, _, started = name.partition("-")
    return pid.isdigit() and bool(started) and _started(int(pid)) == started


def text() -> bytes:
    """Everything, in the text format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Everything())
    return generate_latest(registry)


class _Everything:
    def collect(self) -> Iterator[Metric]:
        yield from added([_own_text().decode(), *_copies()])
        yield from asked(measures())


def _copies() -> Iterator[str]:
    """What the other processes left."""
    if not folder().is_dir():
        return
    for path in sorted(folder().glob("*.prom")):
        if path.stem == _me():
            continue
        try:
            yield path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue


def added(texts: Iterable[str]) -> list[Metric]:
    """The same series of several processes as one: counters and buckets add up."""
    families: dict[str, Metric] = {}
    sums: dict[str, dict[tuple[str, tuple[tuple[str, str], ...]], float]] = {}
    for text in texts:
        for family in text_string_to_metric_families(text):
            families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
            series = sums.setdefault(family.name, {})
            for sample in family.samples:
                place = (sample.name, tuple(sorted(sample.labels.items())))
                series[place] = series.get(place, 0.0) + sample.value
    for name, series in sums.items():
        for (sample_name, labels), value in series.items():
            families[name].add_sample(sample_name, dict(labels), value)
    return list(families.values())


def asked(known: Iterable[Measure]) -> Iterator[Metric]:
    """The declared measures. Those that the database does not answer are left out, and xinglin_database_up says why."""
    up = 1
    for measure in known:
        family = GaugeMetricFamily(f"xinglin_{measure.name}", measure.help, labels=measure.labels)
        try:
            for labels, value in measure.ask():
                family.add_metric(labels, value)
        except Exception as error:
            if fault_of(error) is None:
                raise
            up = 0
            continue
        yield family
    yield GaugeMetricFamily("xinglin_database_up", "Whether the database answers", value=up)
