"""10,000 accounts from xlsx with every check, message, account and history; the usual library on the same tables."""

from __future__ import annotations

from bench import ground  # first: it prepares Django
from bench.usual_route import import_usually
from xinglin.imports import actions, registry
from xinglin.residents.models import Enrollment

SIZE, USUAL_SIZE = 10_000, 300


def run() -> None:
    world = ground.world()
    spec = registry.get("resident-accounts")
    data = ground.workbook(ground.account_rows(0, SIZE))

    def import_all() -> None:
        job = actions.start(spec, data=data, file_name="a.xlsx", by=world.base)
        checked = actions.check(job.pk, by=world.base)
        assert checked is not None and checked.counts["error"] == 0, checked
        assert actions.confirm(checked, revision=checked.revision, whole=False, by=world.base)
        actions.run(job.pk, by=world.base)

    seconds, _ = ground.timed(import_all)
    stored = Enrollment.unscoped.count()
    assert stored == SIZE, stored
    ours = SIZE / seconds
    rows = ground.account_rows(SIZE, USUAL_SIZE)
    usual_seconds, _ = ground.timed(lambda: import_usually(rows, world))
    usual = USUAL_SIZE / usual_seconds
    where = ground.DATABASE
    ground.tell(
        [
            ground.result(f"import.rows_per_s.{where}", ours, "rows/s", 5000, f"{SIZE} rows, check and run"),
            ground.result(
                f"import.ratio_to_import_export.{where}" if where == "sqlite" else "import.ratio_to_import_export",
                ours / usual, "×", 20, f"django-import-export: {usual:.0f} rows/s over {USUAL_SIZE} rows",
            ),
        ]
    )  # fmt: skip


if __name__ == "__main__":
    run()
