"""When a record lapses and when it comes back: states against the times of the phases and of extensions (R-01, R-09)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import Organization
from xinglin.people.models import Person
from xinglin.residents import job_specs
from xinglin.residents.actions.enrolling import Intake, enroll
from xinglin.residents.actions.lapsing import lapse_batch, lapse_due, revive_due
from xinglin.residents.models import ApprovedRecord, ClosingRecord, Enrollment, RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.selectors.enrollments import current_intake, holding_enrollment, past_intake
from xinglin.reviews import actions as reviews
from xinglin.windows.models import CollectionWindow, Extension, WindowPhase

from . import factories

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-01")]
SYSTEM = Viewer.system("test")
STATES = ("imported", "complete", "recalled", "pending", "returned", "approved")
EARLY = {"imported", "complete", "recalled"}
"""Lapse at the end of filling; pending and returned at the end of review."""
LATE = {"pending", "returned"}

TIMES: list[tuple[str, tuple[int, int], tuple[int, int], set[str]]] = [
    ("both open", (-5, 5), (-5, 9), set()),
    ("not begun", (1, 5), (1, 9), set()),
    ("filling over", (-9, -1), (-9, 5), EARLY),
    ("review not begun", (-9, -1), (1, 5), EARLY),
    ("review over before filling", (-9, 5), (-9, -1), LATE),
    ("all over", (-9, -5), (-9, -1), EARLY | LATE),
]
"""Days from now of filling and review, and what lapses then."""


class Case:
    """One record of a base in each state."""

    def __init__(self) -> None:
        self.world = factories.make_world()
        rows = factories.make_enrollments(self.world, len(STATES))
        self.rows = dict(zip(STATES, rows, strict=True))
        for state in STATES[1:]:
            factories.complete(self.rows[state], self.world)
        ids = [self.rows[state].pk for state in ("recalled", "pending", "returned", "approved")]
        assert reviews.report(RECRUITMENT, ids, by=self.world.base).done == ids
        reviews.recall(RECRUITMENT, ids[:1], by=self.world.base)
        reviews.return_(RECRUITMENT, [ids[2]], comment="照片不清", by=self.world.province)
        reviews.approve(RECRUITMENT, [ids[3]], by=self.world.province)

    def at(self, filling: tuple[int, int], review: tuple[int, int], window: CollectionWindow | None = None) -> None:
        for kind, span in (("filling", filling), ("review", review)):
            arrange(window or self.world.window, kind, *span)

    def lapsed(self) -> set[str]:
        gone = set(Enrollment.unscoped.filter(lapsed_at__isnull=False).values_list("pk", flat=True))
        return {state for state, row in self.rows.items() if row.pk in gone}


def arrange(window: CollectionWindow, kind: str, starts: int, ends: int) -> None:
    now = clock.now()
    times = {"starts_at": now + timedelta(days=starts), "ends_at": now + timedelta(days=ends)}
    WindowPhase.objects.update_or_create(window=window, kind=kind, defaults=times)


def give(window: CollectionWindow, kind: str, organization: Organization, days: int) -> Extension:
    """An extension until some days from now, whatever the calendar admits."""
    return Extension.unscoped.create(
        phase=WindowPhase.objects.get(window=window, kind=kind), organization=organization, reason="停网",
        ends_at=clock.now() + timedelta(days=days), given_by_name="程望舒", given_at=clock.now() - timedelta(days=9),
    )  # fmt: skip


def test_what_lapses_at_each_time_and_comes_back_when_the_phase_is_open_again() -> None:
    case, wrong = Case(), []
    before = dict(RecruitmentReview.unscoped.values_list("pk", "review_status"))
    for name, filling, review, expected in TIMES:
        with transaction.atomic():
            case.at(filling, review)
            count = lapse_due(by=SYSTEM)
            if case.lapsed() != expected or count != len(expected):
                wrong.append(f"{name}: {case.lapsed()}, {count} told")
            held = {state for state, row in case.rows.items() if holding_enrollment(row.person_id) is not None}
            if held != set(STATES) - expected:
                wrong.append(f"{name}: held {held}")
            if lapse_due(by=SYSTEM) or (not expected and revive_due(by=SYSTEM)):
                wrong.append(f"{name}: a second run does something")
            kept = set(ClosingRecord.unscoped.values_list("pk", flat=True))
            if kept != {case.rows[state].pk for state in expected | {"approved"}}:
                wrong.append(f"{name}: kept {kept}")
            case.at((-9, 5), (-9, 9))
            if revive_due(by=SYSTEM) != len(expected) or case.lapsed():
                wrong.append(f"{name}: not all are back: {case.lapsed()}")
            if dict(RecruitmentReview.unscoped.values_list("pk", "review_status")) != before:
                wrong.append(f"{name}: the review state changed")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


EXTENSIONS: list[tuple[str, str, int, set[str]]] = [
    ("filling", "base", 3, EARLY),
    ("filling", "province", 3, EARLY),
    ("filling", "association", 3, EARLY),
    ("filling", "sibling", 3, set()),
    ("filling", "other_province", 3, set()),
    ("filling", "base", -1, set()),
    ("review", "base", 3, LATE),
    ("review", "province", 3, LATE),
    ("review", "sibling", 3, set()),
]
"""Phase, whom, until (days from now): what comes back after everything was over."""


def test_whom_an_extension_brings_back() -> None:
    case, wrong = Case(), []
    case.at((-9, -5), (-9, -2))
    for kind, whom, days, expected in EXTENSIONS:
        with transaction.atomic():
            assert lapse_due(by=SYSTEM) == len(EARLY | LATE)
            give(case.world.window, kind, getattr(case.world.tree, whom), days)
            count = revive_due(by=SYSTEM)
            back = (EARLY | LATE) - case.lapsed()
            if back != expected or count != len(expected):
                wrong.append(f"{kind} {whom} {days}: {back}, {count} told")
            if lapse_due(by=SYSTEM) or revive_due(by=SYSTEM):
                wrong.append(f"{kind} {whom} {days}: a second run does something")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def test_an_extension_given_in_time_keeps_and_one_taken_back_lets_go() -> None:
    case = Case()
    case.at((-9, -5), (-9, -2))
    extension = give(case.world.window, "filling", case.world.tree.base, 3)
    assert lapse_due(by=SYSTEM) == len(LATE)
    Extension.unscoped.filter(pk=extension.pk).update(
        ended_at=clock.now() - timedelta(hours=1), ended_reason="给错了", ended_by_name="程望舒"
    )
    assert lapse_due(by=SYSTEM) == len(EARLY)
    assert revive_due(by=SYSTEM) == 0


def test_a_provinces_own_earlier_end_lets_its_records_lapse_and_no_others() -> None:
    case = Case()
    world = case.world
    abroad = factories.make_enrollments(world, base=world.tree.foreign_base)[0]
    own = CollectionWindow.objects.create(
        purpose="recruitment", year=world.window.year, batch=1, track="western", province=world.tree.province,
        within=world.window, created_at=clock.now(),
    )  # fmt: skip
    arrange(own, "filling", -9, -1)
    assert lapse_due(by=SYSTEM) == len(EARLY) and case.lapsed() == EARLY
    assert holding_enrollment(abroad.person_id) is not None
    arrange(own, "filling", -9, 2)
    assert revive_due(by=SYSTEM) == len(EARLY) and case.lapsed() == set()


def test_records_that_stay_lapsed_do_not_keep_others_from_coming_back() -> None:
    """A small portion is filled by records of a base without an extension; the base with one comes later."""
    world = factories.make_world()
    first = factories.make_enrollments(world, 3)
    second = factories.make_enrollments(world, 3, base=world.tree.sibling, by=world.sibling)
    arrange(world.window, "filling", -9, -1)
    assert lapse_due(by=SYSTEM) == 6
    give(world.window, "filling", world.tree.sibling, 3)
    assert revive_due(by=SYSTEM, size=2) == 3
    holding = set(Enrollment.unscoped.filter(holding=True).values_list("pk", flat=True))
    assert holding == {row.pk for row in second} and not holding & {row.pk for row in first}


def test_portions_end_and_skip_nothing() -> None:
    world = factories.make_world()
    rows = factories.make_enrollments(world, 5)
    assert lapse_batch(0, by=SYSTEM, size=2) == (0, None), "nothing is a candidate before an end"
    arrange(world.window, "filling", -9, -1)
    seen, position = [], 0
    while position is not None:
        count, position = lapse_batch(position, by=SYSTEM, size=2)
        seen.append(count)
    assert seen == [2, 2, 1]
    assert set(Enrollment.unscoped.filter(holding=False).values_list("pk", flat=True)) == {row.pk for row in rows}


def test_whoever_was_taken_by_another_base_stays_there() -> None:
    world = factories.make_world()
    former = factories.make_enrollments(world)[0]
    arrange(world.window, "filling", -9, -1)
    lapse_due(by=SYSTEM)
    arrange(world.window, "filling", -9, 5)
    person = Person.unscoped.select_related("key").get(pk=former.person_id)
    new = factories.NewPerson(person.name, "01", person.id_number, person.phone)
    base = world.tree.sibling
    taken = enroll([Intake(new, person)], window=world.window, base=base, province=base.province, by=world.sibling)
    assert revive_due(by=SYSTEM) == 0
    held = holding_enrollment(person.pk)
    assert held is not None and held.pk == taken.ids[0]
    Enrollment.unscoped.filter(pk=held.pk).update(holding=False)
    assert revive_due(by=SYSTEM) == 1, "free again: the former record comes back"


def test_of_two_lapsed_records_of_one_person_one_comes_back() -> None:
    world = factories.make_world()
    former = factories.make_enrollments(world)[0]
    Enrollment.unscoped.filter(pk=former.pk).update(lapsed_at=clock.now(), holding=False)
    person = Person.unscoped.select_related("key").get(pk=former.person_id)
    new = factories.NewPerson(person.name, "01", person.id_number, person.phone)
    base = world.tree.sibling
    enroll([Intake(new, person)], window=world.window, base=base, province=base.province, by=world.sibling)
    Enrollment.unscoped.filter(person=person).update(lapsed_at=clock.now(), holding=False)
    assert revive_due(by=SYSTEM) == 1
    assert Enrollment.unscoped.filter(person=person, holding=True).count() == 1
    assert revive_due(by=SYSTEM) == 0


def test_an_erased_person_never_comes_back() -> None:
    world = factories.make_world()
    row = factories.make_enrollments(world)[0]
    Enrollment.unscoped.filter(pk=row.pk).update(lapsed_at=clock.now(), holding=False)
    Person.unscoped.filter(pk=row.person_id).update(erased_at=clock.now())
    assert revive_due(by=SYSTEM) == 0


@pytest.mark.req("R-09")
def test_a_lapsed_record_is_kept_as_it_stood_and_leaves_the_current_list() -> None:
    case = Case()
    year = case.world.window.year
    case.at((-9, -5), (-9, -1))
    lapse_due(by=SYSTEM)
    base = case.world.base
    assert set(current_intake(base).values_list("pk", flat=True)) == {case.rows["approved"].pk}
    kept = {row.enrollment_id: row for row in past_intake(base)}
    stood = {
        state: (kept[row.pk].report_status, kept[row.pk].review_status, bool(kept[row.pk].reported_at))
        for state, row in case.rows.items()
    }
    assert stood == {
        "imported": ("unreported", "", False), "complete": ("unreported", "", False),
        "recalled": ("unreported", "", True), "pending": ("reported", "pending", True),
        "returned": ("unreported", "returned", True), "approved": ("reported", "approved", True),
    }  # fmt: skip
    assert {row.intake_year for row in kept.values()} == {year}
    assert all(row.version_id for row in kept.values())
    assert kept[case.rows["imported"].pk].specialty == "" and kept[case.rows["pending"].pk].specialty == "0100"
    assert past_intake(case.world.sibling).count() == past_intake(case.world.other_province).count() == 0
    assert past_intake(case.world.province).count() == past_intake(case.world.association).count() == len(STATES)
    assert ApprovedRecord.unscoped.count() == 1


@pytest.mark.req("R-16")
def test_the_job_lapses_revives_and_leaves_a_trace_of_both() -> None:
    world = factories.make_world()
    row = factories.make_enrollments(world)[0]
    arrange(world.window, "filling", -9, -1)
    job_specs.lapse()
    job_specs.lapse()
    arrange(world.window, "filling", -9, 3)
    job_specs.lapse()
    found = HistoryEntry.unscoped.filter(subject_id=str(row.pk), verb__in=["enrollment.lapse", "enrollment.revive"])
    told = list(found.order_by("id").values_list("verb", "organization_path"))
    assert told == [("enrollment.lapse", world.tree.base.path), ("enrollment.revive", world.tree.base.path)]
    assert not ClosingRecord.unscoped.exists()


def test_the_database_lets_no_lapsed_record_hold_and_no_person_be_held_twice() -> None:
    world = factories.make_world()
    row, other = factories.make_enrollments(world, 2)
    for changes in ({"lapsed_at": clock.now()}, {"person": other.person}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Enrollment.unscoped.filter(pk=row.pk).update(**changes)
