"""An extension that was given wrongly is taken back, with a reason; what was done under it stays (P-09)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from xinglin.accounts.tests.factories import make_staff, make_tree, sign_in, viewer_of
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.clock import SHANGHAI
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.windows import actions, rules, selectors
from xinglin.windows.models import Extension
from xinglin.windows.timetable import Spot

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-09")]


def on(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


PHASES = {"filling": (on(10, 13), on(11, 1)), "review": (on(10, 13), on(11, 6))}


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
    with time_machine.travel(on(10, 1), tick=False):
        return actions.open_window("recruitment", 2026, 1, "western", PHASES, by=association)


def given_to(node, window, by, until=None, at=None):
    with time_machine.travel(at or on(10, 20), tick=False):
        return actions.extend(window.phases.get(kind="filling"), node, until or on(11, 5), "停机", by=by)


def open_at(window, node, moment) -> bool:
    return selectors.closed_reason(window, "filling", node, moment) is None


def test_before_it_is_used_it_is_as_if_it_had_not_been_given(tree, window, association):
    extension = given_to(tree.base, window, association)
    assert open_at(window, tree.base, on(11, 3))
    with time_machine.travel(on(10, 25), tick=False):
        actions.take_back(extension.pk, " 给错了基地 ", by=association)
    assert not open_at(window, tree.base, on(11, 1)) and open_at(window, tree.base, on(10, 31))
    assert selectors.effective_end(window, "filling", tree.base) == on(11, 1)
    row = HistoryEntry.unscoped.get(verb="window.take_back")
    assert row.facts["reason"] == "给错了基地" and row.organization_path == tree.base.path
    assert list(row.changes.values()) == [["2026-11-04 24:00", "2026-10-31 24:00"]]


def test_in_use_it_ends_at_the_instant_and_what_was_open_stays_past(tree, window, association):
    extension = given_to(tree.base, window, association)
    moment = on(11, 2, 9)
    with time_machine.travel(moment, tick=False):
        actions.take_back(extension.pk, "已补完", by=association)
    assert open_at(window, tree.base, moment - timedelta(seconds=1))
    assert not open_at(window, tree.base, moment)
    extension.refresh_from_db()
    assert (extension.ended_at, extension.ends_at, extension.ended_by_name) == (
        moment,
        on(11, 5),
        association.user_name,
    )


@pytest.mark.parametrize(
    ("at", "reason", "said"),
    [(on(11, 5), "晚了", "已于 2026-11-04 24:00 到期"), (on(11, 2), " ", "请写明撤销的理由"), (on(11, 2), "长" * 201, "最多 200 个字")],
)  # fmt: skip
def test_what_is_not_taken_back(tree, window, association, at, reason, said):
    extension = given_to(tree.base, window, association)
    with time_machine.travel(at, tick=False), pytest.raises(Refused, match=said):
        actions.take_back(extension.pk, reason, by=association)
    assert Extension.unscoped.get().ended_at is None


def test_once_only_and_then_a_right_one_may_be_given(tree, window, association):
    extension = given_to(tree.base, window, association, until=on(11, 20))
    with time_machine.travel(on(10, 25), tick=False):
        actions.take_back(extension.pk, "日期写错", by=association)
        with pytest.raises(Refused, match="已于 2026-10-25 撤销"):
            actions.take_back(extension.pk, "再来", by=association)
        actions.extend(window.phases.get(kind="filling"), tree.base, on(11, 3), "停机", by=association)
    assert selectors.effective_end(window, "filling", tree.base) == on(11, 3)


def test_a_province_takes_back_its_own_only(tree, window, association, province):
    theirs = given_to(tree.base, window, association)
    with time_machine.travel(on(10, 25), tick=False):
        own = {"filling": (on(10, 15), on(10, 26))}
        made = actions.open_window("recruitment", 2026, 1, "western", own, province=tree.province, by=province)
        mine = actions.extend(made.phases.get(), tree.sibling, on(10, 29), "补录", by=province)
        with pytest.raises(Refused, match="请联系中国医师协会"):
            actions.take_back(theirs.pk, "不该给", by=province)
        actions.take_back(mine.pk, "不用了", by=province)
        foreign = given_to(tree.foreign_base, window, association, at=on(10, 25))
        for by in (province, viewer_of(make_staff("base_admin", tree.base))):
            with pytest.raises(NotAllowed):
                actions.take_back(foreign.pk, "不是我的", by=by)
        actions.take_back(foreign.pk, "协会可以", by=association)
    assert selectors.effective_end(window, "filling", tree.sibling) == on(10, 26)


@pytest.mark.parametrize(
    "values", [{"ended_reason": "无时间"}, {"ended_at": on(10, 25)}, {"ended_at": on(12, 1), "ended_reason": "太晚"}]
)
def test_the_database_refuses_half_an_end(tree, window, association, values):
    extension = given_to(tree.base, window, association)
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.unscoped.filter(pk=extension.pk).update(**values)


def test_the_page_lists_what_was_given_and_takes_it_back(client, tree, window, association):
    sign_in(client, make_staff("association_admin", tree.association))
    later = clock.now() + timedelta(days=60)
    for phase in window.phases.all():
        actions.set_phase(window, phase.kind, on(10, 13), clock.now() + timedelta(days=20), by=association)
    extension = actions.extend(window.phases.get(kind="filling"), tree.base, later, "停机", by=association)
    place = reverse("windows:extend", args=[window.pk, "filling"])
    page = client.get(place, {"organization": tree.sibling.pk})
    assert "已经给的延长" in page.text and "还没有用到" in page.text
    assert f'<option value="{tree.sibling.pk}" selected>' in page.text
    back = reverse("windows:take-back", args=[extension.pk])
    assert back in page.text and "撤销后马上按原来的时间" in client.get(back).text
    assert client.post(back, {"reason": ""}).status_code == 422
    assert "延长已撤销" in client.post(back, {"reason": "给错了"}, follow=True).text
    page = client.get(place).text
    assert "已撤销" in page and "给错了" in page and back not in page
    assert "已撤销：给错了" in client.get(reverse("windows:list")).text
    assert "已于" in client.get(back).text


def test_foreign_and_unknown_extensions_are_not_found(client, tree, window, association):
    extension = given_to(tree.foreign_base, window, association)
    sign_in(client, make_staff("province_admin", tree.province))
    for number in (extension.pk, 10**9):
        place = reverse("windows:take-back", args=[number])
        assert client.get(place).status_code == 404 and client.post(place, {"reason": "x"}).status_code == 404


moments = st.datetimes(datetime(2026, 10, 1), datetime(2026, 12, 1)).map(
    lambda at: at.replace(tzinfo=SHANGHAI, microsecond=0)
)


@given(moments, moments, moments)
def test_spans_are_half_open_at_every_instant(start, end, at):
    if end <= start:
        start, end = end, start + timedelta(seconds=1)
    state = rules.state_between(start, end, at)
    assert (state == "open") == (start <= at < end)
    assert (state == "upcoming") == (at < start)
    assert rules.state_between(start, end, start) == "open" and rules.state_between(start, end, end) == "closed"


@given(moments, st.one_of(st.none(), moments), moments)
def test_an_extension_is_in_exactly_one_state(ends, taken_back, at):
    planned = on(11, 1)
    tone, word = rules.extension_state(planned, ends, taken_back, at)
    if taken_back is not None:
        assert word == "已撤销"
    else:
        assert word == ("已到期" if at >= ends else "正在延长" if at >= planned else "还没有用到")
    assert tone in {"bad", "idle", "run", "wait"}


@given(st.dates(datetime(2026, 1, 1).date(), datetime(2030, 12, 31).date()))
def test_a_day_given_as_an_end_means_its_24_00(day):
    assert rules.as_end(day) - rules.as_start(day) == timedelta(days=1)
    assert rules.last_day(rules.as_end(day)) == day
    assert rules.end_text(rules.as_end(day)) == f"{day} 24:00"


def test_the_timetable_says_the_same_as_the_single_question(tree, window, association, province):
    """Two ways to the same answer, for every place and instant around the ends."""
    given_to(tree.base, window, association)
    given_to(tree.province, window, association, until=on(11, 3))
    taken = given_to(tree.sibling, window, association, until=on(11, 9), at=on(10, 21))
    with time_machine.travel(on(10, 30), tick=False):
        actions.take_back(taken.pk, "改期", by=association)
    table = selectors.load_timetable([window.pk])
    for node in (tree.base, tree.sibling, tree.foreign_base, tree.province):
        place = Spot(node.path, node.province_id)
        assert table.span(window.pk, "filling", place) == selectors.phase_for(window, "filling", node)
        for moment in (on(10, 12), on(10, 13), on(11, 1), on(11, 3), on(11, 4), on(11, 5), on(11, 9)):
            assert table.is_open(window.pk, "filling", place, moment) == open_at(window, node, moment)
