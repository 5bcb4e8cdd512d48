"""流程导航: the counts of every step against a plain reading of the records, whose turn, and the times beside it (P-12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from xinglin.accounts.tests.factories import make_staff, sign_in, viewer_of
from xinglin.kernel import clock
from xinglin.kernel.clock import SHANGHAI
from xinglin.portal.selectors import Flow, flow, flow_of, intake_url
from xinglin.portal.selectors.flow import present_spans
from xinglin.residents.models import Enrollment
from xinglin.residents.tests import factories, stages
from xinglin.ui import counts
from xinglin.windows.enums import PhaseKind, PhaseState
from xinglin.windows.rules import Span

pytestmark = pytest.mark.req("P-12")

# How often each stage of stages.STAGES counts in each box of the page, as the manual reads it.
BOXES = {
    "imported": {"not_started", "filling"}, "begun": {"filling"}, "filled": {"completing", "checking"}, "ready": {"ready"},
    "asked": {"correcting"}, "answered": {"corrected", "checking", "ready"}, "seen": {"ready"}, "pending": {"pending"},
    "returned": {"returned", "ready", "ready_again"}, "approved": {"approved"},
}  # fmt: skip
NODES = ("imported", "filling", "checking", "ready", "pending", "approved")
HOW_MANY = {"imported": 2, "pending": 3, "approved": 2}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    counts.forget()


@pytest.fixture
def world() -> Any:
    return factories.make_world()


def at_sibling(world: Any) -> Any:
    """The same country seen from the other base of the province."""
    return replace(world, tree=replace(world.tree, base=world.tree.sibling), base=world.sibling)


@pytest.fixture
def mixed(world: Any) -> list[tuple[str, Enrollment]]:
    """Every stage at the base, three of them at its sibling, one that lapsed."""
    made = [(stage, stages.make(world, stage)) for stage in stages.STAGES for _ in range(HOW_MANY.get(stage, 1))]
    made += [(stage, stages.make(at_sibling(world), stage)) for stage in ("ready", "pending", "returned")]
    lapsed = stages.make(world, "ready")
    Enrollment.unscoped.filter(pk=lapsed.pk).update(lapsed_at=clock.now(), holding=False)
    return made


def read(rows: list[tuple[str, Enrollment]], base: int | None = None) -> dict[str, int]:
    """The plain reading: one pass over what was made."""
    found = dict.fromkeys([*set.union(*BOXES.values()), "waiting", *NODES], 0)
    for stage, row in rows:
        if base is None or row.organization_id == base:
            found["imported"] += 1
            for box in BOXES[stage]:
                found[box] += 1
            found["waiting"] += bool({"ready", "checking"} & BOXES[stage])
    return found


@pytest.mark.django_db
def test_every_box_counts_what_was_made_and_says_whose_turn(world, mixed):
    tree = world.tree
    whole = read(mixed)
    for viewer, base in (
        (world.base, tree.base.pk), (world.sibling, tree.sibling.pk), (world.province, None), (world.association, None),
        (viewer_of(make_staff("ministry_reader", tree.ministry)), None),
        (viewer_of(make_staff("province_admin", tree.province)), None),
    ):  # fmt: skip
        found, expected = flow_of(viewer), read(mixed, base)
        assert {name: found.counts[name] for name in expected} == expected, viewer.role
        assert [node.count for node in found.nodes] == [expected[name] for name in NODES]
        assert [loop.count for loop in found.loops] == [expected["correcting"], expected["returned"]]
    notes = [node.note for node in flow_of(world.base).nodes]
    assert notes[2:4] == ["待补齐 1，待看 1", "含省级退回 1 人"]
    assert whole["pending"] == 4 and read(mixed, tree.sibling.pk)["imported"] == 3
    assert set(flow_of(world.other_province).counts.values()) == {0}
    turns = {
        name: [node.label for node in flow_of(viewer).nodes if node.turn]
        for name, viewer in (
            ("base", world.base), ("province", world.province), ("association", world.association),
            ("other", world.other_province), ("admin", viewer_of(make_staff("province_admin", world.tree.province))),
        )
    }  # fmt: skip
    assert turns == {
        "base": ["基地核对", "待上报"], "province": ["省级待审核"], "association": [], "other": [], "admin": [],
    }  # fmt: skip


@pytest.mark.django_db
def test_the_tasks_of_a_base_and_of_a_reviewer(world, mixed):
    mine, theirs = flow_of(world.base), flow_of(world.province)
    counted = read(mixed, world.tree.base.pk)
    assert [(task.label, task.count, task.tone) for task in mine.tasks] == [
        ("待上报", counted["ready"], "turn"), ("补齐资料", counted["completing"], "turn"), ("核对本人修改", counted["corrected"], "turn"), ("省级退回", counted["returned"], "bad"),
    ]  # fmt: skip
    assert "资料齐全的已算在待上报里" in mine.tasks[3].note, (
        "a returned one that lacks something waits in no other line"
    )
    assert mine.open_tasks == counted["waiting"] and theirs.open_tasks == 4
    assert [(task.label, task.count, task.url, task.note) for task in theirs.tasks] == [
        ("待审核", 4, reverse("review:queue"), "今天上报的")
    ]
    text = sign_in(Client(), make_staff("base_admin", world.tree.base)).get(reverse("portal:residents-home")).text
    assert f"共 {counted['imported']} 人" in text and f"轮到您 {counted['waiting']} 项" in text
    assert all(escape(loop.url) in text and loop.text.split(" {}")[0] in text for loop in mine.loops)
    for label in ("账号导入", "住院医师填写", "基地核对", "待上报", "省级待审核", "审核通过", "时间安排", "进行中"):
        assert label in text
    assert flow_of(world.association).tasks == [] and flow_of(world.association).open_tasks == 0


@pytest.mark.django_db
def test_the_oldest_report_is_told_in_days(world):
    world.window.phases.update(starts_at=clock.now() - timedelta(days=40), ends_at=clock.now() + timedelta(days=40))
    with time_machine.travel(clock.now() - timedelta(hours=72)):
        stages.make(world, "pending")
        earlier = clock.local(clock.now())
    stages.make(world, "pending")
    found = flow_of(world.province, world.window.year)
    assert found.tasks[0].note == "最长已等 3 天"
    assert found.nodes[4].note == f"最早 {earlier:%m-%d} 上报"
    assert flow_of(world.other_province).nodes[4].note == "没有等待的"


@pytest.mark.django_db
def test_every_link_leads_to_as_many_rows_as_it_says(world, mixed):
    """A number that is clicked shows that many records: the list is asked, not the counting code again."""
    for role, place in (("base_admin", world.tree.base), ("province_reviewer", world.tree.province)):
        user = make_staff(role, place)
        client, found = sign_in(Client(), user), flow_of(viewer_of(user))
        for node in (*found.nodes, *found.loops, *(task for task in found.tasks if task.label != "待审核")):
            page = client.get(node.url)
            assert page.status_code == 200
            assert page.context["page"].count.number == node.count, (role, node.url)
            assert parse_qs(urlsplit(node.url).query)["year"] == [str(found.year)]


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ["1999", "20266", "abcd", "²⁰²⁶", "-202", "", "0000"])
def test_a_year_that_is_none_shows_the_present_one(world, odd):
    client = sign_in(Client(), make_staff("base_admin", world.tree.base))
    assert client.get(reverse("portal:residents-home"), {"year": odd}).context["flow"].year == world.window.year


@pytest.mark.django_db
def test_another_year_is_counted_by_itself(world):
    stages.make(world, "imported")
    before = factories.make_window(world.window.year - 1, filling=(-400, -380), review=(-400, -370))
    client = sign_in(Client(), make_staff("base_admin", world.tree.base))
    old = client.get(reverse("portal:residents-home"), {"year": before.year}).context["flow"]
    assert (old.year, old.counts["imported"], old.state, old.left) == (before.year, 0, ("idle", "已结束"), "")
    assert old.years == [world.window.year, before.year]
    assert flow_of(world.base).counts["imported"] == 1


@pytest.mark.django_db
def test_on_the_last_day_the_ring_does_not_say_still_left_today_ends(world):
    today = clock.local(clock.now()).replace(hour=12, minute=0, second=0, microsecond=0)
    world.window.phases.update(starts_at=today - timedelta(days=9), ends_at=today.replace(hour=18))
    with time_machine.travel(today, tick=False):
        user = make_staff("base_admin", world.tree.base)
        found = flow_of(viewer_of(user))
        text = sign_in(Client(), user).get(reverse("portal:residents-home")).text
    assert found.left == "今天截止"
    assert "还剩 今天" not in text and "填报今天截止" in text


# ---- pure: which phases are shown, and what is left

NOW = datetime(2026, 10, 20, 12, tzinfo=SHANGHAI)


def row(year: int, window: int, state: str, kind: str = "filling", starts: int = -5, ends: int = 5) -> Any:
    begin, end = NOW + timedelta(days=starts), NOW + timedelta(days=ends)
    span = Span(PhaseKind(kind), begin, end, end)
    return SimpleNamespace(
        window=SimpleNamespace(year=year, pk=window), state=PhaseState(state), span=span, left=span.left(NOW)
    )


@given(st.lists(st.builds(
    row, st.sampled_from([2025, 2026]), st.integers(1, 4), st.sampled_from(["upcoming", "open", "closed"])
), max_size=8))  # fmt: skip
def test_the_phases_of_the_moment(rows):
    shown = present_spans(rows, 2026)
    mine = [line for line in rows if line.window.year == 2026]
    assert all(any(line is other for other in mine) for line in shown)
    assert bool(shown) == bool(mine)
    states = {line.state for line in mine}
    first = next((state for state in (PhaseState.OPEN, PhaseState.UPCOMING) if state in states), None)
    if first is None:
        assert shown == mine[:2]
    else:
        batches = {line.window.pk for line in mine if line.state is first}
        assert shown == [line for line in mine if line.window.pk in batches]


def page_of(spans: list[Any]) -> Flow:
    return Flow(2026, [2026], {}, [], [], [], spans, [], "", 0, 0)


@pytest.mark.parametrize(
    ("states", "tag"),
    [([], ("idle", "没有安排")), (["closed", "open"], ("run", "进行中")), (["open", "closed"], ("run", "进行中")),
     (["upcoming", "upcoming"], ("idle", "未开始")), (["closed"], ("idle", "已结束"))],
)  # fmt: skip
def test_the_tag_of_the_times(states, tag):
    assert page_of([row(2026, 1, state) for state in states]).state == tag


@given(st.integers(-300, 0), st.integers(1, 300))
def test_what_has_passed_is_a_share_between_0_and_100(starts, ends):
    with time_machine.travel(NOW, tick=False):
        left, passed = flow._time_left([row(2026, 1, "open", "filling", starts, ends)])
    assert left == f"{ends} 天"
    assert passed == round(100 * -starts / (ends - starts)) and 0 <= passed <= 100


def test_only_an_open_filling_has_a_ring():
    with time_machine.travel(NOW, tick=False):
        for spans in ([], [row(2026, 1, "open", "review")], [row(2026, 1, "closed")], [row(2026, 1, "upcoming")]):
            assert flow._time_left(spans) == ("", 0)


def test_the_address_of_a_list_is_escaped():
    assert intake_url(2026) == f"{reverse('residents:intake')}?year=2026"
    assert parse_qs(urlsplit(intake_url(2026, name="林&陈=x")).query) == {"year": ["2026"], "name": ["林&陈=x"]}
