"""Who arranges, extends and takes back, every refusal in words, and what is written down (P-09, P-07)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from xinglin.accounts.roles import ROLES
from xinglin.accounts.tests.factories import make_staff, make_tree, viewer_of
from xinglin.history.models import HistoryEntry
from xinglin.kernel.clock import SHANGHAI
from xinglin.kernel.errors import NotAllowed, Refused, WindowClosed
from xinglin.organizations.enums import Kind
from xinglin.windows import actions, selectors
from xinglin.windows.models import CollectionWindow, Extension, WindowPhase

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-09")]


def on(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


PHASES = {"filling": (date(2026, 10, 13), date(2026, 10, 31)), "review": (date(2026, 10, 13), date(2026, 11, 5))}
OWN = {"filling": (date(2026, 10, 15), date(2026, 10, 25))}


@pytest.fixture(autouse=True)
def _in_october():
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


@pytest.fixture
def filling(window):
    return window.phases.get(kind="filling")


def told(verb):
    return list(HistoryEntry.unscoped.filter(verb=f"window.{verb}").order_by("pk"))


def place_of(tree, role):
    kinds = {
        Kind.MINISTRY: tree.ministry, Kind.ASSOCIATION: tree.association, Kind.PROVINCE: tree.province,
        Kind.HOSPITAL: tree.base,
    }  # fmt: skip
    return kinds[ROLES[role].kind]


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"association_admin", "province_admin", "resident"}))
def test_roles_without_the_right_change_nothing(tree, window, filling, association, role):
    by = viewer_of(make_staff(role, place_of(tree, role)))
    given = actions.extend(filling, tree.base, date(2026, 11, 3), "停机", by=association)
    rows = HistoryEntry.unscoped.count()
    for attempt in (
        lambda: actions.open_window("recruitment", 2026, 2, "western", PHASES, by=by),
        lambda: actions.set_phase(window, "filling", date(2026, 10, 1), date(2026, 12, 1), by=by),
        lambda: actions.set_own_phase(window, tree.province, "filling", *OWN["filling"], by=by),
        lambda: actions.extend(filling, tree.base, date(2026, 11, 9), "停机", by=by),
        lambda: actions.take_back(given.pk, "不用了", by=by),
    ):
        with pytest.raises(NotAllowed, match=ROLES[role].label):
            attempt()
    assert HistoryEntry.unscoped.count() == rows
    assert CollectionWindow.objects.count() == 1 and Extension.unscoped.get().ended_at is None


def test_a_province_arranges_nothing_for_the_country_nor_for_its_neighbour(tree, window, filling, province):
    with pytest.raises(NotAllowed, match="由中国医师协会设置"):
        actions.open_window("recruitment", 2026, 2, "western", PHASES, by=province)
    with pytest.raises(NotAllowed, match="由中国医师协会设置"):
        actions.set_phase(window, "filling", *PHASES["filling"], by=province)
    with pytest.raises(NotAllowed, match=f"{tree.other_province.name}的时间安排不在"):
        actions.set_own_phase(window, tree.other_province, "filling", *OWN["filling"], by=province)
    for node in (tree.foreign_base, tree.other_province, tree.association):
        with pytest.raises(NotAllowed, match=f"{node.name}不在您的管理范围内"):
            actions.extend(filling, node, date(2026, 10, 31), "停机", by=province)


@pytest.mark.req("P-07")
def test_an_identity_of_the_other_track_arranges_nothing_here(tree, window, filling, association, province):
    """An identity that was given for 中医 alone has no word in the batches of 西医."""
    given = actions.extend(filling, tree.base, date(2026, 11, 3), "停机", by=association)
    tcm, tcm_province = replace(association, track="tcm"), replace(province, track="tcm")
    for attempt in (
        lambda: actions.open_window("recruitment", 2026, 2, "western", PHASES, by=tcm),
        lambda: actions.set_phase(window, "filling", date(2026, 10, 1), date(2026, 12, 1), by=tcm),
        lambda: actions.set_own_phase(window, tree.province, "filling", *OWN["filling"], by=tcm_province),
        lambda: actions.extend(filling, tree.base, date(2026, 11, 9), "停机", by=tcm),
        lambda: actions.take_back(given.pk, "不用了", by=tcm),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert selectors.effective_end(window, "filling", tree.base) == on(11, 4)
    assert CollectionWindow.objects.count() == 1
    assert actions.open_window("recruitment", 2026, 1, "tcm", PHASES, by=tcm).track == "tcm"


@pytest.mark.parametrize(
    ("year", "batch", "field", "said"),
    [(2013, 1, "year", "不合理"), (2029, 1, "year", "不合理"), (2026, 0, "year", "不合理"), (2026, 1, "batch", "2026 年第 1 批（西医）已经有时间安排")],
)  # fmt: skip
def test_a_batch_that_cannot_be(window, association, year, batch, field, said):
    with pytest.raises(Refused, match=said) as refused:
        actions.open_window("recruitment", year, batch, "western", PHASES, by=association)
    assert refused.value.field == field and CollectionWindow.objects.count() == 1


@pytest.mark.parametrize("year", [2014, 2028])
def test_the_years_at_the_edge(association, year):
    made = actions.open_window("recruitment", year, 1, "western", PHASES, by=association)
    assert selectors.years() == [year] and list(made.phases.values_list("kind", flat=True)) == ["filling", "review"]


def test_a_batch_is_arranged_whole_or_not_at_all(association):
    wrong = PHASES | {"review": (date(2026, 11, 5), date(2026, 11, 4))}
    with pytest.raises(Refused, match="结束时间要在开始时间之后"):
        actions.open_window("recruitment", 2026, 1, "western", wrong, by=association)
    assert not CollectionWindow.objects.exists() and not WindowPhase.objects.exists() and not told("open")


def test_a_day_alone_is_a_whole_phase_and_an_empty_one_is_refused(window, association):
    phase = actions.set_phase(window, "filling", date(2026, 10, 20), date(2026, 10, 20), by=association)
    assert phase.ends_at - phase.starts_at == timedelta(days=1)
    with pytest.raises(Refused) as refused:
        actions.set_phase(window, "filling", on(10, 20, 8), on(10, 20, 8), by=association)
    assert refused.value.field == "ends_at"


def test_the_history_tells_from_and_to_and_nothing_where_nothing_changed(window, association):
    opened, set_rows = told("open"), told("set_phase")
    assert [row.facts["window"] for row in opened] == ["2026 年第 1 批"] and len(set_rows) == 2
    actions.set_phase(window, "filling", *PHASES["filling"], by=association)
    assert len(told("set_phase")) == 2
    actions.set_phase(window, "filling", date(2026, 10, 13), on(10, 30, 17), by=association)
    row = told("set_phase")[-1]
    assert row.changes == {"填报、上报": ["2026-10-13 ～ 2026-10-31", "2026-10-13 ～ 2026-10-30 17:00"]}
    assert row.subject_id == str(window.pk) and row.organization_name == association.organization_name


def test_a_province_needs_a_batch_of_the_association(tree, province, association):
    with pytest.raises(Refused, match="还没有安排 2026 年第 1 批"):
        actions.open_window("recruitment", 2026, 1, "western", OWN, province=tree.province, by=province)
    actions.open_window("recruitment", 2026, 1, "tcm", PHASES, by=association)
    with pytest.raises(Refused, match="还没有安排"):
        actions.open_window("recruitment", 2026, 1, "western", OWN, province=tree.province, by=province)


@pytest.mark.parametrize(
    ("starts", "ends", "fits"),
    [
        (date(2026, 10, 13), date(2026, 10, 31), True), (on(10, 13), on(11, 1), True), (date(2026, 10, 20), on(10, 20, 1), True),
        (date(2026, 10, 12), date(2026, 10, 31), False), (date(2026, 10, 13), date(2026, 11, 1), False),
        (on(10, 12, 23), date(2026, 10, 20), False), (date(2026, 10, 20), on(11, 1, 1), False), (date(2026, 12, 1), date(2026, 12, 2), False),
    ],
)  # fmt: skip
def test_a_provinces_times_lie_within_the_associations_to_the_second(tree, window, province, starts, ends, fits):
    if fits:
        phase = actions.set_own_phase(window, tree.province, "filling", starts, ends, by=province)
        assert phase.window.within_id == window.pk and phase.window.province_id == tree.province.pk
        return
    with pytest.raises(Refused, match="2026-10-13 ～ 2026-10-31") as refused:
        actions.set_own_phase(window, tree.province, "filling", starts, ends, by=province)
    assert refused.value.field == "ends_at"
    assert not CollectionWindow.objects.filter(province__isnull=False).exists()


def test_the_own_window_is_made_once_and_the_country_cannot_become_narrower(tree, window, province, association):
    first = actions.set_own_phase(window, tree.province, "filling", *OWN["filling"], by=province)
    second = actions.set_own_phase(window, tree.province, "review", date(2026, 10, 16), date(2026, 11, 1), by=province)
    assert first.window_id == second.window_id
    for starts, ends in ((date(2026, 10, 16), date(2026, 10, 31)), (date(2026, 10, 13), date(2026, 10, 24))):
        with pytest.raises(Refused, match=f"{tree.province.name}已安排 2026-10-15 ～ 2026-10-25"):
            actions.set_phase(window, "filling", starts, ends, by=association)
    actions.set_phase(window, "filling", *OWN["filling"], by=association)
    with pytest.raises(Refused, match="已经有时间安排"):
        actions.open_window("recruitment", 2026, 1, "western", OWN, province=tree.province, by=province)


def test_a_province_extends_up_to_the_end_of_the_country_and_of_what_the_association_gave(
    tree, window, filling, province, association
):
    own = actions.set_own_phase(window, tree.province, "filling", *OWN["filling"], by=province)
    with pytest.raises(Refused, match=r"不能晚于全国的结束时间（2026-10-31 24:00）") as refused:
        actions.extend(own, tree.base, on(11, 1, 1), "补录", by=province)
    assert refused.value.field == "ends_on"
    actions.extend(filling, tree.base, date(2026, 11, 3), "停机", by=association)
    with pytest.raises(Refused, match="现在的结束时间是 2026-11-03 24:00"):
        actions.extend(own, tree.base, date(2026, 11, 3), "补录", by=province)
    actions.extend(own, tree.sibling, date(2026, 10, 31), "补录", by=province)
    assert selectors.effective_end(window, "filling", tree.sibling) == on(11, 1)


@pytest.mark.parametrize("reason", ["", "  ", "\n\t", "长" * 201])
def test_an_extension_has_a_reason_that_can_be_kept(tree, filling, association, reason):
    with pytest.raises(Refused, match="理由") as refused:
        actions.extend(filling, tree.base, date(2026, 11, 3), reason, by=association)
    assert refused.value.field == "reason" and not Extension.unscoped.exists()


def test_the_extension_and_its_history_say_who_why_and_for_whom(tree, filling, association):
    given = actions.extend(filling, tree.base, on(11, 3, 17), "  " + "长" * 200 + " ", by=association)
    assert (given.reason, given.given_by_name, given.given_at) == ("长" * 200, association.user_name, on(10, 20))
    row = told("extend")[0]
    assert (row.organization_path, row.organization_name) == (tree.base.path, tree.base.name)
    assert row.province_id == tree.province.pk
    assert row.changes == {"填报、上报结束时间": ["2026-10-31 24:00", "2026-11-03 17:00"]}


def test_times_of_one_province_are_not_lent_to_another(tree, window, province, association):
    own = actions.set_own_phase(window, tree.province, "filling", *OWN["filling"], by=province)
    with pytest.raises(
        Refused, match=f"这是{tree.province.name}的时间安排，不能用于{tree.foreign_base.name}"
    ) as refused:
        actions.extend(own, tree.foreign_base, date(2026, 11, 5), "停机", by=association)
    assert refused.value.field == "organization"


@pytest.mark.req("R-01")
def test_two_open_batches_are_two_questions(tree, window, association):
    later = {"filling": (date(2026, 10, 18), date(2026, 11, 20)), "review": (date(2026, 11, 1), date(2026, 11, 30))}
    second = actions.open_window("recruitment", 2026, 2, "western", later, by=association)
    assert selectors.open_windows("recruitment", "western", tree.base, on(10, 17)) == [window]
    assert selectors.open_windows("recruitment", "western", tree.base) == [second, window]
    assert selectors.open_windows("recruitment", "western", tree.base, on(11, 1)) == [second]
    assert selectors.open_windows("recruitment", "western", tree.base, on(11, 1), kind="review") == [second, window]
    assert selectors.open_windows("recruitment", "tcm", tree.base) == []
    actions.extend(window.phases.get(kind="filling"), tree.base, date(2026, 11, 2), "停机", by=association)
    assert selectors.open_windows("recruitment", "western", tree.base, on(11, 1)) == [second, window]
    assert selectors.open_windows("recruitment", "western", tree.sibling, on(11, 1)) == [second]
    assert (selectors.years(), selectors.batches()) == ([2026], [1, 2])


@pytest.mark.req("P-21")
@pytest.mark.parametrize("where", ["base", "province"])
def test_the_refusal_names_the_level_above(tree, window, where):
    node = getattr(tree, where)
    above = {"base": tree.province, "province": tree.association}[where]
    with pytest.raises(WindowClosed, match=f"2026-11-05 24:00 结束，不能审核通过、退回。需要延长请联系{above.name}。"):
        actions.require_open(window, "review", node, on(11, 6))
    WindowPhase.objects.filter(kind="review").delete()
    with pytest.raises(WindowClosed, match=f"没有安排省级审核时间.*请联系{above.name}"):
        actions.require_open(window, "review", node)


@pytest.mark.parametrize(
    "broken",
    [
        lambda w, t: CollectionWindow.objects.create(purpose="recruitment", year=2026, batch=1, track="western", created_at=on(1, 1)),
        lambda w, t: CollectionWindow.objects.create(purpose="recruitment", year=2026, batch=0, track="western", created_at=on(1, 1)),
        lambda w, t: CollectionWindow.objects.filter(pk=w.pk).update(province=t.province),
        lambda w, t: CollectionWindow.objects.filter(pk=w.pk).update(within=w),
        lambda w, t: WindowPhase.objects.create(window=w, kind="filling", starts_at=on(1, 1), ends_at=on(1, 2)),
        lambda w, t: WindowPhase.objects.filter(kind="review").update(ends_at=on(10, 13), starts_at=on(10, 13)),
        lambda w, t: Extension.unscoped.update(reason=""),
    ],
)  # fmt: skip
def test_the_database_refuses_what_cannot_be(tree, window, filling, association, broken):
    actions.extend(filling, tree.base, date(2026, 11, 3), "停机", by=association)
    with pytest.raises(IntegrityError), transaction.atomic():
        broken(window, tree)
