"""Confirming, looking, giving up, deleting, counting anew, switching rules: who may, what it leaves, in which words."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from xinglin.accounts.models import Grant, User
from xinglin.history.models import HistoryEntry
from xinglin.jobs.models import Job
from xinglin.jobs.running import run_job
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused, Stale
from xinglin.kernel.viewer import Viewer
from xinglin.people.actions import save_draft, save_section
from xinglin.people.models import Draft, Person
from xinglin.residents import job_specs
from xinglin.residents.actions import completeness
from xinglin.residents.actions.confirming import confirm
from xinglin.residents.actions.deleting import delete
from xinglin.residents.actions.own import give_up_draft, view_own_number
from xinglin.residents.actions.rules import LONGEST_REASON, set_level
from xinglin.residents.actions.viewing import SHOWN, view_identity
from xinglin.residents.cross_checks import RULES
from xinglin.residents.enums import CheckLevel
from xinglin.residents.models import CheckConfirmation, CheckRule, Enrollment, RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.selectors.own import own_enrollment, own_person, sees_person
from xinglin.residents.selectors.rules import editions, rule_in_force, rules_in_force
from xinglin.residents.selectors.subjects import subjects, visible_subject
from xinglin.reviews import actions as reviews

from . import factories

pytestmark = pytest.mark.django_db
SYSTEM = Viewer.system("test")
WRONG_YEAR = {"education.bachelor.degree_number": "1099942001000001"}


@pytest.fixture
def world() -> factories.World:
    return factories.make_world()


def contradicting(world: factories.World) -> tuple[Enrollment, Viewer]:
    """A complete record whose degree number names another year: one soft contradiction."""
    row = factories.make_enrollments(world)[0]
    viewer = factories.complete(row, world)
    save_section("education", WRONG_YEAR, by=viewer)
    return row, viewer


def told(pk: int, verb: str) -> list[HistoryEntry]:
    return list(HistoryEntry.unscoped.filter(subject_id=str(pk), verb=verb))


@pytest.mark.req("R-26")
def test_a_contradiction_is_confirmed_once_with_a_reason_and_by_whom(world: factories.World) -> None:
    row, resident = contradicting(world)
    for empty in ("", "  ", "\n"):
        with pytest.raises(Refused, match="请写明理由") as refusal:
            confirm([row.pk], reason=empty, by=resident)
        assert refusal.value.field == "reason"
    assert confirm([row.pk], reason="证书补办", by=resident, rules=["no_such_rule"]) == 0
    assert confirm([row.pk], reason="证书补办", by=resident, rules=["degree_year"]) == 1
    assert confirm([row.pk], reason="证书补办", by=world.base) == 0, "already confirmed"
    kept = CheckConfirmation.unscoped.get()
    assert (kept.enrollment_id, kept.rule, kept.reason, kept.confirmed_by_id) == (
        row.pk, "degree_year", "证书补办", resident.user_id,
    )  # fmt: skip
    (entry,) = told(row.pk, "check.confirm")
    assert entry.facts["rules"] == [RULES["degree_year"].title]


@pytest.mark.req("R-26")
def test_a_confirmation_counts_for_the_values_it_was_given_for(world: factories.World) -> None:
    row, resident = contradicting(world)
    assert reviews.report(RECRUITMENT, [row.pk], by=world.base).done == []
    assert confirm([row.pk], reason="证书补办", by=world.base) == 1
    assert reviews.report(RECRUITMENT, [row.pk], by=world.base).done == [row.pk]
    save_section("education", {"education.bachelor.degree_number": "1099942003000001"}, by=resident)
    assert reviews.report(RECRUITMENT, [row.pk], by=world.base).done == []
    assert confirm([row.pk], reason="又补办", by=resident) == 1
    assert reviews.report(RECRUITMENT, [row.pk], by=world.base).done == [row.pk]


@pytest.mark.req("R-26", "Q-10")
def test_nobody_confirms_for_another(world: factories.World) -> None:
    row, _ = contradicting(world)
    other = factories.resident_viewer(factories.make_enrollments(world)[0])
    for viewer in (other, world.sibling):
        assert confirm([row.pk], reason="代为确认", by=viewer) == 0
    for viewer in (world.province, world.association, SYSTEM):
        with pytest.raises(NotAllowed, match="本人或培训基地"):
            confirm([row.pk], reason="代为确认", by=viewer)
    assert not CheckConfirmation.unscoped.exists()


@pytest.mark.req("P-19")
def test_looking_at_full_numbers_leaves_a_trace_and_needs_the_right(world: factories.World) -> None:
    row = factories.make_enrollments(world)[0]
    subject = visible_subject(world.base, row.pk)
    assert subject is not None and visible_subject(world.sibling, row.pk) is None
    assert visible_subject(world.base, row.pk + 1) is None
    view_identity(subject, by=world.base)
    (entry,) = told(row.pk, "view.identity")
    assert entry.facts["fields"] == list(SHOWN) and entry.person_id == row.person_id
    resident = factories.resident_viewer(row)
    with pytest.raises(NotAllowed):
        view_identity(subject, by=resident)
    assert view_own_number(by=resident) == row.person.id_number
    assert [e.facts["fields"] for e in told(row.pk, "view.identity")] == [list(SHOWN), ["证件号"]]
    with pytest.raises(NotAllowed):
        view_own_number(by=world.base)


@pytest.mark.req("P-19", "R-19")
def test_a_person_whom_nobody_holds_still_sees_the_own_number_and_it_is_told(world: factories.World) -> None:
    row = factories.make_enrollments(world)[0]
    resident = factories.resident_viewer(row)
    Enrollment.unscoped.filter(pk=row.pk).update(holding=False, lapsed_at=clock.now())
    kept = own_enrollment(resident)
    assert kept is not None and kept.pk == row.pk
    RecruitmentReview.unscoped.filter(pk=row.pk).delete()
    Enrollment.unscoped.filter(pk=row.pk).delete()
    assert own_enrollment(resident) is None and own_enrollment(world.base) is None
    assert view_own_number(by=resident) == row.person.id_number
    entry = HistoryEntry.unscoped.get(verb="view.identity")
    assert (entry.subject_type, entry.subject_id, entry.organization_path) == ("person", str(row.person_id), "")
    with pytest.raises(Http404):
        own_person(world.base)
    assert not sees_person(world.base, row.person_id)


@pytest.mark.req("R-19")
def test_a_draft_is_given_up_by_its_owner_alone(world: factories.World) -> None:
    first, second = (factories.resident_viewer(row) for row in factories.make_enrollments(world, 2))
    for viewer in (first, second):
        save_draft("education", {"a": 1}, by=viewer)
    for viewer in (world.base, SYSTEM):
        with pytest.raises(NotAllowed, match="本人"):
            give_up_draft("education", by=viewer)
    give_up_draft("basic_info", by=first)
    give_up_draft("education", by=first)
    assert [draft.person_id for draft in Draft.unscoped.all()] == [second.person_id]


@pytest.mark.req("R-04")
def test_deleting_ends_what_was_opened_for_it_and_keeps_the_person(world: factories.World) -> None:
    mine, second = factories.make_enrollments(world, 2)
    theirs = factories.make_enrollments(world, base=world.tree.sibling, by=world.sibling)[0]
    factories.fill_personal(mine)
    outcome = delete([mine.pk, theirs.pk, mine.pk, 10**9], by=world.base)
    assert outcome.done == [mine.pk] and set(outcome.refused) == {theirs.pk, 10**9}
    assert {issue.message for issues in outcome.refused.values() for issue in issues} == {
        "没有这条记录，或不在您的管理范围内。"
    }
    assert not Enrollment.unscoped.filter(pk=mine.pk).exists()
    assert not RecruitmentReview.unscoped.filter(pk=mine.pk).exists()
    now = clock.now()
    grants = {grant.user.person_id: grant for grant in Grant.unscoped.select_related("user")}
    assert grants[mine.person_id].ends_at is not None and grants[mine.person_id].ends_at <= now
    assert grants[second.person_id].ends_at is None and grants[theirs.person_id].ends_at is None
    assert Person.unscoped.filter(pk=mine.person_id).exists(), "what the person typed stays (P-24)"
    (entry,) = told(mine.pk, "enrollment.delete")
    assert (entry.update_type, entry.organization_path) == ("deleted", world.tree.base.path)
    for viewer in (world.province, world.association, factories.resident_viewer(second)):
        with pytest.raises(NotAllowed):
            delete([second.pk], by=viewer)
    assert User.unscoped.filter(person_id=mine.person_id).exists()


@pytest.mark.req("R-26")
@pytest.mark.parametrize(
    ("code", "level", "reason", "seen", "words", "field"),
    [
        ("no_such_rule", "off", "试行", None, "没有这条核对规则", None),
        ("degree_year", "sometimes", "试行", None, "请选择", "level"),
        ("degree_year", "", "试行", None, "请选择", "level"),
        ("degree_year", "soft", "试行", None, "没有改动", "level"),
        ("degree_year", "hard", " ", None, "请写明调整的理由", "reason"),
        ("degree_year", "hard", "长" * (LONGEST_REASON + 1), None, f"不能超过 {LONGEST_REASON} 字", "reason"),
        ("degree_year", "hard", "试行", 7, "刚刚被别人调整过", None),
    ],
)
def test_a_rule_is_not_switched_and_the_words_say_why(
    world: factories.World, code: str, level: str, reason: str, seen: int | None, words: str, field: str | None
) -> None:
    with pytest.raises((Refused, Stale), match=words) as refusal:
        set_level(code, level, reason=reason, by=world.association, seen=seen)
    assert (refusal.value.field or None) == field
    assert not CheckRule.objects.exists() and not HistoryEntry.unscoped.filter(subject_type="check_rule").exists()


@pytest.mark.req("R-26")
def test_the_rules_in_force_are_the_shipped_ones_with_their_switches(world: factories.World) -> None:
    assert [row.rule.code for row in rules_in_force()] == list(RULES)
    assert all(row.is_default and row.edition == 0 for row in rules_in_force())
    for viewer in (world.base, world.province, SYSTEM):
        with pytest.raises(NotAllowed):
            set_level("degree_year", "hard", reason="试行", by=viewer)
    longest = "由" * LONGEST_REASON
    for number, level in enumerate((CheckLevel.HARD, CheckLevel.OFF, CheckLevel.SOFT), 1):
        set_level("degree_year", level, reason=longest, by=world.association, seen=number - 1)
        rule = rule_in_force("degree_year")
        assert rule is not None and (rule.level, rule.edition, rule.reason) == (level, number, longest)
    assert rule.is_default, "back at the shipped level by an edition of its own"
    others = [row for row in rules_in_force() if row.rule.code != "degree_year"]
    assert all(row.is_default and row.since is None for row in others)
    assert [(before, row.level) for row, before in editions("degree_year")] == [
        ("off", "soft"), ("hard", "off"), ("soft", "hard"),
    ]  # fmt: skip
    assert rule_in_force("no_such_rule") is None
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckRule.objects.create(code="degree_year", edition=1, level="off", effective_from=clock.today(), source="x")


@pytest.mark.req("R-26")
def test_a_rule_of_tomorrow_does_not_bind_today(world: factories.World) -> None:
    tomorrow = clock.today().replace(year=clock.today().year + 1)
    CheckRule.objects.create(code="degree_year", edition=1, level="hard", effective_from=tomorrow, source="x")
    rule = rule_in_force("degree_year")
    assert rule is not None and rule.is_default


@pytest.mark.req("R-26", "P-12")
def test_counting_anew_touches_open_saved_records_and_no_others(
    world: factories.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_row, unsaved, lapsed, approved = factories.make_enrollments(world, 4)
    for row in (open_row, approved):
        factories.complete(row, world)
    reviews.report(RECRUITMENT, [approved.pk], by=world.base)
    reviews.approve(RECRUITMENT, [approved.pk], by=world.province)
    factories.fill_personal(lapsed)
    Enrollment.unscoped.filter(pk=lapsed.pk).update(lapsed_at=clock.now(), holding=False)
    Enrollment.unscoped.exclude(pk=unsaved.pk).update(missing_count=77)
    assert completeness.open_ids(0, 10) == [open_row.pk] and completeness.open_ids(open_row.pk, 10) == []

    def counts() -> dict[int, Any]:
        return dict(Enrollment.unscoped.values_list("pk", "missing_count"))

    done = run_job(_enqueued(lambda: completeness._enqueue(world.association)), worker="test", beat=False)
    assert done is not None
    assert done.result == {"looked": 1, "changed": 1}
    assert counts() == {open_row.pk: 0, unsaved.pk: None, lapsed.pk: 77, approved.pk: 77}
    assert completeness.recount_open(by=SYSTEM) == 0, "a second count changes nothing"
    Enrollment.unscoped.filter(pk=open_row.pk).update(missing_count=5)
    monkeypatch.setattr(completeness, "AT_ONCE", 0)
    assert completeness.recount_open(by=SYSTEM) is None, "many are left to a job"


def _enqueued(enqueue: Any) -> int:
    before = set(Job.unscoped.values_list("pk", flat=True))
    enqueue()
    (pk,) = set(Job.unscoped.values_list("pk", flat=True)) - before
    return pk


@pytest.mark.req("R-26")
def test_upkeep_counts_once_for_each_set_of_rules(world: factories.World) -> None:
    jobs = Job.unscoped.filter(name=completeness.RECOUNT_JOB)
    job_specs.follow_the_rules()
    job_specs.follow_the_rules()
    assert jobs.count() == 1
    mark = completeness.rules_mark()
    set_level("degree_year", "hard", reason="试行", by=world.association)
    assert completeness.rules_mark() != mark
    job_specs.follow_the_rules()
    assert jobs.count() == 2
    jobs.update(status="failed", finished_at=clock.now())
    job_specs.follow_the_rules()
    assert jobs.count() == 3, "a failed count is made again"


@pytest.mark.req("R-08")
def test_subjects_tell_content_times_and_ids_of_many_at_once(
    world: factories.World, django_assert_max_num_queries: Any
) -> None:
    rows = factories.make_enrollments(world, 3)
    with django_assert_max_num_queries(8):
        found = subjects([row.pk for row in reversed(rows)])
    assert list(found) == [row.pk for row in rows]
    subject = found[rows[0].pk]
    assert (subject.id, subject.organization_path, subject.province_id) == (
        rows[0].pk, world.tree.base.path, world.tree.province.pk,
    )  # fmt: skip
    assert subject.content["basic_info.name"] == rows[0].person.name
    assert subject.content["training_info.intake_year"] == world.window.year
    subject.enrollment.specialty = "0100"
    assert subject.content["training_info.specialty"] == ""
    subject.forget_content()
    assert subject.content["training_info.specialty"] == "0100"
    assert subject.closed_reason("filling") is None and subject.is_open("review") and not subject.has_ended("filling")
    assert subjects([]) == {} and subjects([10**9]) == {}
