"""What the window says at each time, how unreported records are sorted, and what a rule's preview keeps (R-01, R-08, R-26)."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.people.actions import save_section
from xinglin.residents.actions.confirming import confirm
from xinglin.residents.models import Enrollment
from xinglin.residents.selectors import intake_window as windows
from xinglin.residents.selectors.rule_preview import Moves, Outcome, open_records, would_move
from xinglin.residents.showing.unreported import Unreported, unreported
from xinglin.residents.tables.intake import window_line
from xinglin.windows.models import WindowPhase

from . import factories, stages
from .signed_in import client_of

DB = pytest.mark.django_db
WRONG_YEAR = {"education.bachelor.degree_number": "1099942019000001"}
# filling, review in days from now → state, what is left, import possible, anything possible
TIMES = {
    ((-5, 5), (-5, 9)): ("open", "还剩 5 天", True, True),
    ((-9, -1), (-9, 5)): ("closed", "已结束", False, True),
    ((-9, -5), (-9, -1)): ("closed", "已结束", False, False),
    ((2, 5), (2, 9)): ("upcoming", "2 天后开始", False, False),
}
WORDS = {"open": "招收进行中", "closed": "招收已结束", "upcoming": "招收未开始"}


def move(world: factories.World, spans: tuple[tuple[int, int], tuple[int, int]]) -> Viewer:
    """Set the window's times; returns the base's viewer of a fresh request."""
    now = clock.now()
    for kind, (starts, ends) in zip(("filling", "review"), spans, strict=True):
        WindowPhase.objects.filter(window=world.window, kind=kind).update(
            starts_at=now + timedelta(days=starts), ends_at=now + timedelta(days=ends)
        )
    windows.intake_window.cache_clear()
    return world.base


@DB
@pytest.mark.req("R-01", "P-09", "P-21")
@pytest.mark.parametrize("spans", TIMES)
def test_the_window_says_its_state_and_what_it_admits(
    spans: tuple[tuple[int, int], tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "keep", lambda _place, make, seconds: make())
    world = factories.make_world()
    state, left, imports, anything = TIMES[spans]
    base = move(world, spans)
    found = windows.intake_window(base)
    assert found is not None
    assert (found.state.value, found.left, found.is_open) == (state, left, imports)
    assert (found.year, found.batch) == (world.window.year, f"{world.window.year} 年第 1 批")
    assert (found.closed == "") == imports == (windows.closed_for_import(base) == "")
    assert (windows.closed_for_all(base) == "") == anything
    if found.closed:
        assert "导入" in found.closed and found.closed.endswith("。")
        assert world.tree.province.name in found.closed or state == "upcoming"
    line = window_line(found)
    assert WORDS[state] in line and found.dates in line and (f">{left}</b>" in line) == imports


@DB
@pytest.mark.req("R-01")
def test_without_any_window_it_says_that_nothing_is_arranged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "keep", lambda _place, make, seconds: make())
    world = factories.make_world()
    WindowPhase.objects.filter(window=world.window).delete()
    world.window.delete()
    windows.intake_window.cache_clear()
    assert windows.intake_window(world.base) is None
    assert windows.closed_for_import(world.base) == windows.closed_for_all(world.base) == windows.NOTHING_ARRANGED


def names(found: Unreported) -> dict[str, set[int]]:
    groups = ("soft", "lacking", "locked", "ready", "unanswered")
    return {group: {left.pk for left in getattr(found, group)} for group in groups}


@DB
@pytest.mark.req("R-08", "R-26")
def test_each_record_stands_in_one_group_by_what_has_to_happen() -> None:
    world = factories.make_world()
    rows = {stage: stages.make(world, stage) for stage in stages.STAGES}
    doubtful, reasoned = stages.make(world, "ready"), stages.make(world, "ready")
    for row in (doubtful, reasoned):
        save_section("education", WRONG_YEAR, by=factories.resident_viewer(row))
    confirm([reasoned.pk], reason="补办证书", by=world.base)
    pk = {stage: row.pk for stage, row in rows.items()}
    ids = [*pk.values(), doubtful.pk, reasoned.pk]
    found = unreported(ids, world.base)
    assert names(found) == {
        "soft": {doubtful.pk},
        "lacking": {pk["imported"], pk["begun"], pk["filled"], pk["asked"]},
        "locked": set(),
        "ready": {pk["ready"], pk["answered"], pk["seen"], reasoned.pk},
        "unanswered": {pk["returned"]},
    }
    assert found.reported == 2
    assert {left.pk for left in found.returnable} == {pk["imported"], pk["begun"]}
    lacking = {left.pk: left for left in found.lacking}
    assert lacking[pk["begun"]].name == rows["begun"].person.name
    assert [issue.message for issue in lacking[pk["asked"]].missing.personal] == ["个人信息已退回，本人还没有修改"]
    assert lacking[pk["filled"]].missing.personal == [] and len(lacking[pk["filled"]].missing.training) > 5
    (soft,) = found.soft
    assert [finding.rule.code for finding in soft.missing.soft] == ["degree_year"] and not soft.missing.hard
    for stranger in (world.sibling, world.other_province):
        assert unreported(ids, stranger) == Unreported()


@DB
@pytest.mark.req("R-01", "R-08")
def test_after_the_end_only_what_the_province_returned_can_be_reported() -> None:
    world = factories.make_world()
    ready, returned, pending = (stages.make(world, stage) for stage in ("ready", "returned", "pending"))
    move(world, ((-9, -1), (-9, 5)))
    found = unreported([ready.pk, returned.pk, pending.pk, 10**6], world.base)
    nobody: set[int] = set()
    assert names(found) == {
        "soft": nobody, "lacking": nobody, "locked": {ready.pk}, "ready": nobody, "unanswered": {returned.pk},
    }  # fmt: skip
    assert found.reported == 1
    assert "结束" in found.locked[0].standing.report


@DB
@pytest.mark.req("R-08")
def test_looking_before_the_report_shows_the_groups_and_reports_nothing() -> None:
    world = factories.make_world()
    ready, begun = stages.make(world, "ready"), stages.make(world, "begun")
    client = client_of(world.base)
    answer = client.post("/residents/intake/report/", {"pick": [ready.pk, begun.pk], "look": "1"}, follow=True)
    assert answer.status_code == 200
    assert names(answer.context["found"])["ready"] == {ready.pk}
    assert names(answer.context["found"])["lacking"] == {begun.pk}
    assert begun.person.name in answer.text and begun.person.id_number not in answer.text
    states = Enrollment.unscoped.values_list("recruitment_review__report_status", flat=True)
    assert set(states) == {"unreported"}


OUTCOMES = st.sampled_from(Outcome)


@st.composite
def moves(draw: st.DrawFn) -> Moves:
    counts = draw(st.dictionaries(st.tuples(OUTCOMES, OUTCOMES), st.integers(1, 9999), max_size=6))
    ids = draw(st.lists(st.tuples(st.integers(1, 10**9), OUTCOMES, OUTCOMES), max_size=5))
    return Moves(draw(st.integers(0, 10**6)), Counter(counts), ids, draw(st.integers(0, 99)), draw(st.integers(0, 99)))


@given(moves())
@pytest.mark.req("R-26")
def test_what_a_job_counted_is_read_again_as_it_was(found: Moves) -> None:
    kept_as = json.loads(json.dumps(found.as_json()))
    again = Moves.from_json(kept_as)
    assert again == found and again.total == sum(found.counts.values())


@pytest.mark.req("R-26")
def test_nothing_counted_is_nothing_moved() -> None:
    assert Moves.from_json({}) == Moves() and Moves().total == 0


@DB
@pytest.mark.req("R-26")
def test_the_preview_looks_at_open_records_in_scope_only() -> None:
    world = factories.make_world()
    pk = {stage: stages.make(world, stage).pk for stage in ("imported", "ready", "pending", "returned", "approved")}
    lapsed = stages.make(world, "ready")
    Enrollment.unscoped.filter(pk=lapsed.pk).update(lapsed_at=clock.now(), holding=False)
    wanted = sorted(set(pk.values()) - {pk["approved"]})
    for viewer in (world.base, world.province, world.association):
        assert [row.pk for row in open_records(viewer)] == wanted
        found = would_move("degree_year", "hard", viewer)
        assert (found.looked, found.total, found.ids) == (len(wanted), 0, []), "none of them contradicts"
    for stranger in (world.sibling, world.other_province):
        assert not open_records(stranger).exists()


@DB
@pytest.mark.req("R-26", "P-21")
def test_the_page_of_a_rule_lets_only_the_association_switch() -> None:
    world = factories.make_world()
    for name in ("base", "province", "association"):
        answer = client_of(getattr(world, name)).get("/check-rules/degree_year/?level=hard")
        assert answer.status_code == 200 and answer.context["moves"].looked == 0
        off = answer.context["off"]
        assert (off == "") == (name == "association"), name
        assert off in answer.text and off.endswith("。" if off else "")
    client = client_of(world.association)
    for level in ("", "soft", "strange"):
        assert client.get("/check-rules/degree_year/", {"level": level}).context["wanted"] is None
    assert client.get("/check-rules/unknown/").status_code == 404
    assert client.get("/check-rules/degree_year/?level=hard&job=x").status_code == 404
    refused = client_of(world.base).post("/check-rules/degree_year/set/", {"level": "off", "reason": "试行"})
    assert refused.status_code == 403
