"""Each verb on one and on many records: what it writes, whom it refuses and in which words (R-08, R-21)."""

from __future__ import annotations

import dataclasses
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from xinglin.history.models import HistoryEntry
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.issues import Issue
from xinglin.reviews import actions
from xinglin.reviews.content import digest
from xinglin.reviews.models import ContentVersion, ReviewEvent
from xinglin.reviews.selectors import content_of, events_of, pending

from .trial import KIND, Trial, make_trial

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-08", "R-21")]
NEW = ("unreported", "", "")
PENDING = ("reported", "pending", "")


@pytest.fixture
def trial() -> Trial:
    return make_trial()


def report(trial, *ids):
    return actions.report(trial.spec, ids, by=trial.base)


def approve(trial, *ids, **more):
    return actions.approve(trial.spec, ids, by=trial.province, **more)


def send_back(trial, *ids, comment="证件照不清楚", **more):
    return actions.return_(trial.spec, ids, comment=comment, by=trial.province, **more)


def revoke(trial, *ids, reason="看错了人"):
    return actions.revoke(trial.spec, ids, reason=reason, by=trial.province)


def recall(trial, *ids):
    return actions.recall(trial.spec, ids, by=trial.base)


def words(outcome, pk):
    return "".join(issue.message for issue in outcome.refused[pk])


def test_a_report_seals_what_stands_and_says_who(trial):
    pk = trial.add(a="甲", b=3, c="")
    assert report(trial, pk).done == [pk] and trial.triple(pk) == PENDING
    state = trial.state(pk)
    assert (state.reported_by_id, state.reported_from_id) == (trial.base.user_id, trial.base.organization_id)
    assert (state.version.digest, state.lock) == (digest({"a": "甲", "b": 3}), 1)
    assert "甲" not in bytes(state.version.content).decode("latin1")
    trial.records[pk].content["a"] = "乙"
    assert content_of(state.version) == {"a": "甲", "b": 3}, "a later save changes nothing of what was reported"


def test_events_and_history_are_written_in_the_same_breath(trial):
    pk = trial.add()
    report(trial, pk)
    send_back(trial, pk)
    events = list(events_of(trial.base, KIND, pk))
    assert [(e.verb, e.comment) for e in events] == [("return", "证件照不清楚"), ("report", "")]
    assert [e.from_name for e in events] == [trial.tree.province.name, trial.tree.base.name]
    rows = HistoryEntry.unscoped.filter(subject_type="trial", subject_id=str(pk)).order_by("id")
    assert [row.verb for row in rows] == ["trial.report", "trial.return"]
    assert all(row.facts["of"] == "trial" and row.facts["version"] for row in rows)
    assert "证件照" not in f"{rows[1].facts}{rows[1].changes}", "the reason is sealed under the person's key"


def test_what_lacks_something_stays_with_all_that_is_lacking(trial):
    whole, poor, doubtful = trial.add(), trial.add(), trial.add()
    trial.lacking = {
        poor: [Issue("a", "缺“甲”"), Issue("b", "缺“乙”")],
        doubtful: [Issue("a", "请核对", "warning")],
    }
    outcome = report(trial, whole, poor, doubtful)
    assert sorted(outcome.done) == [whole, doubtful], "a warning does not stop a report"
    assert [issue.message for issue in outcome.refused[poor]] == ["缺“甲”", "缺“乙”"]
    assert trial.triple(poor) == NEW and not ReviewEvent.unscoped.filter(subject_id=poor).exists()


def test_reported_once_is_enough(trial):
    pk = trial.add()
    report(trial, pk)
    outcome = report(trial, pk)
    assert not outcome.done and re.search(r"已由.+上报，待省级审核，不用重复上报", words(outcome, pk))
    assert ContentVersion.unscoped.filter(kind=KIND).count() == 1


def test_one_id_twice_is_done_once(trial):
    pk = trial.add()
    assert report(trial, pk, pk).done == [pk]
    assert ReviewEvent.unscoped.count() == 1


def test_the_approved_is_frozen_or_may_be_reported_again(trial):
    pk = trial.add()
    report(trial, pk)
    assert approve(trial, pk).done == [pk] and trial.triple(pk) == ("reported", "approved", "approved")
    assert "不用重复上报" in words(report(trial, pk), pk)
    assert "没有可撤回" in words(recall(trial, pk), pk)
    assert "没有生效" in words(send_back(trial, pk), pk)


@pytest.mark.parametrize("verb", ["report", "recall", "approve", "return"])
def test_a_closed_window_refuses_with_its_reason(trial, verb):
    pk = trial.add()
    if verb != "report":
        report(trial, pk)
    trial.closed = dict.fromkeys(("filling", "review"), "填报已于 10 月 31 日截止。")
    before = trial.triple(pk)
    done = {"report": report, "recall": recall, "approve": approve, "return": send_back}[verb](trial, pk)
    assert not done.done and words(done, pk) == "填报已于 10 月 31 日截止。" and trial.triple(pk) == before


def test_the_returned_is_corrected_in_the_phase_of_correction(trial):
    pk = trial.add()
    report(trial, pk)
    send_back(trial, pk)
    trial.closed = {"filling": "填报已截止。"}
    assert report(trial, pk).done == [pk]
    assert trial.triple(pk) == ("reported", "pending", "returned")
    assert recall(trial, pk).done == [pk]
    trial.closed = {"correct": "更正已截止。"}
    assert words(report(trial, pk), pk) == "更正已截止。"


def test_a_recall_lets_the_last_verdict_stand_again_with_its_comment(trial):
    pk = trial.add()
    report(trial, pk)
    assert recall(trial, pk).done == [pk] and trial.triple(pk) == NEW
    report(trial, pk)
    send_back(trial, pk, field_comments={"a": "请写全"})
    report(trial, pk)
    recall(trial, pk)
    assert trial.triple(pk) == ("unreported", "returned", "returned")
    assert (trial.state(pk).return_comment, trial.state(pk).field_comments) == ("证件照不清楚", {"a": "请写全"})
    assert "没有可撤回的上报" in words(recall(trial, pk), pk)


def test_who_read_an_older_report_is_told(trial):
    pk = trial.add()
    report(trial, pk)
    seen = {pk: trial.state(pk).version_id}
    recall(trial, pk)
    trial.records[pk].content["a"] = "改了"
    report(trial, pk)
    assert "重新上报了新的内容" in words(approve(trial, pk, seen=seen), pk)
    assert "重新上报了新的内容" in words(send_back(trial, pk, seen=seen), pk)
    assert approve(trial, pk, seen={pk: trial.state(pk).version_id}).done == [pk]


def test_the_second_of_two_reviewers_learns_who_was_first(trial):
    pk = trial.add()
    report(trial, pk)
    approve(trial, pk)
    assert words(send_back(trial, pk), pk).startswith(f"已由{trial.province.user_name}于 ")
    assert trial.triple(pk) == ("reported", "approved", "approved")


class TestReturn:
    def test_needs_a_comment_in_words(self, trial):
        pk = trial.add()
        report(trial, pk)
        for comment in ("", "   ", "\u3000"):
            with pytest.raises(Refused, match="退回意见") as refusal:
                send_back(trial, pk, comment=comment)
            assert refusal.value.field == "comment"
        assert trial.triple(pk) == PENDING

    def test_comments_on_fields_make_the_comment(self, trial):
        pk = trial.add()
        report(trial, pk)
        send_back(trial, pk, comment="", field_comments={"a": "请写全", "b": "应为 3"})
        assert trial.state(pk).return_comment == "请写全；应为 3"

    def test_a_comment_stands_at_a_field_that_is_there(self, trial):
        pk = trial.add()
        report(trial, pk)
        with pytest.raises(Refused):
            send_back(trial, pk, field_comments={"nothing": "？"})
        assert trial.triple(pk) == PENDING

    def test_an_approval_takes_the_comment_away(self, trial):
        pk = trial.add()
        report(trial, pk)
        send_back(trial, pk, field_comments={"a": "请写全"})
        report(trial, pk)
        approve(trial, pk)
        assert (trial.state(pk).return_comment, trial.state(pk).field_comments) == ("", {})


class TestRevoke:
    def test_needs_a_reason(self, trial):
        pk = trial.add()
        report(trial, pk)
        approve(trial, pk)
        with pytest.raises(Refused, match="理由"):
            revoke(trial, pk, reason=" ")

    def test_brings_back_the_same_version(self, trial):
        pk = trial.add()
        report(trial, pk)
        version = trial.state(pk).version_id
        approve(trial, pk)
        assert revoke(trial, pk).done == [pk] and trial.triple(pk) == PENDING
        state = trial.state(pk)
        assert (state.version_id, state.decided_version_id, state.decided_by_name) == (version, None, "")
        assert trial.told[-1] == ("revoked", [pk])

    def test_the_decision_before_stands_again(self, trial):
        pk = trial.add()
        report(trial, pk)
        send_back(trial, pk, comment="第一次")
        report(trial, pk)
        approve(trial, pk)
        revoke(trial, pk)
        assert trial.triple(pk) == ("reported", "pending", "returned")
        assert trial.state(pk).return_comment == "第一次"
        recall(trial, pk)
        assert trial.triple(pk) == ("unreported", "returned", "returned")

    def test_what_was_built_on_it_holds_it(self, trial):
        pk = trial.add()
        report(trial, pk)
        approve(trial, pk)
        trial.built = {pk}
        assert words(revoke(trial, pk), pk) == "已经建立在培记录，不能撤销。"

    def test_nothing_decided_and_reported_again_are_refused(self, trial):
        fresh, again = trial.add(), trial.add()
        report(trial, again)
        send_back(trial, again)
        report(trial, again)
        outcome = revoke(trial, fresh, again)
        assert "没有可撤销的决定" in words(outcome, fresh) and "没有可撤销的决定" in words(outcome, again)

    def test_a_revoked_return_tells_nobody_that_something_was_approved(self, trial):
        pk = trial.add()
        report(trial, pk)
        send_back(trial, pk)
        trial.told.clear()
        assert revoke(trial, pk).done == [pk]
        assert trial.told == []


@pytest.mark.req("Q-10")
class TestScope:
    def test_foreign_records_are_unknown_to_every_verb(self, trial):
        pk = trial.add()
        for by in (trial.sibling,):
            assert "没有这条记录" in words(actions.report(trial.spec, [pk], by=by), pk)
        report(trial, pk)
        foreign = trial.other_province
        assert "没有这条记录" in words(actions.approve(trial.spec, [pk], by=foreign), pk)
        assert "没有这条记录" in words(actions.return_(trial.spec, [pk], comment="不清楚", by=foreign), pk)
        assert "没有这条记录" in words(actions.recall(trial.spec, [pk], by=trial.sibling), pk)
        assert trial.triple(pk) == PENDING
        assert list(pending(trial.province, trial.spec)) == [trial.state(pk)]
        assert not pending(foreign, trial.spec).exists() and not events_of(foreign, KIND, pk).exists()

    def test_a_foreign_one_among_ones_own_stops_nothing(self, trial):
        mine, theirs = trial.add(), trial.add(trial.tree.sibling)
        outcome = report(trial, theirs, mine, 10**12)
        assert outcome.done == [mine] and set(outcome.refused) == {theirs, 10**12}

    @pytest.mark.parametrize("verb", ["report", "recall", "approve", "return_", "revoke"])
    def test_without_the_right_nothing_is_even_looked_at(self, trial, verb):
        pk = trial.add()
        nobody = dataclasses.replace(trial.association, permissions=frozenset())
        more = {"return_": {"comment": "不清楚"}, "revoke": {"reason": "看错"}}.get(verb, {})
        with pytest.raises(NotAllowed), CaptureQueriesContext(connection) as asked:
            getattr(actions, verb)(trial.spec, [pk], by=nobody, **more)
        assert not [query for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]]

    def test_the_base_does_not_decide_and_the_province_does_not_report(self, trial):
        pk = trial.add()
        with pytest.raises(NotAllowed):
            actions.report(trial.spec, [pk], by=trial.province)
        report(trial, pk)
        with pytest.raises(NotAllowed):
            actions.approve(trial.spec, [pk], by=trial.base)
        with pytest.raises(NotAllowed):
            actions.revoke(trial.spec, [pk], reason="看错", by=trial.base)


@pytest.mark.req("Q-07")
@pytest.mark.parametrize("verb", [report, approve, send_back, recall])
def test_statements_do_not_grow_with_the_records(trial, verb):
    def statements(size: int) -> int:
        ids = [trial.add() for _ in range(size)]
        if verb is not report:
            report(trial, *ids)
        with CaptureQueriesContext(connection) as made:
            assert sorted(verb(trial, *ids).done) == ids
        return len([q for q in made.captured_queries if "version_id = " not in q["sql"]])

    assert statements(2) == statements(9)
