"""How much is missing follows the rules: mandatory fields and the level of every cross-check (R-26, P-12)."""

from __future__ import annotations

import pytest

from xinglin.jobs.models import Job
from xinglin.jobs.running import run_job
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.residents import checking, job_specs
from xinglin.residents.actions import completeness
from xinglin.residents.actions.personal import save_personal
from xinglin.residents.actions.rules import set_level
from xinglin.residents.cross_checks import RULES
from xinglin.residents.enums import CheckLevel
from xinglin.residents.models import Enrollment
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.selectors.enrollments import flow_counts
from xinglin.residents.selectors.subjects import subjects
from xinglin.reviews import actions as reviews

from . import factories, stages

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-26")]
SYSTEM = Viewer.system("test")


@pytest.fixture
def world():
    return factories.make_world()


@pytest.fixture
def contradicting(world):
    """A complete record whose degree number names another year: a soft contradiction by default."""
    enrollment = factories.make_enrollments(world)[0]
    viewer = factories.complete(enrollment, world)
    save_personal("education", {"education.bachelor.degree_number": "1099942001000001"}, by=viewer)
    return enrollment


def count_of(enrollment: Enrollment) -> int | None:
    return Enrollment.unscoped.values_list("missing_count", flat=True).get(pk=enrollment.pk)


def ready(world) -> int:
    return flow_counts(world.base, world.window.year)["ready"]


def test_a_soft_contradiction_does_not_count_a_hard_one_does(world, contradicting):
    assert count_of(contradicting) == 0 and ready(world) == 1
    set_level("degree_year", CheckLevel.HARD, reason="从严", by=world.association)
    assert count_of(contradicting) == 1 and ready(world) == 0
    set_level("degree_year", CheckLevel.OFF, reason="停用", by=world.association)
    assert count_of(contradicting) == 0 and ready(world) == 1


def test_a_save_counts_under_the_level_in_force(world, contradicting):
    set_level("degree_year", CheckLevel.HARD, reason="从严", by=world.association)
    viewer = factories.resident_viewer(contradicting)
    save_personal("basic_info", {"basic_info.email": "a@example.cn"}, by=viewer)
    assert count_of(contradicting) == 1
    year = world.window.year
    save_personal("education", {"education.bachelor.degree_number": f"109994{year}000001"}, by=viewer)
    assert count_of(contradicting) == 0


def test_the_number_is_what_stops_a_report(world, contradicting):
    """For every rule set: blocking = missing fields + hard findings of the full check."""
    found = list(subjects([contradicting.pk]).values())
    for code in RULES:
        for level in CheckLevel.values:
            levels = {**checking.levels_in_force(), code: level}
            full = checking.checked(found, levels)[contradicting.pk]
            expected = len(full.missing) + len(full.hard)
            assert checking.lacking(found, levels)[contradicting.pk].blocking == expected, (code, level)


def test_others_are_asked_for_only_where_the_rule_is_hard(world, contradicting, django_assert_num_queries):
    found = list(subjects([contradicting.pk]).values())
    assert found[0].content
    with django_assert_num_queries(0):
        checking.lacking(found, {})
    with django_assert_num_queries(1):
        checking.lacking(found, {checking.SAME_PERSON: CheckLevel.HARD})


def test_reported_records_are_counted_too_approved_and_lapsed_ones_not(world):
    reported, approved, lapsed, raw = factories.make_enrollments(world, 4)
    for enrollment in (reported, approved, lapsed):
        factories.complete(enrollment, world)
    assert reviews.report(RECRUITMENT, [reported.pk, approved.pk], by=world.base).done
    assert reviews.approve(RECRUITMENT, [approved.pk], by=world.province).done
    Enrollment.unscoped.filter(pk=lapsed.pk).update(lapsed_at=lapsed.updated_at, holding=False)
    Enrollment.unscoped.filter(pk__in=[reported.pk, approved.pk, lapsed.pk]).update(missing_count=9)
    assert completeness.open_ids(0, 100) == [reported.pk]
    assert completeness.recount_open(by=SYSTEM) == 1
    assert [count_of(row) for row in (reported, approved, lapsed, raw)] == [0, 9, 9, None]


def test_many_records_are_counted_in_the_background(
    world, contradicting, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(completeness, "AT_ONCE", 0)
    monkeypatch.setattr(completeness, "STEP", 1)
    other = factories.make_enrollments(world)[0]
    factories.complete(other, world)
    with django_capture_on_commit_callbacks(execute=True):
        set_level("degree_year", CheckLevel.HARD, reason="从严", by=world.association)
    assert count_of(contradicting) == 0, "not yet"
    job = Job.objects.for_system("test").get(name=completeness.RECOUNT_JOB)
    assert job.arguments == {"rules": completeness.rules_mark()}
    done = run_job(job.pk, worker="test", beat=False)
    assert done is not None and done.status == "done", done.error
    assert done.result == {"looked": 2, "changed": 1}
    assert count_of(contradicting) == 1 and count_of(other) == 0


def test_what_only_the_resident_can_fill_is_counted_apart(world):
    """Complete but for the base's part: nobody waits for the resident any more, and an old number is made good."""
    raw = factories.make_enrollments(world)[0]
    own = factories.resident_viewer(raw)
    save_personal("basic_info", {"basic_info.email": "a@example.cn"}, by=own)
    sizes = Enrollment.unscoped.filter(pk=raw.pk).values_list("missing_count", "missing_personal")
    size, personal = sizes.get()
    assert 0 < personal < size, "the base's part is missing too"
    whole = stages.make(world, "filled")
    found = Enrollment.unscoped.filter(pk=whole.pk)
    assert found.values_list("missing_personal", flat=True).get() == 0 and count_of(whole) > 0
    found.update(missing_personal=None)
    assert completeness.recount([whole.pk]) == 1
    assert found.values_list("missing_personal", flat=True).get() == 0


def test_a_step_that_runs_twice_changes_nothing_more(world, contradicting):
    Enrollment.unscoped.filter(pk=contradicting.pk).update(missing_count=7)
    ids = completeness.open_ids(0, 10)
    assert completeness.recount(ids) == 1
    assert completeness.recount(ids) == 0


def test_a_new_version_with_other_mandatory_fields_counts_anew(world, monkeypatch):
    assert completeness.recount_after_change(by=SYSTEM)
    assert not completeness.recount_after_change(by=SYSTEM), "the job of these rules waits already"
    job = Job.objects.for_system("test").get(name=completeness.RECOUNT_JOB)
    assert run_job(job.pk, worker="test", beat=False).status == "done"
    job_specs.follow_the_rules()
    assert Job.objects.for_system("test").filter(name=completeness.RECOUNT_JOB).count() == 1
    monkeypatch.setattr(completeness, "_code_mark", lambda: "another version of the rules")
    job_specs.follow_the_rules()
    assert Job.objects.for_system("test").filter(name=completeness.RECOUNT_JOB).count() == 2


def test_a_failed_count_is_tried_again(world):
    completeness.recount_after_change(by=SYSTEM)
    Job.objects.for_system("test").update(status="failed", finished_at=clock.now())
    assert completeness.recount_after_change(by=SYSTEM)


def test_the_mark_follows_levels_and_nothing_else(world):
    before = completeness.rules_mark()
    assert completeness.rules_mark() == before and len(before) == 32
    set_level("degree_year", CheckLevel.HARD, reason="从严", by=world.association)
    assert completeness.rules_mark() != before
