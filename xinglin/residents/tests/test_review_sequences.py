"""Any sequence of verbs leaves a legal state, one event for each thing done, and the right verdict standing."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from xinglin.history.models import HistoryEntry
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer
from xinglin.residents.models import RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.reviews import actions as reviews
from xinglin.reviews.models import ContentVersion, ReviewEvent
from xinglin.reviews.selectors import content_of, events_of, pending
from xinglin.vault.cipher import Damaged

from . import factories

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-21")]

# The mechanism alone: no hooks of the residents, reports allowed after an approval as in later reviews.
BARE = replace(
    RECRUITMENT, frozen_once_approved=False, closed=lambda *_: None, missing=lambda found: {}, built_on=None,
    on_approved=None, on_returned=None, on_revoked=None, on_reported=None, answers=None,
)  # fmt: skip
FROZEN = replace(BARE, frozen_once_approved=True)
VERBS = ("report", "recall", "approve", "return", "revoke")
ACTOR = replace(
    Viewer.system("sequence"),
    permissions=frozenset({BARE.report_permission, BARE.review_permission, BARE.revoke_permission}),
)


def do(verb, pk, spec=BARE):
    if verb == "return":
        return reviews.return_(spec, [pk], comment="请补学位证书", by=ACTOR)
    if verb == "revoke":
        return reviews.revoke(spec, [pk], reason="看错了人", by=ACTOR)
    return getattr(reviews, verb)(spec, [pk], by=ACTOR)


@dataclass
class Model:
    """The state in a few lines: decisions that stand, and whether a report waits."""

    decisions: list[str] = field(default_factory=list)
    waiting: bool = False
    reported: bool = False
    version: int = 0
    decided: list[int] = field(default_factory=list)
    frozen: bool = False

    @property
    def last(self):
        return self.decisions[-1] if self.decisions else ""

    def step(self, verb):
        """True when the verb is to be done."""
        if verb == "report":
            if self.reported or (self.frozen and self.last == "approved"):
                return False
            self.waiting = self.reported = True
            self.version += 1
            return True
        if verb == "revoke":
            if self.waiting or not self.decided or self.decided[-1] != self.version:
                return False
            self.decisions.pop()
            self.decided.pop()
            self.waiting = self.reported = True
            return True
        if not self.waiting:
            return False
        self.waiting = False
        if verb == "recall":
            self.reported = False
            return True
        self.reported = verb == "approve"
        self.decisions.append("approved" if verb == "approve" else "returned")
        self.decided.append(self.version)
        return True

    @property
    def expected(self):
        return (
            "reported" if self.reported else "unreported", "pending" if self.waiting else self.last, self.last,
        )  # fmt: skip


@pytest.fixture
def pk(db):
    return factories.make_enrollments(factories.make_world())[0].pk


def stored(pk):
    return RecruitmentReview.unscoped.values_list("report_status", "review_status", "last_verdict").get(pk=pk)


@pytest.mark.parametrize("spec", [BARE, FROZEN], ids=["again", "frozen"])
@given(verbs=st.lists(st.sampled_from(VERBS), max_size=14))
@example(verbs=["report", "return", "report", "approve", "revoke", "recall"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_sequence_follows_the_model(pk, spec, verbs):
    model, done = Model(frozen=spec.frozen_once_approved), []
    with transaction.atomic():
        written = HistoryEntry.unscoped.count()
        for verb in verbs:
            outcome = do(verb, pk, spec)
            assert bool(outcome.done) == model.step(verb), verbs
            assert set(outcome.done) | set(outcome.refused) == {pk} and not (outcome.done and outcome.refused)
            done += [verb] if outcome.done else []
            assert stored(pk) == model.expected, verbs
        events = ReviewEvent.unscoped.filter(subject_id=pk).order_by("at", "id")
        assert list(events.values_list("verb", flat=True)) == done
        assert HistoryEntry.unscoped.count() - written == len(done)
        assert ContentVersion.unscoped.filter(subject_id=pk).count() == done.count("report")
        assert RecruitmentReview.unscoped.get(pk=pk).lock == len(done)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("before", "verdict"), [((), ""), (("report", "approve"), "approved"), (("report", "return"), "returned")]
)
def test_recall_restores_the_last_verdict(pk, before, verdict):
    for verb in before:
        do(verb, pk)
    # What a save does in a kind that may be reported again after its approval.
    RecruitmentReview.unscoped.filter(pk=pk).update(report_status="unreported")
    for verb in ("report", "recall"):
        assert do(verb, pk).done == [pk], verb
    assert stored(pk) == ("unreported", verdict, verdict)
    state = RecruitmentReview.unscoped.get(pk=pk)
    assert state.return_comment == ("请补学位证书" if verdict == "returned" else "")


def test_revoking_restores_the_decision_before_with_comment_and_version(pk):
    for verb in ("report", "return", "report"):
        do(verb, pk)
    returned = RecruitmentReview.unscoped.get(pk=pk)
    do("approve", pk)
    assert RecruitmentReview.unscoped.get(pk=pk).return_comment == ""
    assert do("revoke", pk).done == [pk]
    state = RecruitmentReview.unscoped.get(pk=pk)
    assert stored(pk) == ("reported", "pending", "returned")
    assert state.return_comment == "请补学位证书" and state.version_id == returned.version_id
    assert state.decided_version_id == returned.decided_version_id
    assert state.decided_at - returned.decided_at < timedelta(seconds=1)
    assert do("revoke", pk).refused, "the return spoke of an older report"


def test_an_event_tells_verb_version_comment_and_who(pk):
    for verb in ("report", "return", "revoke", "approve"):
        do(verb, pk)
    events = list(events_of(ACTOR, "recruitment", pk))
    assert [event.verb for event in events] == ["approve", "revoke", "return", "report"]
    assert len({event.version_id for event in events}) == 1
    assert [event.comment for event in events] == ["", "看错了人", "请补学位证书", ""]
    assert {(event.by_name, event.by_role) for event in events} == {("sequence", "系统")}
    entries = HistoryEntry.unscoped.filter(verb__startswith="recruitment.").order_by("id")
    assert [entry.facts["review"] for entry in entries] == ["report", "return", "revoke", "approve"]


def test_returns_and_revocations_need_words(pk):
    do("report", pk)
    with pytest.raises(Refused) as refused:
        reviews.return_(BARE, [pk], comment=" \n", field_comments={"basic_info.name": " "}, by=ACTOR)
    assert refused.value.field == "comment"
    with pytest.raises(Refused) as refused:
        reviews.revoke(BARE, [pk], reason="  ", by=ACTOR)
    assert refused.value.field == "reason"
    remarks = {"basic_info.name": "姓名不符 ", "basic_info.photo": "照片不清"}
    reviews.return_(BARE, [pk], comment="", field_comments=remarks, by=ACTOR)
    state = RecruitmentReview.unscoped.get(pk=pk)
    assert state.return_comment == "姓名不符；照片不清" and state.field_comments["basic_info.name"] == "姓名不符"


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_needs_its_permission(pk, verb):
    nobody = replace(ACTOR, permissions=frozenset())
    more = {"return": {"comment": "x"}, "revoke": {"reason": "x"}}.get(verb, {})
    action = reviews.return_ if verb == "return" else getattr(reviews, verb)
    with pytest.raises(NotAllowed):
        action(BARE, [pk], by=nobody, **more)
    assert not ReviewEvent.unscoped.exists()


def test_a_reviewer_who_read_an_older_report_is_told(pk):
    do("report", pk)
    read = RecruitmentReview.unscoped.get(pk=pk).version_id
    do("recall", pk)
    do("report", pk)
    assert "重新上报" in reviews.approve(BARE, [pk], by=ACTOR, seen={pk: read}).refused[pk][0].message
    now = RecruitmentReview.unscoped.get(pk=pk).version_id
    assert reviews.approve(BARE, [pk], by=ACTOR, seen={pk: now}).done == [pk]


def test_ids_out_of_scope_or_twice_are_answered_once(pk):
    outcome = reviews.report(BARE, [pk, pk, 999_999], by=ACTOR)
    assert outcome.done == [pk] and list(outcome.refused) == [999_999]
    foreign = replace(ACTOR, organization_path="/999999/")
    assert list(reviews.recall(BARE, [pk], by=foreign).refused) == [pk]
    assert list(pending(ACTOR, BARE).values_list("pk", flat=True)) == [pk]
    assert not pending(foreign, BARE).exists()


@pytest.mark.req("Q-12")
def test_a_version_that_was_altered_is_told(pk):
    do("report", pk)
    version = RecruitmentReview.unscoped.select_related("version__key").get(pk=pk).version
    assert content_of(version)["basic_info.name"].startswith("程") and content_of(None) == {}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reviews_contentversion SET digest = %s WHERE id = %s", ["0" * 64, version.pk])
    with pytest.raises(Damaged):
        content_of(ContentVersion.unscoped.get(pk=version.pk))
    blob = bytearray(version.content)
    blob[-1] ^= 1
    ContentVersion.unscoped.filter(pk=version.pk).update(content=bytes(blob), digest=version.digest)
    with pytest.raises(Damaged):
        content_of(ContentVersion.unscoped.get(pk=version.pk))
