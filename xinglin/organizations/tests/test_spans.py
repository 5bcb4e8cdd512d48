"""Dated capabilities and affiliations: adding, ending, cancelling, never two at once (P-01, P-03)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.organizations import actions, rules, selectors
from xinglin.organizations.enums import CapabilityKind, Kind, Track
from xinglin.organizations.models import Affiliation, Capability
from xinglin.organizations.tests.trees import SYSTEM, make_node, make_tree, viewer_at

pytestmark = pytest.mark.django_db
BASE = CapabilityKind.TRAINING_BASE
DAY = timedelta(days=1)


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def admin(tree):
    return viewer_at(tree.province, "organizations.edit")


@pytest.fixture
def held(tree):
    """The western capability that the tree's base has had since 2014."""
    return Capability.unscoped.select_related("organization").get(organization=tree.base)


def entries(node, verb):
    return list(HistoryEntry.unscoped.filter(organization_path=node.path, verb=verb).order_by("id"))


@pytest.mark.req("P-01")
class TestCapabilities:
    def test_what_it_says_in_the_history(self, tree, admin):
        start, end = date(2026, 1, 1), date(2027, 1, 1)
        made = actions.add_capability(
            tree.base, BASE, track=Track.TCM, starts_on=start, ends_on=end, reason=" 国卫科教〔2026〕1号 ", by=admin
        )
        (entry,) = entries(tree.base, "capability.add")[-1:]
        assert entry.changes == {"培训基地（中医）": ["", "2026-01-01 ～ 2026-12-31"]}
        assert (entry.subject_id, entry.track, entry.facts) == (str(made.pk), "tcm", {"reason": "国卫科教〔2026〕1号"})

    @pytest.mark.parametrize("kind", [Kind.PROVINCE, Kind.CITY, Kind.COUNTY])
    def test_only_hospitals_have_capabilities(self, tree, admin, kind):
        node = tree.province if kind == Kind.PROVINCE else make_node(tree.province, kind)
        with pytest.raises(Refused, match="资质只属于医院") as refusal:
            actions.add_capability(node, CapabilityKind.INSTITUTION, starts_on=date(2026, 1, 1), by=admin)
        assert refusal.value.field == "kind"

    def test_a_training_base_says_of_which_track(self, tree, admin):
        with pytest.raises(Refused, match="请选择体系") as refusal:
            actions.add_capability(tree.base, BASE, starts_on=date(2026, 1, 1), by=admin)
        assert refusal.value.field == "track"

    @pytest.mark.parametrize("kind", [k for k in CapabilityKind if k != BASE])
    def test_the_others_need_no_track(self, tree, admin, kind):
        made = actions.add_capability(tree.base, kind, starts_on=date(2026, 1, 1), by=admin)
        assert made.track == ""
        assert selectors.has_capability(tree.base, kind, day=date(2026, 1, 1))
        with pytest.raises(Refused, match="这段时间已经是"):
            actions.add_capability(tree.base, kind, track=Track.TCM, starts_on=date(2026, 6, 1), by=admin)

    @pytest.mark.parametrize("days", [0, -1, -400])
    def test_a_span_has_a_day(self, tree, admin, days):
        start = date(2026, 1, 1)
        with pytest.raises(Refused, match="最后一天不能早于开始日期") as refusal:
            actions.add_capability(
                tree.base, BASE, track=Track.TCM, starts_on=start, ends_on=start + days * DAY, by=admin
            )
        assert refusal.value.field == "ends_on"

    def test_today_is_the_last_day(self, tree, admin, held):
        today = clock.today()
        actions.end_capability(held, today + DAY, reason="到期", by=admin)
        assert selectors.is_base(tree.base, "western", today)
        assert not selectors.is_base(tree.base, "western", today + DAY)
        (entry,) = entries(tree.base, "capability.end")
        assert entry.changes == {"培训基地（西医）": ["2014-01-01 起", f"2014-01-01 ～ {today}"]}
        assert entry.facts == {"reason": "到期"}

    def test_ending_with_yesterday_ends_it_now(self, tree, admin, held):
        actions.end_capability(held, clock.today(), by=admin)
        assert not selectors.is_base(tree.base, "western")
        assert selectors.is_base(tree.base, "western", clock.today() - DAY)

    def test_days_that_have_passed_are_not_taken_back(self, admin, held):
        with pytest.raises(Refused, match="不能早于昨天") as refusal:
            actions.end_capability(held, clock.today() - DAY, by=admin)
        assert refusal.value.field == "ends_on"

    def test_what_is_over_stays_over(self, admin, held):
        actions.end_capability(held, clock.today(), by=admin)
        for end in (None, clock.today() + DAY):
            with pytest.raises(Refused, match="留作历史，不能再改。需要恢复请新增一段"):
                actions.end_capability(held, end, by=admin)

    def test_a_planned_end_may_be_moved_and_taken_off(self, tree, admin, held):
        actions.end_capability(held, clock.today() + 30 * DAY, by=admin)
        actions.end_capability(held, clock.today() + 60 * DAY, by=admin)
        actions.end_capability(held, None, by=admin)
        held.refresh_from_db()
        assert held.ends_on is None
        assert len(entries(tree.base, "capability.end")) == 3

    def test_an_end_does_not_reach_into_the_next_span(self, tree, admin, held):
        first_end = clock.today() + 10 * DAY
        actions.end_capability(held, first_end, by=admin)
        actions.add_capability(tree.base, BASE, track=Track.WESTERN, starts_on=first_end + 10 * DAY, by=admin)
        actions.end_capability(held, first_end + 10 * DAY, by=admin)
        for end in (first_end + 11 * DAY, None):
            with pytest.raises(Refused, match="两段不能重叠") as refusal:
                actions.end_capability(held, end, by=admin)
            assert refusal.value.field == "ends_on"

    def test_what_has_not_begun_can_be_taken_back(self, tree, admin):
        made = actions.add_capability(tree.base, BASE, track=Track.TCM, starts_on=clock.today() + DAY, by=admin)
        actions.cancel_capability(made, by=admin)
        assert not Capability.unscoped.filter(organization=tree.base, track="tcm").exists()
        (entry,) = entries(tree.base, "capability.cancel")
        assert entry.update_type == "deleted" and entry.changes["培训基地（中医）"][1] == ""

    @pytest.mark.parametrize("days", [0, 1, 3000])
    def test_what_has_begun_cannot(self, tree, admin, days):
        made = actions.add_capability(tree.base, BASE, track=Track.TCM, starts_on=clock.today() - days * DAY, by=admin)
        with pytest.raises(Refused, match="已经生效，不能撤销"):
            actions.cancel_capability(made, by=admin)
        assert Capability.unscoped.filter(pk=made.pk).exists()

    def test_what_somebody_else_took_back_is_told(self, tree, admin):
        made = actions.add_capability(tree.base, BASE, track=Track.TCM, starts_on=clock.today() + DAY, by=admin)
        copy = Capability.unscoped.select_related("organization").get(pk=made.pk)
        actions.cancel_capability(made, by=admin)
        for late in (
            lambda: actions.end_capability(copy, None, by=admin),
            lambda: actions.cancel_capability(copy, by=admin),
        ):
            with pytest.raises(Refused, match="已经被撤销。请刷新页面"):
                late()

    def test_foreign_and_rightless_hands_stay_off(self, tree, held):
        strangers = [
            viewer_at(tree.other_province, "organizations.edit"),
            viewer_at(tree.base, "organizations.edit_own"),
            viewer_at(tree.province),
        ]
        for viewer in strangers:
            with pytest.raises(NotAllowed):
                actions.end_capability(held, None, by=viewer)
            with pytest.raises(NotAllowed):
                actions.cancel_capability(held, by=viewer)
            with pytest.raises(NotAllowed):
                actions.add_capability(tree.base, BASE, track=Track.TCM, starts_on=date(2026, 1, 1), by=viewer)

    def test_a_western_identity_leaves_tcm_alone(self, tree):
        from dataclasses import replace

        western = replace(viewer_at(tree.province, "organizations.edit"), track="western")
        with pytest.raises(NotAllowed, match="只管理一个体系"):
            actions.add_capability(tree.base, BASE, track=Track.TCM, starts_on=date(2026, 1, 1), by=western)
        held = Capability.unscoped.select_related("organization").get(organization=tree.base)
        actions.end_capability(held, clock.today() + DAY, by=western)


@pytest.mark.req("P-03")
class TestAffiliations:
    @pytest.fixture
    def unit(self, tree):
        return make_node(tree.province, Kind.HOSPITAL)

    def test_the_history_stands_on_both_sides(self, tree, admin, unit):
        made = actions.affiliate(tree.base, unit, starts_on=date(2026, 1, 1), reason="协议", by=admin)
        actions.end_affiliation(made, clock.today() + DAY, by=admin)
        for node in (tree.base, unit):
            (added,) = entries(node, "affiliation.add")
            assert added.changes["协同关系"][1] == f"{unit.name}协同{tree.base.name}，2026-01-01 起"
            assert added.parent_id == str(node.pk) and added.facts == {"reason": "协议"}
            assert len(entries(node, "affiliation.end")) == 1

    def test_a_unit_of_another_province(self, tree, admin):
        far = make_node(tree.other_province, Kind.HOSPITAL)
        actions.affiliate(tree.base, far, starts_on=date(2026, 1, 1), by=admin)
        assert list(selectors.affiliates(tree.base)) == [far]

    def test_not_itself_and_not_an_authority(self, tree, admin):
        for unit, words in ((tree.base, "不能是基地自己"), (tree.province, "只能是医院")):
            with pytest.raises(Refused, match=words) as refusal:
                actions.affiliate(tree.base, unit, starts_on=date(2026, 1, 1), by=admin)
            assert refusal.value.field == "affiliate"

    def test_only_a_training_base_has_affiliates(self, tree, admin, unit):
        with pytest.raises(Refused, match="不是培训基地"):
            actions.affiliate(unit, tree.base, starts_on=date(2026, 1, 1), by=admin)
        with pytest.raises(Refused, match="不是培训基地") as refusal:
            actions.affiliate(tree.base, unit, starts_on=date(2013, 1, 1), by=admin)
        assert refusal.value.field == "starts_on"

    def test_two_bases_may_serve_each_other(self, tree, admin):
        actions.affiliate(tree.base, tree.sibling, starts_on=date(2026, 1, 1), by=admin)
        actions.affiliate(tree.sibling, tree.base, starts_on=date(2026, 1, 1), by=admin)
        assert list(selectors.bases_of_affiliate(tree.base)) == [tree.sibling]
        assert list(selectors.affiliates(tree.base)) == [tree.sibling]

    def test_again_after_its_end(self, tree, admin, unit):
        made = actions.affiliate(tree.base, unit, starts_on=date(2020, 1, 1), by=admin)
        actions.end_affiliation(made, clock.today(), by=admin)
        actions.affiliate(tree.base, unit, starts_on=clock.today(), by=admin)
        assert Affiliation.unscoped.filter(base=tree.base).count() == 2
        with pytest.raises(Refused, match="留作历史"):
            actions.end_affiliation(made, None, by=admin)

    def test_cancelling_before_it_begins(self, tree, admin, unit):
        made = actions.affiliate(tree.base, unit, starts_on=clock.today() + DAY, by=admin)
        copy = Affiliation.unscoped.select_related("base", "affiliate").get(pk=made.pk)
        actions.cancel_affiliation(made, by=admin)
        assert not Affiliation.unscoped.exists()
        assert len(entries(unit, "affiliation.cancel")) == 1
        with pytest.raises(Refused, match="已经被撤销"):
            actions.end_affiliation(copy, None, by=admin)

    def test_the_side_of_the_unit_does_not_end_it(self, tree, admin, unit):
        far = make_node(tree.other_province, Kind.HOSPITAL)
        made = actions.affiliate(tree.base, far, starts_on=date(2026, 1, 1), by=admin)
        neighbour = viewer_at(tree.other_province, "organizations.edit")
        for act in (lambda: actions.end_affiliation(made, None, by=neighbour),
                    lambda: actions.cancel_affiliation(made, by=neighbour)):  # fmt: skip
            with pytest.raises(NotAllowed):
                act()


SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(1, 30))), min_size=1, max_size=8,
)  # fmt: skip
ORIGIN = date(2026, 1, 1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=SPANS)
def test_no_day_is_ever_covered_twice(tree, wanted):
    """Whatever is asked for in whatever order: each day has at most one span, and a refusal means a real clash."""
    Capability.unscoped.filter(organization=tree.base, track="tcm").delete()
    taken: list[tuple[date, date | None]] = []
    for offset, length in wanted:
        start = ORIGIN + offset * DAY
        end = start + length * DAY if length else None
        clash = any(start < (e or date.max) and s < (end or date.max) for s, e in taken)
        try:
            actions.add_capability(tree.base, BASE, track=Track.TCM, starts_on=start, ends_on=end, by=SYSTEM)
        except Refused:
            assert clash, (taken, start, end)
        else:
            assert not clash, (taken, start, end)
            taken.append((start, end))
    rows = Capability.unscoped.filter(organization=tree.base, track="tcm")
    assert sorted((r.starts_on, str(r.ends_on)) for r in rows) == sorted((s, str(e)) for s, e in taken)
    for offset in range(0, 75, 3):
        day = ORIGIN + offset * DAY
        covering = [row for row in rows if rules.in_force(row.starts_on, row.ends_on, day)]
        assert len(covering) <= 1
        assert selectors.is_base(tree.base, "tcm", day) == bool(covering)
