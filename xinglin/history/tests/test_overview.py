"""What the page of the seals reads: months, and how the last verification ended."""

import datetime as dt
from dataclasses import replace

import pytest

from xinglin.history import overview
from xinglin.history.models import HistorySeal
from xinglin.history.verification import verify
from xinglin.kernel import clock

from .rows import BASE, change, sealed

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-12")]


def test_months_come_newest_first_with_their_heads():
    for month, count in ((9, 2), (11, 3), (10, 1)):
        sealed(count, batches=2, at=dt.datetime(2026, month, 5, tzinfo=clock.SHANGHAI))
    found = overview.months()
    assert [(m.partition, m.seals, m.rows) for m in found] == [("2026-11", 2, 6), ("2026-10", 2, 2), ("2026-09", 2, 4)]
    for month in found:
        last = HistorySeal.objects.get(partition=month.partition, sequence=2)
        assert (month.digest, month.sealed_at) == (last.digest, last.sealed_at)


def test_without_seals_there_are_no_months():
    assert overview.months() == [] and overview.last_verification(BASE) is None


def test_the_newest_verification_within_the_scope_is_told():
    ids = sealed(2)
    overview.record_verification(verify(), by=BASE)
    change(ids[0], verb="x")
    overview.record_verification(verify(), by=BASE)
    last = overview.last_verification(BASE)
    assert not last.report.intact and last.entry.actor_name == BASE.user_name
    assert [finding.row_id for finding in last.report.findings] == [ids[0]]
    assert overview.last_verification(replace(BASE, organization_path="/1/4/")) is None


def test_verifying_is_part_of_the_history_that_is_verified():
    sealed(1)
    overview.record_verification(verify(), by=BASE)
    report = verify()
    assert report.tail == 1 and report.intact
