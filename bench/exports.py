"""Exports of 100,000 rows × 40 columns from PostgreSQL: the whole way from the query to the sealed file (Q-03)."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.db import connections

from bench import ground  # first: it prepares Django
from bench.lists import SIZE, fill
from xinglin.accounts.models import User
from xinglin.accounts.selectors import grants_of, viewer_for
from xinglin.exports import actions, selectors
from xinglin.exports.enums import Format
from xinglin.kernel.viewer import Viewer
from xinglin.ui.lists import registry
from xinglin.ui.lists.spec import ListSpec

LIST, COLUMNS = "residents.intake_overview", 40
_KIB = 1024


def forty(spec: ListSpec) -> list[str]:
    """The columns of the list, and as many of them a second time as are wanted to make forty."""
    own = [column for column in spec.columns if column.export]
    again = [replace(column, name=f"{column.name}_again") for column in own[: COLUMNS - len(own)]]
    spec.column_of.update({column.name: column for column in again})
    return [column.name for column in (*own, *again)]


def resident_kib() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // _KIB


def measured(user_id: int, form: str) -> tuple[float, float, int]:
    """Seconds of CPU and wall of one export in a process of its own, and its memory above idle in KiB."""
    with get_context("fork").Pool(1) as pool:
        return pool.apply(one, (user_id, form))


def one(user_id: int, form: str) -> tuple[float, float, int]:
    for connection in connections.all():
        connection.connect()
    viewer = viewer_for(grants_of(User.unscoped.get(pk=user_id))[0])
    export = asked(viewer, form)
    idle = resident_kib()
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    start, busy = time.perf_counter(), time.process_time()
    actions.run(export, by=viewer)
    seconds, cpu = time.perf_counter() - start, time.process_time() - busy
    peak = next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    return cpu, seconds, peak - idle


def asked(viewer: Viewer, form: str) -> Any:
    """An export of everything the viewer sees, as the screen asks for it; its job is run here."""
    from django.http import QueryDict

    request = selectors.request_of(LIST, QueryDict("year="), viewer)
    export = actions.ask(request, columns=forty(request.spec), form=form, clear=False, by=viewer)
    return export.pk


def run() -> None:
    registry.every()
    world = ground.world()
    fill(world)
    user_id = int(world.province.user_id or 0)
    connections.close_all()
    results, most = [], 0
    for form, goal in ((Format.XLSX, 10_000), (Format.CSV, 20_000)):
        cpu, seconds, above = measured(user_id, form)
        most = max(most, above)
        note = f"{SIZE} rows × {COLUMNS} columns, masked; {cpu:.1f} s CPU of {seconds:.1f} s"
        results.append(ground.result(f"export.{form}.rows_per_s", SIZE / seconds, "rows/s", goal, note))
    results.append(ground.result("export.mib_above_idle", most / _KIB, "MiB", 150, "the larger of both, goal: at most"))
    ground.tell(results)


if __name__ == "__main__":
    os.environ.setdefault("BENCH_LIST_ROWS", "100000")
    run()
