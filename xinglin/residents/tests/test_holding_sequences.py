"""Whatever two bases, a province and the clock do one after another, a person is held by one record at most (R-01, R-03, R-04)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from xinglin.kernel import clock
from xinglin.kernel.errors import DomainError
from xinglin.kernel.viewer import Viewer
from xinglin.people.models import Person
from xinglin.residents.actions.deleting import delete
from xinglin.residents.actions.lapsing import lapse_due, revive_due
from xinglin.residents.import_specs import ACCOUNTS
from xinglin.residents.models import ApprovedRecord, ClosingRecord, Enrollment, RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.selectors.enrollments import holding_enrollment
from xinglin.reviews import actions as reviews
from xinglin.windows.models import WindowPhase

from . import factories
from .bench import Line, applied, errors

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-01", "R-03", "R-04")]
SYSTEM = Viewer.system("sequence")
BASES = ("here", "there")
STEPS = (
    "import here", "import there", "delete", "report", "recall", "approve", "revoke", "return",
    "filling ends", "review ends", "filling extended", "all extended", "clock",
)  # fmt: skip


@dataclass
class Row:
    """One record in the model: whose, and what of it."""

    base: str
    reported: bool = False
    lapsed: bool = False
    version: int = 0
    decisions: list[tuple[str, int]] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        return self.decisions[-1][0] if self.decisions else ""

    @property
    def waiting(self) -> bool:
        return self.reported and self.verdict != "approved"

    @property
    def revocable(self) -> bool:
        """The last decision is about the last report, and nothing was reported since."""
        return not self.waiting and bool(self.decisions) and self.decisions[-1][1] == self.version


@dataclass
class Model:
    """Rows in the order of their making; at most one of them holds."""

    rows: list[Row] = field(default_factory=list)
    filling: bool = True
    review: bool = True

    @property
    def holding(self) -> Row | None:
        return next((row for row in self.rows if not row.lapsed), None)

    def over(self, row: Row) -> bool:
        if row.verdict == "approved":
            return False
        return not (self.review if row.reported or row.verdict == "returned" else self.filling)

    def step(self, step: str) -> bool:
        """True when the step is to do something."""
        verb, _, rest = step.partition(" ")
        if verb == "import":
            return self._import(rest)
        if step in ("filling ends", "review ends"):
            self.filling = False
            self.review = self.review and step != "review ends"
            return True
        if step in ("filling extended", "all extended"):
            self.filling, self.review = True, self.review or step == "all extended"
            return True
        return self._clock() if verb == "clock" else self._act(verb)

    def _import(self, base: str) -> bool:
        if not self.filling or self.holding is not None:
            return False
        self.rows.append(Row(base))
        return True

    def _clock(self) -> bool:
        """First what comes back, one of a person, then what is over."""
        before = [row.lapsed for row in self.rows]
        alive = [row for row in self.rows if row.lapsed and not self.over(row)]
        if self.holding is None and alive:
            alive[-1].lapsed = False
        for row in self.rows:
            row.lapsed = row.lapsed or self.over(row)
        return before != [row.lapsed for row in self.rows]

    def _act(self, verb: str) -> bool:
        row = self.holding
        if row is None:
            return False
        waiting = row.waiting
        open_now = self.filling or (row.verdict == "returned" and self.review)
        if verb == "delete":
            if row.verdict == "approved" or waiting or not self.filling:
                return False
            self.rows.remove(row)
            return True
        if verb == "report":
            if row.reported or not open_now:
                return False
            row.reported = True
            row.version += 1
            return True
        if verb == "recall":
            if not waiting or not self.filling:
                return False
            row.reported = False
            return True
        if verb in ("approve", "return"):
            if not waiting or not self.review:
                return False
            row.reported = verb == "approve"
            row.decisions.append(("approved" if verb == "approve" else "returned", row.version))
            return True
        if not row.revocable or not self.review:
            return False
        row.decisions.pop()
        row.reported = True
        return True


class Bench:
    """The same steps with the real actions."""

    def __init__(self) -> None:
        self.world = world = factories.make_world()
        self.bases = {"here": world.tree.base, "there": world.tree.sibling}
        self.viewers = {"here": world.base, "there": world.sibling}
        row = factories.make_enrollments(world)[0]
        factories.complete(row, world)
        self.person = Person.unscoped.select_related("key").get(pk=row.person_id)
        self.training = factories.training()
        delete([row.pk], by=world.base)

    @property
    def line(self) -> Line:
        return {
            "招收年份": str(self.world.window.year), "姓名": self.person.name, "证件类型": "居民身份证",
            "证件号码": self.person.id_number, "手机号": self.person.phone,
        }  # fmt: skip

    def do(self, step: str) -> bool:
        verb, _, rest = step.partition(" ")
        if verb == "import":
            return self._import(rest)
        if rest in ("ends", "extended"):
            self._move(verb, ends=rest == "ends")
            return True
        if verb == "clock":
            return revive_due(by=SYSTEM) + lapse_due(by=SYSTEM) > 0
        row = holding_enrollment(self.person.pk)
        if row is None:
            return False
        base = self.viewers["here" if row.organization_id == self.bases["here"].pk else "there"]
        acts = {
            "delete": lambda: delete([row.pk], by=base),
            "report": lambda: reviews.report(RECRUITMENT, [row.pk], by=base, reply="照片合要求"),
            "recall": lambda: reviews.recall(RECRUITMENT, [row.pk], by=base),
            "approve": lambda: reviews.approve(RECRUITMENT, [row.pk], by=self.world.province),
            "return": lambda: reviews.return_(RECRUITMENT, [row.pk], comment="照片不清", by=self.world.province),
            "revoke": lambda: reviews.revoke(RECRUITMENT, [row.pk], reason="看错了人", by=self.world.province),
        }
        outcome = acts[verb]()
        assert bool(outcome.done) != bool(outcome.refused), "done or refused with a reason, never neither"
        return bool(outcome.done)

    def _import(self, base: str) -> bool:
        try:
            (row,) = applied(ACCOUNTS, self.viewers[base], self.line)
        except DomainError:
            return False
        if row.verdict != "create":
            held = holding_enrollment(self.person.pk)
            assert held is not None
            elsewhere = held.organization_id != self.bases[base].pk or held.training_status
            assert bool(errors(row)) == bool(elsewhere), errors(row)
            return False
        assert row.subject_id is not None
        Enrollment.unscoped.filter(pk=row.subject_id).update(
            **self.training, ends_on=self.training["starts_on"].replace(year=self.world.window.year + 3, day=1)
            - timedelta(days=1),
        )  # fmt: skip
        return True

    def _move(self, what: str, *, ends: bool) -> None:
        now = clock.now()
        wanted = {"filling": not ends, "review": not ends} if what in ("all", "review") else {"filling": not ends}
        for kind, is_open in wanted.items():
            end = now + timedelta(days=5 if is_open else -1)
            WindowPhase.objects.filter(window=self.world.window, kind=kind).update(
                starts_at=now - timedelta(days=9), ends_at=end
            )

    def stored(self) -> list[tuple[str, bool, str, bool]]:
        names = {node.pk: name for name, node in self.bases.items()}
        rows = Enrollment.unscoped.filter(person=self.person).order_by("pk")
        states = RecruitmentReview.unscoped.in_bulk([row.pk for row in rows])
        return [
            (names[row.organization_id], states[row.pk].report_status == "reported", states[row.pk].last_verdict,
             row.lapsed_at is not None)
            for row in rows
        ]  # fmt: skip


@pytest.fixture
def bench(db: None) -> Bench:
    return Bench()


@given(steps=st.lists(st.sampled_from(STEPS), max_size=9))
@example(steps=["import here", "import there", "delete", "import there", "import here"])
@example(steps=["import here", "filling ends", "clock", "filling extended", "import there", "clock", "delete", "clock"])
@example(
    steps=["import here", "report", "return", "filling ends", "clock", "report", "approve", "review ends", "clock"]
)
@example(steps=["import here", "report", "approve", "import there", "delete", "revoke", "recall", "delete"])
@example(steps=["import here", "report", "review ends", "clock", "import there", "all extended", "clock", "approve"])
@example(steps=["import here", "report", "return", "revoke", "return", "report", "recall", "revoke", "delete"])
@example(steps=["import there", "report", "return", "report", "approve", "revoke", "recall", "filling ends", "clock"])
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_sequence_holds_the_person_as_the_model_does(bench: Bench, steps: list[str]) -> None:
    model = Model()
    with transaction.atomic():
        for number, step in enumerate(steps, 1):
            so_far = steps[:number]
            assert bench.do(step) == model.step(step), so_far
            expected = [(row.base, row.reported, row.verdict, row.lapsed) for row in model.rows]
            assert bench.stored() == expected, so_far
            holding = Enrollment.unscoped.filter(person=bench.person, holding=True)
            assert holding.count() == (model.holding is not None), so_far
            assert not holding.filter(lapsed_at__isnull=False).exists(), so_far
            approved = sum(row.verdict == "approved" for row in model.rows)
            assert ApprovedRecord.unscoped.count() == approved, so_far
            kept = sum(row.lapsed or row.verdict == "approved" for row in model.rows)
            assert ClosingRecord.unscoped.count() == kept, so_far
        transaction.set_rollback(True)
