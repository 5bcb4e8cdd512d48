"""The counts of the flow, the lists and the badges against a plain count over the same rows (R-02, P-12)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.kernel import clock
from xinglin.residents.models import ApprovedRecord, Enrollment
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.selectors.enrollments import (
    current_intake,
    enrollments,
    flow_counts,
    oldest_pending,
    statuses,
    waiting_for_base,
    waiting_for_review,
)
from xinglin.reviews import actions as reviews

from . import factories

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-02", "P-12")]
SIZE = 6

flags = st.fixed_dictionaries(
    {
        "missing_count": st.sampled_from([None, 0, 3]),
        "missing_personal": st.sampled_from([None, 0, 2]),
        "filled": st.booleans(),
        "correction_status": st.sampled_from(["", "requested"]),
        "lapsed": st.booleans(),
        "last_year": st.booleans(),
    }
)
"""What of an unreported record may be any which way."""


@pytest.fixture
def world() -> factories.World:
    world = factories.make_world()
    factories.make_enrollments(world, SIZE)
    factories.make_enrollments(world, base=world.tree.sibling, by=world.sibling)
    return world


@given(drawn=st.lists(flags, min_size=SIZE, max_size=SIZE))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_counts_are_those_of_a_plain_look_at_every_row(world: factories.World, drawn: list[dict]) -> None:
    year, now = world.window.year, clock.now()
    with transaction.atomic():
        mine = Enrollment.unscoped.filter(organization=world.tree.base).order_by("pk")
        for pk, flag in zip(mine.values_list("pk", flat=True), drawn, strict=True):
            mine.filter(pk=pk).update(
                missing_count=flag["missing_count"], missing_personal=flag["missing_personal"], correction_status=flag["correction_status"],
                filled_at=now if flag["filled"] else None, lapsed_at=now if flag["lapsed"] else None,
                holding=not flag["lapsed"], intake_year=year - flag["last_year"],
            )  # fmt: skip
        here = [flag for flag in drawn if not flag["lapsed"] and not flag["last_year"]]

        def number(test: Callable[[dict], bool]) -> int:
            return sum(map(test, here))

        counts = flow_counts(world.base, year)
        assert counts["imported"] == len(here)
        assert counts["not_started"] == number(lambda flag: not flag["filled"])

        def is_completing(flag: dict) -> bool:
            return flag["missing_count"] == 3 and flag["missing_personal"] == 0 and not flag["correction_status"]

        completing = number(is_completing)
        assert counts["completing"] == counts["checking"] == completing
        assert counts["filling"] == number(lambda flag: flag["missing_count"] != 0) - completing
        assert counts["correcting"] == number(lambda flag: flag["correction_status"] == "requested")
        ready = number(lambda flag: flag["missing_count"] == 0 and flag["correction_status"] != "requested")
        assert counts["ready"] == ready and waiting_for_base(world.base, year) == ready + completing
        assert counts["pending"] == counts["returned"] == counts["approved"] == counts["corrected"] == 0
        assert flow_counts(world.province, year)["imported"] == len(here) + 1
        assert flow_counts(world.sibling, year)["imported"] == 1
        assert flow_counts(world.other_province, year)["imported"] == 0
        assert enrollments(world.base).count() == SIZE
        assert current_intake(world.base).count() == sum(not flag["lapsed"] for flag in drawn)
        years = list(enrollments(world.base).values_list("intake_year", "id"))
        assert years == sorted(years, reverse=True)
        transaction.set_rollback(True)


@pytest.mark.req("R-21")
def test_pending_approved_and_trained_are_counted_where_they_are_seen(world: factories.World) -> None:
    year = world.window.year
    rows = list(Enrollment.unscoped.filter(organization=world.tree.base).order_by("pk"))[:3]
    assert oldest_pending(world.province, year) is None and waiting_for_review(world.province) == 0
    for row in rows:
        factories.complete(row, world)
        assert reviews.report(RECRUITMENT, [row.pk], by=world.base).done == [row.pk]
    first, second, third = rows
    oldest = oldest_pending(world.province, year)
    assert waiting_for_review(world.province) == waiting_for_review(world.base) == 3
    assert waiting_for_review(world.other_province) == waiting_for_review(world.sibling) == 0
    reviews.approve(RECRUITMENT, [first.pk], by=world.province)
    reviews.return_(RECRUITMENT, [second.pk], comment="照片不清", by=world.province)
    later = oldest_pending(world.province, year)
    assert oldest is not None and later is not None and later > oldest
    assert oldest_pending(world.province, year - 1) is None
    counts = flow_counts(world.base, year)
    assert (counts["pending"], counts["returned"], counts["approved"]) == (1, 1, 1)
    assert waiting_for_base(world.base, year) == 1, "the returned one is complete and waits for a report"
    told = dict(statuses(world.base))
    assert told["在培"] == 1 and sum(told.values()) == 1 and "结束" not in told
    assert list(told) == ["在培", "延期", "暂停", "结业", "退培"]
    assert sum(dict(statuses(world.sibling)).values()) == 0
    ApprovedRecord.unscoped.filter(pk=first.pk).update(training_status="withdrawn")
    assert dict(statuses(world.association))["退培"] == 1
    assert third.pk in current_intake(world.province).values_list("pk", flat=True)
