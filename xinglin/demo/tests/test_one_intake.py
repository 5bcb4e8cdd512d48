"""The country and its staff, and one intake of one base: every fate ends in its state, in order, by the right people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import StringIO
from random import Random

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.db import connection, transaction

from xinglin.accounts.models import MAX_TRIES, Grant, InitialCredential, User, VerifiedPhone
from xinglin.demo import calendar, country, fates, staff, timing
from xinglin.demo.country import Base, Country
from xinglin.demo.fates import Fate
from xinglin.demo.people import People
from xinglin.demo.places import PROVINCES
from xinglin.demo.plot import Figure, Scene, Telling
from xinglin.demo.sign_ins import PASSWORD, sign_ins
from xinglin.demo.staff import Staff
from xinglin.demo.stock import Stock
from xinglin.demo.timing import Times
from xinglin.dictionaries import selectors as codes
from xinglin.files.models import StoredFile
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock, uscc
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Affiliation, Capability, Department, Organization, SpecialtyBase
from xinglin.people.selectors import record_of
from xinglin.residents.models import Correction, Enrollment, RecruitmentReview
from xinglin.reviews.models import ReviewEvent
from xinglin.ui.selectors import forget_site
from xinglin.windows.models import CollectionWindow, Extension, WindowPhase

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-14")]
CAST = [*fates.NOW, *[Fate.PENDING] * 3, *[Fate.APPROVED] * 2, Fate.PARTLY_FILLED]
BASE = 3  # 云汀市第一人民医院: one track, no import by file

# fate → (report, review, correction), the verbs of its review
ENDS: dict[Fate, tuple[tuple[str, str, str], list[str]]] = {
    Fate.IMPORTED: (("unreported", "", ""), []),
    Fate.SIGNED_IN: (("unreported", "", ""), []),
    Fate.PARTLY_FILLED: (("unreported", "", ""), []),
    Fate.TRAINING_ONLY: (("unreported", "", ""), []),
    Fate.PERSONAL_ONLY: (("unreported", "", ""), []),
    Fate.COMPLETE: (("unreported", "", ""), []),
    Fate.RETURNED: (("unreported", "", "requested"), []),
    Fate.CORRECTED: (("unreported", "", "corrected"), []),
    Fate.CORRECTION_SEEN: (("unreported", "", "corrected"), []),
    Fate.PENDING: (("reported", "pending", ""), ["report"]),
    Fate.RECALLED: (("unreported", "", ""), ["report", "recall"]),
    Fate.CHANGED: (("unreported", "", ""), ["report", "recall"]),
    Fate.SENT_BACK: (("unreported", "returned", ""), ["report", "return"]),
    Fate.SENT_BACK_TO_RESIDENT: (("unreported", "returned", "requested"), ["report", "return"]),
    Fate.REPORTED_AGAIN: (("reported", "pending", ""), ["report", "return", "report"]),
    Fate.APPROVED: (("reported", "approved", ""), ["report", "approve"]),
    Fate.APPROVED_LATER: (("reported", "approved", ""), ["report", "return", "report", "approve"]),
    Fate.REVOKED: (("reported", "pending", ""), ["report", "approve", "revoke"]),
}


@dataclass
class Told:
    """What the fixture leaves."""

    built: Country
    hired: Staff
    times: Times
    base: Base
    scene: Scene
    telling: Telling
    began: datetime

    def of(self, fate: Fate) -> list[Figure]:
        return self.telling.of(fate)


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker) -> Iterator[Told]:
    """The country, and one intake of every fate at one base; told once for all tests here, and taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        by, rng, people = Viewer.system("演示数据", source="demo"), Random("one intake"), People(Random("its people"))
        today = clock.today()
        with clock.telling(calendar.at(calendar.past(today, 2).first, 9) - timedelta(days=200)):
            began = clock.now()
            built = country.build(rng, by=by)
            hired = staff.hire(built, rng, people, by=by)
        times = timing.arrange(built, hired, today)
        base = built.bases[BASE]
        node = base.province_node
        reviewers = (hired.reviewers[node.pk, "western"], hired.second_reviewers[node.pk, "western"])
        window = times.window(times.current, "western")
        scene = Scene(base, "western", times.current, window, hired.bases[base.node.pk, "western"], reviewers)
        telling = Telling(scene, Random(3), people, Stock(), by=by)
        telling.tell(CAST)
        staff.late_staff(built, people, by=by)
        yield Told(built, hired, times, base, scene, telling, began)
        transaction.set_rollback(True)
    codes.forget()
    forget_site()


def nodes(**conditions: object):
    return Organization.objects.for_system("test").filter(**conditions)


def enrollment_of(figure: Figure) -> Enrollment:
    return Enrollment.objects.for_system("test").get(pk=figure.enrollment_id)


def events_of(figure: Figure) -> list[ReviewEvent]:
    return list(ReviewEvent.objects.for_system("test").filter(subject_id=figure.enrollment_id).order_by("id"))


# --- the country ------------------------------------------------------------------------------------------------------


@pytest.mark.req("P-01")
def test_every_node_hangs_where_it_belongs(told):
    assert nodes(kind=Kind.MINISTRY).count() == nodes(kind=Kind.ASSOCIATION).count() == 1
    assert list(told.built.provinces) == [province.code for province in PROVINCES]
    for base in told.built.bases:
        assert base.node.path.startswith(base.province_node.path)
        assert base.node.division == base.province.city_division(base.hospital.city)
        for unit in base.affiliates:
            assert unit.path.startswith(base.province_node.path)


def test_codes_of_hospitals_are_right_and_each_is_its_own(told):
    hospitals = list(nodes(kind=Kind.HOSPITAL))
    assert len({node.uscc for node in hospitals}) == len(hospitals) >= 35
    for node in hospitals:
        assert uscc.check(node.uscc) == node.uscc
        assert node.uscc[2:4] == node.division[:2], "registered where it lies"
        assert node.uscc[:2] == "12"
    bases = [base.node.code for base in told.built.bases]
    assert len(set(bases)) == len(bases) and all(len(code) == 5 for code in bases)


@pytest.mark.req("P-02")
def test_a_base_has_capacity_for_whom_it_takes(told):
    for base in told.built.bases:
        rows = SpecialtyBase.objects.for_system("test").filter(organization=base.node)
        for track in base.tracks:
            mine = dict(rows.filter(track=track).values_list("specialty", "capacity"))
            assert tuple(sorted(mine)) == tuple(sorted(base.specialties(track)))
            assert all(3 <= capacity <= 500 for capacity in mine.values())
        assert sum(rows.values_list("capacity", flat=True)) >= base.hospital.intake
        tracks = Capability.objects.for_system("test").filter(organization=base.node, kind="training_base")
        assert set(tracks.values_list("track", flat=True)) == set(base.tracks)


@pytest.mark.req("P-03")
def test_an_affiliate_of_two_bases_is_one_hospital(told):
    rows = Affiliation.objects.for_system("test")
    assert rows.count() == sum(len(base.hospital.affiliates) for base in told.built.bases)
    shared = nodes(name="青屏市南浦区人民医院")
    assert shared.count() == 1 and rows.filter(affiliate=shared.get()).count() == 2
    assert Capability.objects.for_system("test").filter(organization=shared.get(), kind="affiliate").count() == 1


def test_a_small_base_has_fewer_departments(told):
    found = Counter(Department.objects.for_system("test").values_list("organization", flat=True))
    for base in told.built.bases:
        assert found[base.node.pk] == (4 if base.hospital.intake < 20 else 8), base.hospital.name
    for department in Department.objects.for_system("test"):
        assert set(department.medical_subjects) <= set(codes.labels("medical_subject"))


# --- windows ----------------------------------------------------------------------------------------------------------


@pytest.mark.req("P-09")
def test_each_track_has_four_windows_and_one_is_open(told):
    now = clock.now()
    for track in ("western", "tcm"):
        whole = CollectionWindow.objects.filter(track=track, province=None)
        assert whole.count() == 4
        for kind in ("filling", "review"):
            phases = WindowPhase.objects.filter(window__in=whole, kind=kind)
            assert phases.filter(starts_at__lte=now, ends_at__gt=now).count() == 1
            assert (phases.filter(ends_at__lte=now).count(), phases.filter(starts_at__gt=now).count()) == (2, 1)
    assert told.times.window(told.times.current, "tcm").year == told.times.current.year


def test_the_last_province_has_its_own_days_within_the_countrys(told):
    own = CollectionWindow.objects.get(province__isnull=False)
    assert own.province == list(told.built.provinces.values())[-1] and own.within.province is None
    mine, whole = own.phases.get(kind="filling"), own.within.phases.get(kind="filling")
    assert whole.starts_at < mine.starts_at < clock.now() < mine.ends_at < whole.ends_at


def test_two_bases_were_given_more_days_and_were_told_why(told):
    rows = Extension.objects.for_system("test").select_related("phase")
    assert {row.organization_id for row in rows} == {told.built.bases[3].node.pk, told.built.bases[5].node.pk}
    for row in rows:
        assert row.ends_at > row.phase.ends_at and row.reason and row.given_at <= clock.now()
        assert row.given_by_name == told.hired.association.user_name


# --- staff ------------------------------------------------------------------------------------------------------------


def test_every_base_has_its_account_and_one_administrator_a_track(told):
    rows = Grant.objects.for_system("test")
    for base in told.built.bases[1:]:
        mine = rows.filter(organization=base.node, ends_at=None)
        assert mine.filter(role="base_organization").count() == 1
        for track in base.tracks:
            assert (base.node.pk, track) in told.hired.bases
    for province in told.built.provinces.values():
        roles = Counter(rows.filter(organization=province, ends_at=None).values_list("role", flat=True))
        assert roles == {"province_admin": 1, "province_reviewer": 3}


@pytest.mark.req("P-07")
def test_one_person_has_two_identities(told):
    user = User.objects.for_system("test").get(sign_in_name="shuangshenfen")
    grants = Grant.objects.for_system("test").filter(user=user)
    assert set(grants.values_list("organization", flat=True)) == {
        told.built.bases[0].node.pk, told.built.bases[2].node.pk,
    }  # fmt: skip


def test_identities_that_end_soon_and_one_that_has_ended(told):
    now, rows = clock.now(), Grant.objects.for_system("test")
    for name, days in (("jinxiu", 12), ("zhuanjia", 9)):
        grant = rows.get(user__sign_in_name=name)
        assert now + timedelta(days=days - 1) < grant.ends_at <= now + timedelta(days=days)
        assert grant.starts_at < now - timedelta(days=299)
    ended = rows.get(user__sign_in_name="diaoli")
    assert ended.ends_at < now - timedelta(days=19) and ended.ended_reason == "调离教学办公室"


@pytest.mark.req("P-05")
def test_newcomers_two_lapsed_one_locked_one_waiting(told):
    now, base = clock.now(), told.built.bases[0].node
    rows = Grant.objects.for_system("test").filter(
        organization=base, role="base_admin", user__activated_at=None, user__sign_in_name=None
    )
    mine = InitialCredential.objects.filter(user__in=rows.values("user")).order_by("issued_at")
    assert [(row.expires_at < now, row.failed_tries >= MAX_TRIES) for row in mine] == [
        (True, False), (True, False), (False, True), (False, False),
    ]  # fmt: skip
    listed = [one.user_name for one in sign_ins() if one.organization == base.name]
    waiting = User.objects.for_system("test").get(pk=mine[3].user_id).person.id_number
    assert waiting in listed and len([name for name in listed if len(name) == 18]) == 1


def test_the_list_as_json_says_all_that_is_needed_to_sign_in(told):
    out = StringIO()
    call_command("accounts", "--json", stdout=out)
    listed = json.loads(out.getvalue())
    fields = "role role_label name organization province track user_name password phone"
    assert all(list(one) == fields.split() for one in listed)
    by_name = {one["user_name"]: one for one in listed}
    assert by_name["lj.shenhe"]["province"] == by_name["lj.shenhe"]["organization"] == "澜江省卫生健康委科教处"
    assert (by_name["lj.shenhe"]["role"], by_name["lj.shenhe"]["track"]) == ("province_reviewer", "western")
    assert by_name["cy.shenhe.zhongyi"]["track"] == "tcm"
    assert by_name["xiehui"]["province"] == "" and by_name["xiehui"]["organization"] == "中国医师协会"
    assert "diaoli" not in by_name, "whose identity has ended"
    doors = Counter((one["user_name"], one["role"], one["organization"], one["track"]) for one in listed)
    assert set(doors.values()) == {1}
    assert {one["password"] for one in listed if not one["phone"]} == {PASSWORD}
    assert {"lj001.jiaoxue", "lj001.zhongyi", "th006.jiaoxue"} <= by_name.keys()


def test_staff_need_no_code_at_their_first_sign_in(told):
    users = [told.hired.association.user_id, *(viewer.user_id for viewer in told.hired.province_admins.values())]
    assert VerifiedPhone.objects.filter(user__in=users).count() == len(users) == 6
    stored = User.objects.for_system("test").get(pk=users[0])
    assert stored.activated_at is not None and check_password(PASSWORD, stored.password)


# --- one intake -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fate", ENDS, ids=lambda fate: fate.name.lower())
def test_a_fate_ends_in_its_state(told, fate):
    state, verbs = ENDS[fate]
    assert told.of(fate)
    for figure in told.of(fate):
        review = RecruitmentReview.objects.for_system("test").get(enrollment=figure.enrollment_id)
        correction = enrollment_of(figure).correction_status
        assert (review.report_status, review.review_status, correction) == state
        assert [event.verb for event in events_of(figure)] == verbs


def test_every_fate_is_proved():
    assert set(ENDS) | {Fate.DELETED} == set(Fate) == set(CAST)


@pytest.mark.req("R-04")
def test_who_was_imported_by_mistake_is_gone_and_it_is_known(told):
    (figure,) = told.of(Fate.DELETED)
    assert not Enrollment.objects.for_system("test").filter(pk=figure.enrollment_id).exists()
    assert HistoryEntry.objects.for_system("test").filter(person_id=figure.person_id, verb__contains="delete").exists()


@pytest.mark.req("R-07")
def test_a_correction_is_seen_by_the_base_or_waits_to_be(told):
    rows = Correction.objects.for_system("test")
    (waiting,), (seen,), (open_,) = map(told.of, (Fate.CORRECTED, Fate.CORRECTION_SEEN, Fate.RETURNED))
    assert rows.get(enrollment=waiting.enrollment_id).correction_seen_at is None
    answered = rows.get(enrollment=seen.enrollment_id)
    assert answered.correction_seen_by_name == told.scene.clerk.user_name
    assert answered.corrected_at < answered.correction_seen_at
    assert rows.get(enrollment=open_.enrollment_id).corrected_at is None


def test_each_step_is_done_by_whose_it_is_and_after_the_one_before(told):
    first = calendar.at(told.times.current.first, 0)
    for figure in told.telling.figures:
        steps = events_of(figure)
        moments = [first, *(event.at for event in steps), clock.now()]
        assert moments == sorted(moments), figure.fate
        for event in steps:
            own = (told.scene.clerk.user_id, figure.own.user_id) if event.verb in ("report", "recall") else tuple(
                viewer.user_id for viewer in told.scene.reviewers
            )  # fmt: skip
            assert event.by_id in own, (figure.fate, event.verb)


def test_two_reviewers_share_the_approvals(told):
    by = {event.by_id for figure in told.of(Fate.APPROVED) for event in events_of(figure) if event.verb == "approve"}
    assert by == {viewer.user_id for viewer in told.scene.reviewers}


def test_history_lies_between_the_founding_and_now(told):
    moments = HistoryEntry.objects.for_system("test").values_list("at", flat=True)
    assert moments and told.began <= min(moments) and max(moments) <= clock.now()
    mine = HistoryEntry.objects.for_system("test").filter(organization_path=told.base.node.path)
    assert {"demo"} == set(mine.values_list("source", flat=True))


def test_who_filled_nothing_in_has_nothing_and_who_finished_has_all(told):
    for figure in told.telling.figures:
        if figure.fate is Fate.DELETED:
            continue
        filled = enrollment_of(figure).filled_at
        content = record_of(figure.person_id).content
        if figure.fate in fates.NOTHING_FILLED:
            assert filled is None and not content.get("basic_info.address")
        else:
            assert filled is not None and content["basic_info.address"]
        if figure.fate in {*fates.REPORTED_ONCE, Fate.COMPLETE, Fate.PERSONAL_ONLY}:
            assert content["qualifications.status"]


def test_pictures_belong_to_the_person_whose_they_are(told):
    for figure in told.of(Fate.APPROVED):
        content = record_of(figure.person_id).content
        held = {str(value) for key, value in content.items() if key.endswith(("photo", "id_front", "id_back", "_scan"))}
        files = StoredFile.objects.for_system("test").filter(person_id=figure.person_id)
        assert held - {"None", ""} <= {str(pk) for pk in files.values_list("pk", flat=True)}


def test_who_signed_in_is_listed_for_the_password(told):
    without = {figure.own.user_id for figure in told.telling.figures if figure.fate in fates.NO_ACCOUNT_YET}
    assert len(told.telling.users) == len(set(told.telling.users)) == len(CAST) - len(without)
    assert not without & set(told.telling.users)


def test_what_a_rule_refuses_breaks_the_story_loudly(told):
    with pytest.raises(RuntimeError, match="breaks a rule"):
        told.telling._report_group(told.of(Fate.PERSONAL_ONLY))


def test_the_database_holds_nothing_impossible(told):
    connection.check_constraints()
    assert not Enrollment.objects.for_system("test").filter(created_at__date__gt=date.today() + timedelta(1)).exists()
