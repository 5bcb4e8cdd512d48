"""What counts for a place, against a plain reading of the rules: own times before the association's, the latest of
the ends that reach the place, half-open (P-09). Rows are never stored here: the timetable is pure once loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xinglin.kernel.clock import SHANGHAI
from xinglin.organizations.models import Organization
from xinglin.windows.enums import PhaseKind, PhaseState
from xinglin.windows.models import CollectionWindow, Extension, WindowPhase
from xinglin.windows.timetable import Spot, Timetable, ids_of

pytestmark = pytest.mark.req("P-09")

ZERO = datetime(2026, 10, 13, tzinfo=SHANGHAI)
# id → (path, province): association 1, provinces 2 and 3, bases 21, 22 (of 2) and 31 (of 3)
PLACES = {
    1: ("/1/", None), 2: ("/1/2/", 2), 3: ("/1/3/", 3), 21: ("/1/2/21/", 2), 22: ("/1/2/22/", 2), 31: ("/1/3/31/", 3),
}  # fmt: skip
TOP, OWN = 100, {2: 102, 3: 103}


def at(hours: int) -> datetime:
    return ZERO + timedelta(hours=hours)


@dataclass
class Plan:
    """Hours of each window's filling, and extensions as (window, organisation, end, taken back at)."""

    spans: dict[int, tuple[int, int]]
    given: list[tuple[int, int, int, int | None]] = field(default_factory=list)

    def table(self) -> Timetable:
        windows = [CollectionWindow(id=TOP, year=2026, batch=1)]
        windows += [
            CollectionWindow(id=pk, year=2026, batch=1, province_id=province, within_id=TOP)
            for province, pk in OWN.items()
            if pk in self.spans
        ]
        phases = [
            WindowPhase(id=pk * 10, window_id=pk, kind="filling", starts_at=at(a), ends_at=at(b))
            for pk, (a, b) in self.spans.items()
        ]
        return Timetable(windows, phases, [self._extension(*line) for line in self.given])

    @staticmethod
    def _extension(window: int, organization: int, end: int, taken_back: int | None) -> Extension:
        node = Organization(id=organization, name=f"机构{organization}", path=PLACES[organization][0])
        return Extension(
            phase_id=window * 10, organization=node, ends_at=at(end), reason="停机",
            ended_at=None if taken_back is None else at(taken_back),
        )  # fmt: skip

    def expected(self, place: int) -> tuple[int, int] | None:
        """The plain reading."""
        path, province = PLACES[place]
        own = OWN.get(province or 0)
        own = own if own in self.spans else None
        base = self.spans.get(own or TOP) or self.spans.get(TOP)
        if base is None:
            return None
        ends = [base[1]]
        for window, organization, end, taken_back in self.given:
            reaches = path == PLACES[organization][0] or path.startswith(PLACES[organization][0])
            if reaches and window in (TOP, own) and window in self.spans:
                ends.append(end if taken_back is None else taken_back)
        return base[0], max(ends)


def spot(place: int) -> Spot:
    return Spot(*PLACES[place])


hours = st.integers(0, 400)
spans = st.tuples(hours, hours).filter(lambda pair: pair[0] < pair[1])


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    arranged = {TOP: draw(spans)}
    for pk in OWN.values():
        if draw(st.booleans()):
            arranged[pk] = draw(spans)
    given = []
    for _ in range(draw(st.integers(0, 5))):
        window, organization = draw(st.sampled_from(sorted(arranged))), draw(st.sampled_from(sorted(PLACES)))
        end = draw(hours)
        given.append((window, organization, end, draw(st.none() | st.integers(0, end))))
    return Plan(arranged, given)


@given(plans())
def test_every_place_has_the_times_of_the_plain_reading(plan):
    table = plan.table()
    for place in PLACES:
        span, expected = table.span(TOP, "filling", spot(place)), plan.expected(place)
        assert span is not None and expected is not None
        assert (span.starts_at, span.ends_at) == (at(expected[0]), at(expected[1]))
        assert span.of_province == (OWN.get(PLACES[place][1] or 0) in plan.spans)


@given(plans(), hours, st.sampled_from(sorted(PLACES)))
def test_open_is_membership_in_the_half_open_span(plan, hour, place):
    start, end = plan.expected(place) or (0, 0)
    table, moment = plan.table(), at(hour)
    assert table.is_open(TOP, "filling", spot(place), moment) == (start <= hour < end)
    span = table.span(TOP, "filling", spot(place))
    assert span is not None
    assert span.is_open(moment) == (span.state(moment) is PhaseState.OPEN)
    assert not table.is_open(TOP, "filling", spot(place), span.ends_at)
    # an end that lies before the start (own times set late) opens nothing at all
    assert table.is_open(TOP, "filling", spot(place), span.starts_at) == (start < end)


@given(plans(), st.sampled_from(sorted(PLACES)))
def test_extensions_only_ever_lengthen(plan, place):
    extended = plan.table().span(TOP, "filling", spot(place))
    bare = Plan(plan.spans).table().span(TOP, "filling", spot(place))
    assert extended is not None and bare is not None
    assert extended.starts_at == bare.starts_at
    assert extended.planned_end == bare.ends_at <= extended.ends_at
    assert extended.extended == (extended.ends_at > bare.ends_at)
    assert not bare.extended and bare.stretches == ()


@given(plans(), st.sampled_from([21, 22, 2]), st.integers(0, 400))
def test_what_the_other_province_is_given_changes_nothing_here(plan, place, end):
    before = plan.table().span(TOP, "filling", spot(place))
    windows = [TOP] + ([OWN[3]] if OWN[3] in plan.spans else [])
    for window in windows:
        for organization in (3, 31):
            more = Plan(plan.spans, [*plan.given, (window, organization, end, None)])
            assert more.table().span(TOP, "filling", spot(place)) == before


@given(plans(), st.sampled_from([21, 22]), st.integers(0, 400))
def test_what_the_province_is_given_reaches_all_its_bases(plan, place, end):
    more = Plan(plan.spans, [*plan.given, (TOP, 2, end, None)])
    span = more.table().span(TOP, "filling", spot(place))
    assert span is not None and span.ends_at >= at(end)


@given(plans(), st.data())
def test_taking_back_never_gives_more_and_never_less_than_the_plan(plan, data):
    assume(plan.given)
    index = data.draw(st.integers(0, len(plan.given) - 1))
    window, organization, end, taken_back = plan.given[index]
    moment = data.draw(st.integers(0, end if taken_back is None else taken_back))
    changed = Plan(plan.spans, [*plan.given])
    changed.given[index] = (window, organization, end, moment)
    for place in PLACES:
        before, after = (p.table().span(TOP, "filling", spot(place)) for p in (plan, changed))
        assert before is not None and after is not None
        assert before.planned_end <= after.ends_at <= before.ends_at


@given(plans(), st.sampled_from([21, 22, 31]))
def test_asked_through_the_provinces_own_window_the_answer_is_the_same(plan, place):
    own = OWN[PLACES[place][1] or 0]
    assume(own in plan.spans)
    table = plan.table()
    assert table.span(own, "filling", spot(place)) == table.span(TOP, "filling", spot(place))


def test_without_a_place_the_bare_plan_is_told():
    plan = Plan({TOP: (0, 100), OWN[2]: (10, 50)}, [(TOP, 1, 200, None), (OWN[2], 21, 70, None)])
    span = plan.table().span(TOP, "filling")
    assert span is not None and (span.starts_at, span.ends_at) == (at(0), at(100)) and not span.of_province


def test_what_was_not_arranged_has_no_times():
    table = Plan({TOP: (0, 100)}, [(TOP, 21, 200, None)]).table()
    assert table.span(TOP, "review", spot(21)) is None
    assert not table.is_open(TOP, "review", spot(21), at(50))
    assert table.phase(TOP, "review") is None and table.phase(TOP, "filling") is not None


def test_the_stretches_name_who_got_them_and_until_when():
    plan = Plan({TOP: (0, 100)}, [(TOP, 2, 120, None), (TOP, 21, 160, 130), (TOP, 31, 500, None)])
    span = plan.table().span(TOP, "filling", spot(21))
    assert span is not None
    assert [(s.organization_id, s.organization_name, s.ends_at, s.reason) for s in span.stretches] == [
        (2, "机构2", at(120), "停机"), (21, "机构21", at(130), "停机"),
    ]  # fmt: skip
    assert span.kind is PhaseKind.FILLING and span.ends_at == at(130) and span.planned_end == at(100)


def test_a_province_sets_one_phase_and_keeps_the_other_of_the_association():
    """Own filling only: the review of the country counts, with its own extensions."""
    windows = [CollectionWindow(id=1, year=2026, batch=1), CollectionWindow(id=2, province_id=2, within_id=1)]
    rows = [(1, 1, "filling", 0, 100), (2, 1, "review", 0, 200), (3, 2, "filling", 10, 60)]
    phases = [WindowPhase(id=p, window_id=w, kind=k, starts_at=at(a), ends_at=at(b)) for p, w, k, a, b in rows]
    table = Timetable(windows, phases, [])
    filling, review = (table.span(1, kind, spot(21)) for kind in ("filling", "review"))
    assert filling is not None and review is not None
    assert (filling.starts_at, filling.ends_at, filling.of_province) == (at(10), at(60), True)
    assert (review.starts_at, review.ends_at, review.of_province) == (at(0), at(200), False)
    # overlapping phases: both are open together between the province's start and end
    both = [h for h in range(0, 210, 10) if all(table.is_open(1, k, spot(21), at(h)) for k in ("filling", "review"))]
    assert both == list(range(10, 60, 10))


@pytest.mark.parametrize(
    ("path", "ids"), [("/1/2/21/", {1, 2, 21}), ("/", set()), ("", set()), ("/7/", {7}), ("/1/12/", {1, 12})]
)
def test_a_path_names_itself_and_all_above(path, ids):
    assert ids_of(path) == ids


def test_a_number_within_another_is_not_above_it():
    """Base 21 is not reached by what organisation 2 of another branch, or 1 written within 21, was given."""
    plan = Plan({TOP: (0, 100)}, [(TOP, 2, 300, None)])
    span = plan.table().span(TOP, "filling", Spot("/1/3/22/", 3))
    assert span is not None and span.ends_at == at(100)
