"""Reporting and approving 1,000 complete records, each with its sealed snapshot, events, history and typed rows."""

from __future__ import annotations

from bench import ground  # first: it prepares Django
from xinglin.people.actions import saving
from xinglin.people.selectors import records
from xinglin.residents.actions.training import save_many
from xinglin.residents.models import ApprovedRecord, Enrollment
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.tests import factories
from xinglin.reviews import actions as reviews

SIZE = 1000


def fill(enrollments: list[Enrollment], world: factories.World) -> None:
    """Complete records without the time that a thousand forms would take."""
    for record in records([enrollment.person_id for enrollment in enrollments]).values():
        for section, values in (
            ("basic_info", factories.basic_info()),
            ("education", factories.education()),
            ("qualifications", {"qualifications.status": "not_taken"}),
        ):
            saving.put(record, section, values)
            saving.store(record, section)
    save_many({enrollment.pk: factories.training() for enrollment in enrollments}, by=world.base)


def run() -> None:
    world = ground.world()
    enrollments = factories.make_enrollments(world, SIZE)
    fill(enrollments, world)
    ids = [enrollment.pk for enrollment in enrollments]
    report_seconds, reported = ground.timed(lambda: reviews.report(RECRUITMENT, ids, by=world.base))
    assert len(reported.done) == SIZE, next(iter(reported.refused.values()))
    approve_seconds, approved = ground.timed(lambda: reviews.approve(RECRUITMENT, ids, by=world.province))
    assert len(approved.done) == ApprovedRecord.unscoped.count() == SIZE
    assert Enrollment.unscoped.filter(training_status="in_training").count() == SIZE
    where = "" if ground.DATABASE == "postgres" else ".sqlite"
    ground.tell(
        [
            ground.result(f"report.1000.s{where}", report_seconds, "s", 3, ground.DATABASE),
            ground.result(f"approve.1000.s{where}", approve_seconds, "s", 3, ground.DATABASE),
        ]
    )


if __name__ == "__main__":
    run()
