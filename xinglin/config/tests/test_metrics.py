"""Counting over several processes (Q-13)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families

from xinglin.config import metrics

pytestmark = pytest.mark.req("Q-13")


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    metrics.prepare_folder()
    return tmp_path / "metrics"


def samples(text, name):
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text if isinstance(text, str) else text.decode())
        for sample in family.samples
        if sample.name == name
    }


def exposition(count, route="home", fault=0):
    return (
        "# HELP xinglin_requests_total Requests answered\n# TYPE xinglin_requests_total counter\n"
        f'xinglin_requests_total{{route="{route}",method="GET",status="200"}} {count}\n'
        "# HELP xinglin_request_seconds Time to answer\n# TYPE xinglin_request_seconds histogram\n"
        f'xinglin_request_seconds_bucket{{route="{route}",le="0.1"}} {count}\n'
        f'xinglin_request_seconds_bucket{{route="{route}",le="+Inf"}} {count}\n'
        f'xinglin_request_seconds_count{{route="{route}"}} {count}\n'
        f'xinglin_request_seconds_sum{{route="{route}"}} {count / 100}\n'
    )


def test_the_same_series_of_several_processes_add_up():
    families = metrics.added([exposition(3), exposition(4), exposition(5, route="other")])
    values = {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}
    assert values[("xinglin_requests_total", "GET", "home", "200")] == 7
    assert values[("xinglin_requests_total", "GET", "other", "200")] == 5
    assert values[("xinglin_request_seconds_bucket", "+Inf", "home")] == 7
    assert values[("xinglin_request_seconds_sum", "home")] == pytest.approx(0.07)


CHILD = """
import os, sys, time
from pathlib import Path
from django.conf import settings
settings.configure(DATA_DIR=Path(sys.argv[1]))
from xinglin.config import metrics
for _ in range(int(sys.argv[2])):
    metrics.count_request("child", "GET", 200, 0.02)
time.sleep(1.3)
"""


def test_a_change_is_written_within_a_second_or_so_by_itself(folder):
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    processes = [
        subprocess.Popen([sys.executable, "-c", CHILD, str(folder.parent), str(number)], env=environment)
        for number in (5, 7)
    ]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    assert len(list(folder.glob("*.prom"))) == 2 and not list(folder.glob("*.part"))
    texts = [path.read_text() for path in folder.glob("*.prom")]
    counted = {s.name: s.value for f in metrics.added(texts) for s in f.samples if s.labels.get("route") == "child"}
    assert counted["xinglin_requests_total"] == 12


@pytest.mark.django_db
def test_own_counts_and_the_copies_of_others_are_one_text(folder):
    before = samples(metrics.text(), "xinglin_requests_total").get(("GET", "test:x", "200"), 0)
    metrics.count_request("test:x", "GET", 200, 0.5)
    (folder / f"{os.getppid()}-1.prom").write_text(exposition(10, route="test:x"))
    metrics.write_copy()  # one's own copy is not counted a second time
    assert samples(metrics.text(), "xinglin_requests_total")[("GET", "test:x", "200")] == before + 11


@pytest.mark.django_db
def test_a_copy_that_cannot_be_read_is_left_out(folder):
    (folder / "1-1.prom").write_bytes(b"\xff\xfe")
    (folder / "2-2.prom").mkdir()
    assert b"xinglin_database_up 1.0" in metrics.text()


def test_copies_of_processes_that_are_gone_are_taken_away(folder):
    mine = folder / f"{metrics._me()}.prom"
    for path in (mine, folder / "999999-12345.prom", folder / f"{os.getpid()}-1.prom", folder / "nonsense.prom"):
        path.write_text(exposition(1))
    metrics.prepare_folder()
    assert list(folder.iterdir()) == [mine]


def test_a_full_disk_only_makes_the_copy_late(folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(metrics.os, "replace", full)
    assert metrics.write_copy() is False
    metrics.count_request("test:full", "GET", 200, 0.1)
    monkeypatch.undo()
    assert metrics.write_copy() is True


def test_without_the_folder_nothing_is_written(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    copy = metrics._Copy()
    copy.soon()
    assert not copy._waiting and not (tmp_path / "metrics").exists()


@pytest.mark.django_db
def test_faults_and_lost_lines_are_counted(monkeypatch):
    from xinglin.kernel.logs import Lines

    before = samples(metrics.text(), "xinglin_faults_total").get(("database_full",), 0)
    metrics.count_request("test:y", "POST", 503, 0.1, "database_full")
    assert samples(metrics.text(), "xinglin_faults_total")[("database_full",)] == before + 1
    lost = samples(metrics.text(), "xinglin_log_lines_lost_total")[()]
    monkeypatch.setattr(Lines, "lost", Lines.lost + 3)
    assert samples(metrics.text(), "xinglin_log_lines_lost_total")[()] == lost + 3
    assert samples(metrics.text(), "xinglin_log_lines_lost_total")[()] == lost + 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    ["xinglin_jobs", "xinglin_queue_age_seconds", "xinglin_imports", "xinglin_exports", "xinglin_history_unsealed",
     "xinglin_storage_free_bytes", "xinglin_sessions", "xinglin_jobs_silent", "xinglin_database_up"],
)  # fmt: skip
def test_what_monitoring_asks_for_is_there(name):
    assert samples(metrics.text(), name)
