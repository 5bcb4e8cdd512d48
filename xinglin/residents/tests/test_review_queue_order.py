"""The province's queue against a sorted list: order, place, neighbours, the part that is shown, the day's count (R-21)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from xinglin.kernel import clock
from xinglin.kernel.numbers import MOST
from xinglin.residents.actions.training import save_training
from xinglin.residents.models import Enrollment, RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.selectors import review_desk as desk
from xinglin.reviews import actions as reviews

from . import factories, stages
from .signed_in import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-21")]

SIZE = 7
NOON = clock.now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)
QUICK = (Phase.explicit, Phase.generate)
ONLY_READ = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def world() -> factories.World:
    return factories.make_world()


@pytest.fixture
def pending(world: factories.World) -> list[int]:
    rows = factories.make_enrollments(world, SIZE)
    for row in rows:
        factories.complete(row, world)
    ids = [row.pk for row in rows]
    assert reviews.report(RECRUITMENT, ids, by=world.base).done == ids
    return ids


def reported_at(ids: list[int], minutes: list[int]) -> list[int]:
    """Set the times of reporting; returns the ids as they have to stand in the queue."""
    for pk, minute in zip(ids, minutes, strict=True):
        RecruitmentReview.unscoped.filter(pk=pk).update(reported_at=NOON + timedelta(minutes=minute))
    return [pk for _minute, pk in sorted(zip(minutes, ids, strict=True))]


def state_of(pk: int) -> RecruitmentReview:
    return RecruitmentReview.unscoped.select_related("version__key", "decided_version__key").get(pk=pk)


MINUTES = st.lists(st.integers(0, 3), min_size=SIZE, max_size=SIZE)
"""Few different minutes: reports of one selection have the same instant, so ties are the rule, not the exception."""


def test_the_queue_and_every_place_in_it_agree_with_a_sorted_list(world: factories.World, pending: list[int]) -> None:
    @given(MINUTES)
    @settings(max_examples=6, deadline=None, phases=QUICK, suppress_health_check=ONLY_READ)
    def check(minutes: list[int]) -> None:
        order = reported_at(pending, minutes)
        assert [row.pk for row in desk.queue(world.province)] == order
        for index, pk in enumerate(order):
            found = desk.neighbours(world.province, state_of(pk))
            before = order[index - 1] if index else None
            after = order[index + 1] if index + 1 < SIZE else None
            assert (found.place, found.size, found.before, found.after) == (index + 1, SIZE, before, after)

    check()


def test_the_shown_part_is_a_piece_of_the_queue_around_the_record(
    world: factories.World, pending: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "QUEUE_SHOWN", 3)

    @given(MINUTES)
    @settings(max_examples=6, deadline=None, phases=QUICK, suppress_health_check=ONLY_READ)
    def check(minutes: list[int]) -> None:
        order = reported_at(pending, minutes)
        assert [row.pk for row in desk.queue_around(world.province, None)] == order[:3]
        for index, pk in enumerate(order):
            shown = [row.pk for row in desk.queue_around(world.province, state_of(pk))]
            start = max(index - 3, 0)
            assert shown == order[start : index + 3], (order, pk)

    check()


def test_going_on_by_the_neighbours_visits_everybody_once(world: factories.World, pending: list[int]) -> None:
    order = reported_at(pending, [3, 1, 1, 2, 0, 0, 1])
    seen, at = [], desk.queue(world.province).first()
    while at is not None:
        seen.append(at.pk)
        after = desk.neighbours(world.province, state_of(at.pk)).after
        at = state_of(after) if after else None
    assert seen == order


def test_only_waiting_records_of_the_own_province_are_in_the_queue(world: factories.World, pending: list[int]) -> None:
    approved, returned, lapsed, recalled = pending[:4]
    reviews.approve(RECRUITMENT, [approved], by=world.province)
    reviews.return_(RECRUITMENT, [returned], comment="年限不符", by=world.province)
    Enrollment.unscoped.filter(pk=lapsed).update(lapsed_at=clock.now(), holding=False)
    reviews.recall(RECRUITMENT, [recalled], by=world.base)
    rest = set(pending[4:])
    assert {row.pk for row in desk.queue(world.province)} == rest
    assert {row.pk for row in desk.queue(world.association)} == rest
    assert list(desk.queue(world.other_province)) == list(desk.queue(world.sibling)) == []
    for pk in (approved, returned, recalled):
        assert [row.pk for row in desk.queue_around(world.province, state_of(pk))] == sorted(rest)


def test_a_record_is_loaded_in_scope_only(world: factories.World) -> None:
    row = stages.make(world, "pending")
    found = desk.load(world.province, row.pk)
    assert found is not None and found[0].id == row.pk == found[1].pk
    for viewer in (world.other_province, world.sibling, factories.resident_viewer(stages.make(world, "pending"))):
        assert desk.load(viewer, row.pk) is None
    for number in (0, -1, row.pk + 9999, MOST, MOST + 1, 10**30):
        assert desk.load(world.province, number) is None


def test_decided_today_counts_from_midnight_in_shanghai(world: factories.World, pending: list[int]) -> None:
    assert desk.decided_today(world.province) == 0
    reviews.approve(RECRUITMENT, pending[:3], by=world.province)
    reviews.return_(RECRUITMENT, pending[3:5], comment="年限不符", by=world.province)
    midnight = datetime.combine(clock.today(), time(), clock.SHANGHAI)
    at = {
        pending[0]: midnight - timedelta(seconds=1), pending[1]: midnight, pending[2]: midnight + timedelta(hours=23),
        pending[3]: midnight + timedelta(days=1), pending[4]: midnight - timedelta(days=1),
    }  # fmt: skip
    for pk, moment in at.items():
        RecruitmentReview.unscoped.filter(pk=pk).update(decided_at=moment)
    assert desk.decided_today(world.province) == 2
    assert desk.decided_today(world.association) == 2
    assert desk.decided_today(world.other_province) == desk.decided_today(world.sibling) == 0


def test_the_first_report_is_all_new_and_has_nothing_to_compare_with(world: factories.World) -> None:
    row = stages.make(world, "pending")
    found = desk.compare(state_of(row.pk))
    assert found.first and found.changed == found.total > 20
    assert all(line.old == "" for group in found.groups for line in group.rows)
    assert [group.title for group in found.groups] == ["基本信息", "学习经历 · 本科", "证书信息", "培训信息"]
    lines = {line.key: line for group in found.groups for line in group.rows}
    assert lines["basic_info.id_number"].new.count("*") == 8
    assert lines["basic_info.phone"].new.count("*") == 4
    assert row.person.id_number not in repr(found) and row.person.phone not in repr(found)
    pictures = {key for key, line in lines.items() if line.picture}
    assert pictures == {
        "basic_info.photo", "basic_info.id_front", "basic_info.id_back", "education.bachelor.diploma_scan",
        "education.bachelor.degree_scan",
    }  # fmt: skip
    assert lines["basic_info.id_front"].sensitive and lines["basic_info.id_back"].sensitive
    assert not lines["basic_info.photo"].sensitive


def test_after_a_return_only_what_differs_is_marked(world: factories.World) -> None:
    row = stages.make(world, "returned")
    save_training(row.pk, {"approved_years": 2, "ends_on": None}, by=world.base)
    assert reviews.report(RECRUITMENT, [row.pk], by=world.base).done
    found = desk.compare(state_of(row.pk))
    changed = {line.label: (line.old, line.new) for group in found.groups for line in group.changed}
    assert not found.first and found.changed == 2 < found.total
    assert changed["核定培训年限"] == ("3", "2") and set(changed) == {"核定培训年限", "计划结束日期"}
    assert desk.reports_so_far(world.province, row.pk) == 2
    assert [event.verb for event in desk.events(world.province, row.pk)] == ["report", "return", "report"]
    assert desk.events(world.other_province, row.pk) == []


def test_the_desk_leads_from_record_to_record_until_it_is_empty(world: factories.World) -> None:
    rows = [stages.make(world, "pending") for _ in range(3)]
    client = client_of(world.province)
    for index, row in enumerate(rows):
        page = client.get(f"/review/{row.pk}").context
        assert (page["place"].place, page["place"].size, page["decided_today"]) == (1, 3 - index, index)
        assert page["pending"] and page["reports"] == 1
        version = state_of(row.pk).version_id
        answer = client.post(f"/review/{row.pk}/decide", {"verdict": "approve", "version": version})
        following = f"/review/{rows[index + 1].pk}" if index < 2 else "/review/"
        assert answer.status_code == 302 and answer.url == following
    assert "queue" not in (client.get("/review/").context or {})
    decided = client.get(f"/review/{rows[0].pk}").context
    assert decided["place"] is None and not decided["pending"] and decided["decided_today"] == 3


@pytest.mark.parametrize(("status", "words"), [("", ""), ("in_training", "在培"), ("withdrawn", "退培")])
def test_training_status_in_words(status: str, words: str) -> None:
    assert desk.training_label(status) == words
