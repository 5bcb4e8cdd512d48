"""Any order of verbs: the rows follow a model written down from the specification, and reach legal states only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from xinglin.reviews import actions
from xinglin.reviews.content import digest
from xinglin.reviews.models import ReviewEvent
from xinglin.reviews.selectors import content_of

from .test_constraints import LEGAL
from .trial import KIND, Trial, make_trial

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-08", "R-21")]


@dataclass
class Model:
    """What must stand: content as of the last report, and the decisions that stand, oldest first."""

    reported: bool = False
    pending: bool = False
    sent: str = ""
    decisions: list[tuple[str, str, str]] = field(default_factory=list)
    """(verdict, comment, content decided on)"""

    @property
    def verdict(self) -> str:
        return self.decisions[-1][0] if self.decisions else ""

    def triple(self) -> tuple[str, str, str]:
        review = "pending" if self.pending else self.verdict
        return "reported" if self.reported else "unreported", review, self.verdict


class Machine(RuleBasedStateMachine):
    trial: Trial
    frozen = True

    @initialize()
    def begin(self) -> None:
        self.trial.frozen = self.frozen
        self.pk = self.trial.add(a="0")
        self.model, self.steps, self.saves = Model(), 0, 0

    def _done(self, outcome: Any, expected: bool) -> bool:
        assert outcome.done == ([self.pk] if expected else [])
        assert bool(outcome.refused) != expected
        for issues in outcome.refused.values():
            assert all(len(issue.message) > 4 for issue in issues), "a refusal says why"
        self.steps += expected
        return expected

    @rule()
    def save(self) -> None:
        self.saves += 1
        self.trial.records[self.pk].content = {"a": str(self.saves)}

    @rule()
    def report(self) -> None:
        outcome = actions.report(self.trial.spec, [self.pk], by=self.trial.base)
        if self._done(outcome, not self.model.reported and not (self.frozen and self.model.verdict == "approved")):
            self.model.reported = self.model.pending = True
            self.model.sent = self.trial.records[self.pk].content["a"]

    @rule()
    def recall(self) -> None:
        outcome = actions.recall(self.trial.spec, [self.pk], by=self.trial.base)
        if self._done(outcome, self.model.pending):
            self.model.reported = self.model.pending = False

    @rule(stale=st.booleans())
    def approve(self, stale: bool) -> None:
        state = self.trial.state(self.pk)
        seen = {self.pk: (state.version_id or 0) - 1 if stale else state.version_id}
        outcome = actions.approve(self.trial.spec, [self.pk], by=self.trial.province, seen=seen)
        if self._done(outcome, self.model.pending and not stale):
            self.model.pending = False
            self.model.decisions.append(("approved", "", self.model.sent))

    @rule(number=st.integers(1, 99))
    def send_back(self, number: int) -> None:
        comment = f"第 {number} 处不清楚"
        outcome = actions.return_(self.trial.spec, [self.pk], comment=comment, by=self.trial.province)
        if self._done(outcome, self.model.pending):
            self.model.reported = self.model.pending = False
            self.model.decisions.append(("returned", comment, self.model.sent))

    @rule()
    def revoke(self) -> None:
        expected = not self.model.pending and self._last_is_of_the_last_report()
        outcome = actions.revoke(self.trial.spec, [self.pk], reason="看错了人", by=self.trial.province)
        if self._done(outcome, expected):
            self.model.decisions.pop()
            self.model.reported = self.model.pending = True

    def _last_is_of_the_last_report(self) -> bool:
        state = self.trial.state(self.pk)
        return bool(self.model.decisions) and state.version_id == state.decided_version_id

    @invariant()
    def rows_follow_the_model(self) -> None:
        triple = self.trial.triple(self.pk)
        assert triple == self.model.triple() and triple in LEGAL
        state = self.trial.state(self.pk)
        if self.model.pending or self.model.reported:
            assert content_of(state.version)["a"] == self.model.sent
            assert state.version.digest == digest({"a": self.model.sent})
        if self.model.decisions:
            _, comment, content = self.model.decisions[-1]
            assert state.return_comment == comment and content_of(state.decided_version)["a"] == content
        else:
            assert state.decided_version_id is None and state.return_comment == ""

    @invariant()
    def every_step_left_one_event(self) -> None:
        assert ReviewEvent.unscoped.filter(kind=KIND, subject_id=self.pk).count() == self.steps
        assert self.trial.state(self.pk).lock == self.steps


@pytest.mark.parametrize("frozen", [True, False])
def test_any_order_of_verbs(frozen):
    world = make_trial()
    machine = type("Run", (Machine,), {"trial": world, "frozen": frozen})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=50, stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
