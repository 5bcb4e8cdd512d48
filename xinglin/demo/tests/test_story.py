"""A small telling of the whole story: every state occurs, the product's rules hold, and it can be signed in."""

from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from xinglin.accounts.models import User
from xinglin.accounts.selectors import find_users
from xinglin.demo.fates import NOW
from xinglin.demo.loading import load
from xinglin.demo.sign_ins import examples, sign_ins
from xinglin.files.actions import open_
from xinglin.files.models import StoredFile
from xinglin.history.models import HistoryEntry
from xinglin.imports.models import ImportJob
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Organization, SpecialtyBase
from xinglin.people.models import Person
from xinglin.people.selectors import records
from xinglin.residents.checking import checked, lacking
from xinglin.residents.models import ApprovedRecord, ClosingRecord, Correction, Enrollment, RecruitmentReview
from xinglin.residents.selectors.progress import Progress, progress
from xinglin.residents.selectors.subjects import subjects
from xinglin.reviews.models import ReviewEvent
from xinglin.ui.selectors import forget_site, site_for
from xinglin.windows.models import CollectionWindow, Extension, WindowPhase

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-14")]


@pytest.fixture(scope="module", autouse=True)
def story(django_db_setup, django_db_blocker):
    """Told once for all tests here, and taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        load(60)
        yield
        transaction.set_rollback(True)


def enrollments(**conditions):
    return Enrollment.objects.for_system("test").filter(**conditions)


def this_year():
    return enrollments().order_by("-intake_year").values_list("intake_year", flat=True)[0]


def test_every_state_of_the_current_intake_occurs():
    states = RecruitmentReview.objects.for_system("test").filter(enrollment__intake_year=this_year())
    seen = Counter(states.values_list("report_status", "review_status", "enrollment__correction_status"))
    for wanted in (
        ("unreported", "", ""), ("unreported", "", "requested"), ("unreported", "", "corrected"),
        ("reported", "pending", ""), ("reported", "approved", ""), ("unreported", "returned", ""),
        ("unreported", "returned", "requested"),
    ):  # fmt: skip
        assert seen[wanted], wanted
    assert states.filter(review_status="pending", last_verdict="returned").exists()
    base = enrollments(intake_year=this_year(), organization__name="澜江大学附属第一医院")
    assert base.count() >= len(NOW) - 1
    verbs = set(ReviewEvent.objects.for_system("test").values_list("verb", flat=True))
    assert verbs == {"report", "recall", "approve", "return", "revoke"}
    seen_at = Correction.objects.for_system("test").values_list("correction_seen_at", flat=True)
    assert None in seen_at
    assert any(seen_at)


def test_past_intakes_ended():
    past = enrollments(intake_year__lt=this_year())
    assert set(past.values_list("intake_year", flat=True)) == {this_year() - 1, this_year() - 2}
    assert past.filter(lapsed_at__isnull=False, holding=False).exists()
    assert past.filter(training_status="in_training", holding=True).exists()
    assert not past.filter(lapsed_at__isnull=True, training_status="").exists()
    assert ClosingRecord.objects.for_system("test").filter(intake_year__lt=this_year()).count() == past.count()
    assert ApprovedRecord.objects.for_system("test").filter(intake_year=this_year()).exists()


def test_some_lapsed_are_imported_again():
    again = enrollments(intake_year=this_year(), person__in=enrollments(lapsed_at__isnull=False).values("person"))
    assert again.exists()


@pytest.mark.req("P-16")
def test_the_first_base_imported_its_accounts_by_file():
    jobs = ImportJob.objects.for_system("test")
    assert {job.status for job in jobs} == {"done"}
    for job in jobs:
        assert job.counts["applied"] == job.counts["total"] - 2
    assert jobs.filter(organization_name="澜江大学附属第一医院").count() >= 2


def test_windows_lie_around_the_day():
    now = clock.now()
    phases = WindowPhase.objects.filter(window__within=None)
    assert phases.filter(starts_at__lte=now, ends_at__gt=now).count() == 4
    assert phases.filter(starts_at__gt=now).count() == 4
    assert phases.filter(ends_at__lte=now).count() == 8
    assert CollectionWindow.objects.filter(province__isnull=False).count() == 1
    assert Extension.objects.for_system("test").count() == 2


def test_nothing_of_the_story_lies_in_the_future_or_out_of_order():
    latest = clock.now() + timedelta(seconds=1)
    rows = HistoryEntry.objects.for_system("test")
    assert not rows.filter(at__gt=latest).exists()
    assert not ReviewEvent.objects.for_system("test").filter(at__gt=latest).exists()
    for enrollment in enrollments().iterator():
        events = ReviewEvent.objects.for_system("test").filter(subject_id=enrollment.pk).order_by("id")
        times = list(events.values_list("at", flat=True))
        assert times == sorted(times)
        assert all(enrollment.created_at < moment for moment in times)


def test_what_was_reported_is_complete_and_every_picture_opens():
    reported = (
        RecruitmentReview.objects.for_system("test").filter(report_status="reported").values_list("pk", flat=True)
    )
    found = subjects(reported)
    assert all(not result.issues for result in checked(list(found.values())).values())
    files = StoredFile.objects.for_system("test").select_related("key")
    for subject in list(found.values())[:3]:
        person = records([subject.enrollment.person_id])[subject.enrollment.person_id].person
        for field in (person.photo, person.id_front):
            assert open_(files.get(pk=field, person_id=person.pk)).startswith(b"\xff\xd8")


def test_the_country():
    nodes = Organization.objects.for_system("test")
    assert nodes.filter(kind=Kind.PROVINCE).count() == 5
    accredited = SpecialtyBase.objects.for_system("test")
    for province in nodes.filter(kind=Kind.PROVINCE):
        inside = accredited.filter(organization__province=province)
        assert inside.values("organization").distinct().count() >= 4
        assert set(inside.values_list("track", flat=True)) == {"western", "tcm"}
    assert accredited.values("specialty").distinct().count() >= 35


def test_invented_people_cannot_exist():
    for person in Person.objects.for_system("test").select_related("key"):
        if person.id_type == "01":
            assert person.id_number[2:6] == "0199"
        assert person.phone[:3] in {"154", "160", "161", "163", "164", "169", "179", "194"}


def test_everybody_listed_can_sign_in():
    listed = list(sign_ins())
    roles = Counter(one.role for one in listed)
    assert set(roles) == {
        "ministry_reader", "association_admin", "province_admin", "province_reviewer", "base_organization",
        "base_admin", "resident",
    }  # fmt: skip
    assert {one.password for one in listed if one.phone} == {"000000"}
    right: dict[str, bool] = {}
    for one in listed:
        (user,) = find_users("resident" if one.role == "resident" else "organization", one.user_name)
        stored = User.objects.for_system("test").get(pk=user.pk)
        if one.phone:
            assert not stored.has_usable_password()
            continue
        if stored.password not in right:
            right[stored.password] = check_password(one.password, stored.password)
        assert right[stored.password], one


@pytest.mark.req("P-04")
def test_the_first_page_offers_one_of_each_role_and_a_newcomer():
    offered = Counter(one.role for one in examples())
    assert offered.pop("resident") == 2
    assert offered.pop("ministry_reader") == 2, "one for each track"
    assert [one.track for one in examples() if one.role == "ministry_reader"] == ["western", "tcm"]
    assert set(offered.values()) == {1}
    assert {one.organization for one in examples() if one.role.startswith(("base", "resident"))} == {
        "澜江大学附属第一医院"
    }


@pytest.mark.req("P-14")
def test_every_page_names_somebody_to_call():
    forget_site()
    whole = site_for(None)
    assert whole.phone and whole.hours and whole.mail.endswith("@example.cn") and whole.footer
    for province in Organization.objects.for_system("test").filter(kind=Kind.PROVINCE):
        mine = site_for(province.pk)
        assert mine.phone != whole.phone and mine.hours == whole.hours and province.short_name in mine.footer
    forget_site()


@pytest.mark.req("R-23")
def test_the_overview_has_something_to_show():
    association = Organization.objects.for_system("test").get(kind=Kind.ASSOCIATION)
    by = Viewer.system("test")
    found = progress(by, this_year(), by="organization_id")
    whole = sum(found.values(), Progress())
    for name in ("not_started", "filling", "correcting", "ready", "returned", "pending", "approved"):
        assert getattr(whole, name), name
    assert whole.imported == enrollments(intake_year=this_year(), lapsed_at=None).count()
    assert association.pk and {part.word[1] for part in found.values()} >= {"待审核", "填写中"}


def test_counts_of_what_is_missing_are_those_of_the_rules():
    rows = enrollments(lapsed_at=None, missing_count__isnull=False, intake_year=this_year())
    known = {pk: sizes for pk, *sizes in rows.values_list("pk", "missing_count", "missing_personal")}
    assert {pk: list(found) for pk, found in lacking(list(subjects(known).values())).items()} == known
    unfinished = enrollments(lapsed_at=None, filled_at__isnull=False, intake_year=this_year(), missing_count__gt=0)
    assert unfinished.filter(missing_personal=0).exists() and unfinished.filter(missing_personal__gt=0).exists()
    assert not enrollments(filled_at__isnull=False, missing_personal=None).exists()


def test_constraints_hold():
    connection.check_constraints()


def test_a_second_telling_is_refused():
    with pytest.raises(CommandError, match="只能载入空的数据库"):
        call_command("demo")
