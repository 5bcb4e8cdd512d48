"""Opening, setting and extending windows; who is bound by what (P-09)."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from xinglin.accounts.tests.factories import make_staff, make_tree, viewer_of
from xinglin.history.models import HistoryEntry
from xinglin.kernel.clock import SHANGHAI
from xinglin.kernel.errors import NotAllowed, Refused, WindowClosed
from xinglin.windows import actions, selectors
from xinglin.windows.enums import PhaseKind
from xinglin.windows.models import Extension

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-09")]

FILLING = (date(2026, 10, 13), date(2026, 10, 31))
REVIEW = (date(2026, 10, 13), date(2026, 11, 5))
PHASES = {"filling": FILLING, "review": REVIEW}


def on(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def in_the_season():
    """An extension ends in the future: these tests live in October 2026."""
    with time_machine.travel(on(10, 20), tick=False):
        yield


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def association(tree):
    return viewer_of(make_staff("association_admin", tree.association))


@pytest.fixture
def province(tree):
    return viewer_of(make_staff("province_admin", tree.province))


@pytest.fixture
def window(association):
    return actions.open_window("recruitment", 2026, 1, "western", PHASES, by=association)


def test_outside_its_phase_an_action_is_refused_with_the_dates(tree, window):
    actions.require_open(window, PhaseKind.FILLING, tree.base, on(10, 13))
    actions.require_open(window, PhaseKind.FILLING, tree.base, on(11, 1) - timedelta(seconds=1))
    with pytest.raises(WindowClosed, match=f"已于 2026-10-31 24:00 结束.*{tree.province.name}"):
        actions.require_open(window, PhaseKind.FILLING, tree.base, on(11, 1))
    with pytest.raises(WindowClosed, match=f"2026-10-13 开始|{tree.association.name}"):
        actions.require_open(window, PhaseKind.REVIEW, tree.province, on(10, 12))


def test_asking_costs_two_queries(tree, window, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert selectors.closed_reason(window, PhaseKind.FILLING, tree.base, on(10, 20)) is None


def test_an_extension_reaches_exactly_its_subtree(tree, window, association):
    phase = window.phases.get(kind="filling")
    actions.extend(phase, tree.base, date(2026, 11, 3), "信息系统升级停机两天", by=association)
    later = on(11, 3, 12)
    assert selectors.closed_reason(window, "filling", tree.base, later) is None
    assert selectors.closed_reason(window, "filling", tree.sibling, later) is not None
    assert selectors.closed_reason(window, "filling", tree.base, on(11, 4)) is not None
    actions.extend(phase, tree.province, date(2026, 11, 2), "台风", by=association)
    assert selectors.effective_end(window, "filling", tree.base) == on(11, 4)
    assert selectors.effective_end(window, "filling", tree.sibling) == on(11, 3)
    rows = HistoryEntry.objects.for_system("test").filter(verb="window.extend")
    assert {row.facts["reason"] for row in rows} == {"信息系统升级停机两天", "台风"}


@pytest.mark.parametrize(("ends", "reason", "message"), [
    (date(2026, 11, 3), " ", "理由"),
    (date(2026, 10, 31), "停机", "要更晚.*请用“撤销”"),
    (date(2026, 10, 19), "停机", "2026-10-19 24:00 已经过去"),
    (on(10, 20), "停机", "已经过去"),
])  # fmt: skip
def test_an_extension_needs_a_reason_and_a_later_end(tree, window, association, ends, reason, message):
    with pytest.raises(Refused, match=message):
        actions.extend(window.phases.get(kind="filling"), tree.base, ends, reason, by=association)


def test_an_end_that_is_past_opens_nothing_and_is_refused_though_it_is_later_than_the_present_end(
    tree, window, association
):
    """The window is over; up to now such an extension was taken and did nothing."""
    phase = window.phases.get(kind="filling")
    with time_machine.travel(on(11, 20, 9), tick=False):
        for ends in (date(2026, 11, 10), date(2026, 11, 19), on(11, 20, 9)):
            with pytest.raises(Refused, match=r"已经过去.*现在的结束时间是 2026-10-31 24:00") as refused:
                actions.extend(phase, tree.base, ends, "补录", by=association)
            assert refused.value.field == "ends_on"
        assert not Extension.unscoped.exists()
        actions.extend(phase, tree.base, date(2026, 11, 20), "补录", by=association)
        assert selectors.closed_reason(window, "filling", tree.base) is None


def test_a_shorter_end_is_refused_and_an_extension_can_still_be_taken_back(tree, window, association):
    phase = window.phases.get(kind="filling")
    given = actions.extend(phase, tree.base, date(2026, 11, 8), "停机", by=association)
    with pytest.raises(Refused, match="2026-11-08 24:00") as refused:
        actions.extend(phase, tree.base, date(2026, 11, 3), "写错了", by=association)
    assert refused.value.field == "ends_on"
    actions.take_back(given.pk, "写错了", by=association)
    actions.extend(phase, tree.base, date(2026, 11, 3), "停机", by=association)
    assert selectors.effective_end(window, "filling", tree.base) == on(11, 4)


def test_a_province_sets_its_own_times_within_the_associations(tree, window, province, association):
    own = {"filling": (date(2026, 10, 15), date(2026, 10, 25))}
    made = actions.open_window("recruitment", 2026, 1, "western", own, province=tree.province, by=province)
    assert selectors.closed_reason(window, "filling", tree.base, on(10, 14)) is not None
    assert selectors.closed_reason(window, "filling", tree.base, on(10, 26)) is not None
    assert selectors.closed_reason(window, "filling", tree.foreign_base, on(10, 26)) is None
    assert selectors.closed_reason(window, "review", tree.province, on(11, 2)) is None
    with pytest.raises(Refused, match="2026-10-13 ～ 2026-10-31"):
        actions.set_phase(made, "filling", date(2026, 10, 15), date(2026, 11, 1), by=province)
    with pytest.raises(Refused, match="不能比它窄"):
        actions.set_phase(window, "filling", date(2026, 10, 20), date(2026, 10, 31), by=association)
    phase = made.phases.get()
    actions.extend(phase, tree.base, date(2026, 10, 29), "补录", by=province)
    assert selectors.closed_reason(window, "filling", tree.base, on(10, 28)) is None
    with pytest.raises(Refused, match="不能晚于全国"):
        actions.extend(phase, tree.base, date(2026, 11, 2), "补录", by=province)
    with pytest.raises(NotAllowed):
        actions.extend(phase, tree.foreign_base, date(2026, 10, 29), "补录", by=province)


def test_an_extension_of_the_association_also_counts_where_a_province_set_its_own(tree, window, province, association):
    own = {"filling": (date(2026, 10, 15), date(2026, 10, 25))}
    actions.open_window("recruitment", 2026, 1, "western", own, province=tree.province, by=province)
    actions.extend(window.phases.get(kind="filling"), tree.base, date(2026, 11, 3), "停机", by=association)
    assert selectors.effective_end(window, "filling", tree.base) == on(11, 4)
    assert selectors.effective_end(window, "filling", tree.sibling) == on(10, 26)


def test_who_may_set_times(tree, window, province):
    base = viewer_of(make_staff("base_admin", tree.base))
    for viewer in (base, province):
        with pytest.raises(NotAllowed):
            actions.set_phase(window, "filling", *FILLING, by=viewer)
    with pytest.raises(NotAllowed):
        actions.open_window("recruitment", 2026, 1, "western", PHASES, province=tree.other_province, by=province)


def test_a_batch_exists_once_and_has_sensible_dates(window, association):
    with pytest.raises(Refused, match="已经有"):
        actions.open_window("recruitment", 2026, 1, "western", PHASES, by=association)
    with pytest.raises(Refused, match="在开始时间之后"):
        actions.set_phase(window, "filling", date(2026, 10, 13), date(2026, 10, 12), by=association)


def test_open_windows_name_the_associations(tree, window, province, association):
    actions.open_window("recruitment", 2026, 1, "tcm", PHASES, by=association)
    own = {"filling": (date(2026, 10, 15), date(2026, 10, 25))}
    actions.open_window("recruitment", 2026, 1, "western", own, province=tree.province, by=province)
    assert selectors.open_windows("recruitment", "western", tree.base, on(10, 20)) == [window]
    assert selectors.open_windows("recruitment", "western", tree.base, on(10, 14)) == []
    assert len(selectors.open_windows("recruitment", None, tree.foreign_base, on(10, 14))) == 2
