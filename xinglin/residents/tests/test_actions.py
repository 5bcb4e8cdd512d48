"""The life of a recruitment record, verb by verb."""

from datetime import timedelta

import pytest

from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer
from xinglin.people.actions import save_section
from xinglin.people.selectors import record_of
from xinglin.residents.actions.correcting import return_personal, see_correction
from xinglin.residents.actions.deleting import delete
from xinglin.residents.actions.lapsing import lapse_due, revive_due
from xinglin.residents.actions.personal import save_personal
from xinglin.residents.actions.training import save_training
from xinglin.residents.models import ApprovedRecord, ClosingRecord, Correction, Enrollment, RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.reviews import actions as reviews
from xinglin.reviews.models import ContentVersion, ReviewEvent
from xinglin.reviews.selectors import content_of
from xinglin.windows.actions import extend

from . import factories

pytestmark = pytest.mark.django_db


def pair(enrollment):
    state = RecruitmentReview.unscoped.get(pk=enrollment.pk)
    return state.report_status, state.review_status


@pytest.fixture
def world():
    return factories.make_world()


@pytest.fixture
def ready(world):
    enrollment = factories.make_enrollments(world)[0]
    factories.complete(enrollment, world)
    return enrollment


@pytest.fixture
def reported(world, ready):
    outcome = reviews.report(RECRUITMENT, [ready.pk], by=world.base)
    assert outcome.done == [ready.pk], outcome.refused
    return ready


@pytest.mark.req("R-08")
def test_incomplete_record_is_refused_with_everything_that_is_missing(world):
    enrollment = factories.make_enrollments(world)[0]
    outcome = reviews.report(RECRUITMENT, [enrollment.pk], by=world.base)
    messages = [issue.message for issue in outcome.refused[enrollment.pk]]
    assert outcome.done == []
    assert "缺“民族”" in messages and "缺“培训专业”" in messages and "学习经历至少填一个学历" in messages
    assert pair(enrollment) == ("unreported", "")


@pytest.mark.req("R-08")
def test_complete_ones_of_a_selection_go_through(world, ready):
    incomplete = factories.make_enrollments(world)[0]
    outcome = reviews.report(RECRUITMENT, [incomplete.pk, ready.pk], by=world.base)
    assert outcome.done == [ready.pk]
    assert set(outcome.refused) == {incomplete.pk}
    assert pair(ready) == ("reported", "pending")


@pytest.mark.req("R-21")
def test_approval_writes_typed_row_snapshot_and_status(world, reported):
    assert reviews.approve(RECRUITMENT, [reported.pk], by=world.province).done == [reported.pk]
    reported.refresh_from_db()
    approved = ApprovedRecord.unscoped.get(pk=reported.pk)
    assert reported.training_status == approved.training_status == "in_training"
    assert approved.specialty == factories.INTERNAL_MEDICINE and approved.degree == "410"
    assert content_of(approved.version)["basic_info.name"] == reported.person.name
    assert ClosingRecord.unscoped.get(pk=reported.pk).review_status == "approved"


@pytest.mark.req("R-21")
def test_return_needs_a_comment_and_leads_back(world, reported):
    with pytest.raises(Refused, match="退回意见"):
        reviews.return_(RECRUITMENT, [reported.pk], comment=" ", by=world.province)
    comments = {"education.bachelor.degree_number": "与扫描件不一致"}
    reviews.return_(RECRUITMENT, [reported.pk], comment="", field_comments=comments, by=world.province)
    state = RecruitmentReview.unscoped.get(pk=reported.pk)
    assert pair(reported) == ("unreported", "returned")
    assert state.return_comment == "与扫描件不一致" and state.field_comments == comments
    assert save_training(reported.pk, {"approved_years": 2, "ends_on": None}, by=world.base)
    assert reviews.report(RECRUITMENT, [reported.pk], by=world.base).done == [reported.pk]
    assert pair(reported) == ("reported", "pending")


@pytest.mark.req("R-08")
def test_a_returned_record_is_reported_again_after_a_change_or_with_an_answer_only(world, reported):
    same, changed = factories.make_enrollments(world, 2)
    for row in (same, changed):
        factories.complete(row, world)
    three = [reported.pk, same.pk, changed.pk]
    reviews.report(RECRUITMENT, [same.pk, changed.pk], by=world.base)
    reviews.return_(RECRUITMENT, three, comment="请更换照片", by=world.province)
    assert save_training(changed.pk, {"approved_years": 2, "ends_on": None}, by=world.base)
    return_personal([reported.pk], comment="请更换照片", by=world.base)
    save_personal("basic_info", {}, reply="照片是上周新拍的", by=factories.resident_viewer(reported))
    outcome = reviews.report(RECRUITMENT, three, by=world.base)
    assert sorted(outcome.done) == [reported.pk, changed.pk], "a change, or the resident's words"
    assert "省级退回后没有修改" in outcome.refused[same.pk][0].message and pair(same) == ("unreported", "returned")
    assert reviews.report(RECRUITMENT, [same.pk], by=world.base, reply="照片合要求").done == [same.pk]
    written = {e.subject_id: e.comment for e in ReviewEvent.unscoped.filter(verb="report").order_by("id")}
    assert written == {reported.pk: "本人说明：照片是上周新拍的", changed.pk: "", same.pk: "照片合要求"}


@pytest.mark.req("R-21")
def test_second_reviewer_is_told_who_decided(world, reported):
    reviews.approve(RECRUITMENT, [reported.pk], by=world.province)
    outcome = reviews.return_(RECRUITMENT, [reported.pk], comment="照片不清", by=world.province)
    assert outcome.done == []
    assert world.province.user_name in outcome.refused[reported.pk][0].message
    assert pair(reported) == ("reported", "approved")


@pytest.mark.req("R-21")
def test_reviewer_who_read_an_older_report_is_stopped(world, reported):
    old = RecruitmentReview.unscoped.get(pk=reported.pk).version_id
    save_training(reported.pk, {"approved_years": 2, "ends_on": None}, by=world.base)
    reviews.report(RECRUITMENT, [reported.pk], by=world.base)
    outcome = reviews.approve(RECRUITMENT, [reported.pk], by=world.province, seen={reported.pk: old})
    assert "重新上报" in outcome.refused[reported.pk][0].message
    assert pair(reported) == ("reported", "pending")


@pytest.mark.req("R-21")
def test_revoked_approval_is_pending_again_and_empties_the_status(world, reported):
    reviews.approve(RECRUITMENT, [reported.pk], by=world.province)
    reviews.revoke(RECRUITMENT, [reported.pk], reason="看错了人", by=world.province)
    reported.refresh_from_db()
    assert pair(reported) == ("reported", "pending") and reported.training_status == ""
    assert not ApprovedRecord.unscoped.filter(pk=reported.pk).exists()


@pytest.mark.req("R-21")
def test_revoked_return_after_an_earlier_return_restores_that_one(world, reported):
    reviews.return_(RECRUITMENT, [reported.pk], comment="第一次", by=world.province)
    reviews.report(RECRUITMENT, [reported.pk], by=world.base, reply="原件如此")
    reviews.return_(RECRUITMENT, [reported.pk], comment="第二次", by=world.province)
    reviews.revoke(RECRUITMENT, [reported.pk], reason="点错了", by=world.province)
    state = RecruitmentReview.unscoped.get(pk=reported.pk)
    assert pair(reported) == ("reported", "pending")
    assert state.last_verdict == "returned" and state.return_comment == "第一次"
    reviews.recall(RECRUITMENT, [reported.pk], by=world.base)
    assert pair(reported) == ("unreported", "returned")


@pytest.mark.req("R-05")
def test_saving_a_reported_record_recalls_it_and_saving_nothing_does_not(world, reported):
    assert save_training(reported.pk, factories.training(), by=world.base) == []
    assert pair(reported) == ("reported", "pending")
    changed = save_training(reported.pk, {"approved_years": 2}, by=world.base)
    assert changed == ["training_info.approved_years", "training_info.ends_on"]
    assert pair(reported) == ("unreported", "")


@pytest.mark.req("R-07")
def test_return_to_resident_change_and_base_sees_it(world, reported):
    resident = factories.resident_viewer(reported)
    return_personal([reported.pk], comment="请核对邮箱", by=world.base)
    assert pair(reported) == ("unreported", "")
    assert "退回" in reviews.report(RECRUITMENT, [reported.pk], by=world.base).refused[reported.pk][0].message
    save_personal("basic_info", {"basic_info.email": "a@example.com"}, by=resident)
    reported.refresh_from_db()
    assert reported.correction_status == "corrected"
    see_correction(reported.pk, by=world.base)
    assert Correction.unscoped.get(enrollment=reported).correction_seen_by_name == world.base.user_name


@pytest.mark.req("R-07")
def test_each_field_comment_wants_a_change_or_a_reply(world, ready):
    resident = factories.resident_viewer(ready)
    fields = {"basic_info.email": "请填写", "education.bachelor.degree_number": "与扫描件不一致"}
    return_personal([ready.pk], comment="", field_comments=fields, by=world.base)
    save_personal("basic_info", {"basic_info.email": "a@example.com"}, by=resident)
    ready.refresh_from_db()
    assert ready.correction_status == "requested"
    save_personal("education", {}, replies={"education.bachelor.degree_number": "证书补办，以补办为准"}, by=resident)
    ready.refresh_from_db()
    assert ready.correction_status == "corrected"


@pytest.mark.req("R-20")
def test_sex_and_birth_date_follow_the_id_number_and_it_never_changes(world):
    enrollment = factories.make_enrollments(world)[0]
    viewer = factories.resident_viewer(enrollment)
    before = record_of(enrollment.person_id).person
    save_section(
        "basic_info",
        {"basic_info.id_number": "x", "basic_info.sex": "9", "basic_info.email": "b@example.com"},
        by=viewer,
    )
    after = record_of(enrollment.person_id).person
    assert (after.id_number, after.sex, after.birth_date) == (before.id_number, before.sex, before.birth_date)
    assert after.email == "b@example.com"


def test_approved_record_is_read_only_for_both_sides(world, reported):
    reviews.approve(RECRUITMENT, [reported.pk], by=world.province)
    with pytest.raises(Refused, match="审核通过"):
        save_training(reported.pk, {"approved_years": 2}, by=world.base)
    with pytest.raises(Refused, match="审核通过"):
        save_personal("basic_info", {"basic_info.email": "c@example.com"}, by=factories.resident_viewer(reported))


@pytest.mark.req("R-04")
def test_pending_record_is_recalled_before_it_is_deleted(world, reported):
    assert "撤回" in delete([reported.pk], by=world.base).refused[reported.pk][0].message
    reviews.recall(RECRUITMENT, [reported.pk], by=world.base)
    assert delete([reported.pk], by=world.base).done == [reported.pk]
    assert not Enrollment.unscoped.filter(pk=reported.pk).exists()


def test_foreign_base_and_province_do_nothing(world, reported):
    for viewer in (world.sibling, world.other_province):
        with_rights = reviews.approve if viewer is world.other_province else reviews.recall
        assert with_rights(RECRUITMENT, [reported.pk], by=viewer).done == []
    with pytest.raises(NotAllowed):
        reviews.approve(RECRUITMENT, [reported.pk], by=world.base)
    assert pair(reported) == ("reported", "pending")


def test_versions_are_sealed(world, reported):
    version = ContentVersion.unscoped.get(pk=RecruitmentReview.unscoped.get(pk=reported.pk).version_id)
    assert reported.person.name.encode() not in bytes(version.content)


@pytest.mark.req("R-01")
def test_undecided_record_lapses_holds_nobody_and_an_extension_revives_it(world, ready):
    system = Viewer.system("test")
    phases = {phase.kind: phase for phase in world.window.phases.all()}
    assert lapse_due(by=system) == 0
    for phase in phases.values():
        type(phase).objects.filter(pk=phase.pk).update(ends_at=phase.starts_at + timedelta(days=1))
    assert lapse_due(by=system) == 1
    ready.refresh_from_db()
    assert ready.lapsed_at is not None and not ready.holding
    assert ClosingRecord.unscoped.get(pk=ready.pk).review_status == ""
    with pytest.raises(Refused, match="失效"):
        save_training(ready.pk, {"approved_years": 2}, by=world.base)
    extend(phases["filling"], world.tree.base, clock.now() + timedelta(days=3), reason="台风停网", by=world.association)
    assert revive_due(by=system) == 1
    ready.refresh_from_db()
    assert ready.lapsed_at is None and ready.holding
    assert lapse_due(by=system) == 0


@pytest.mark.req("R-01")
def test_returned_record_may_be_corrected_until_review_ends(world, reported):
    reviews.return_(RECRUITMENT, [reported.pk], comment="年限不符", by=world.province)
    filling = world.window.phases.get(kind="filling")
    type(filling).objects.filter(pk=filling.pk).update(ends_at=filling.starts_at + timedelta(days=1))
    assert lapse_due(by=Viewer.system("test")) == 0
    assert save_training(reported.pk, {"approved_years": 2}, by=world.base)
    assert reviews.report(RECRUITMENT, [reported.pk], by=world.base).done == [reported.pk]
    never_reported = factories.make_enrollments(world)[0]
    with pytest.raises(Refused, match="填报"):
        save_training(never_reported.pk, {"approved_years": 2}, by=world.base)
