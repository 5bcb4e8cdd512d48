"""The decision table of recruitment: what may be done with a record in each state, at each time (R-01, R-04, R-07, R-08).

Written from the specification, not from the code; each cell is tried with the real action and rolled back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.residents.actions.correcting import return_personal
from xinglin.residents.actions.deleting import delete
from xinglin.residents.actions.personal import save_personal
from xinglin.residents.actions.training import save_training
from xinglin.residents.models import Enrollment, RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.selectors.subjects import subjects
from xinglin.residents.standing import quick_standings, standings
from xinglin.reviews import actions as reviews
from xinglin.windows.models import WindowPhase

from . import factories

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-01", "R-04", "R-07", "R-08")]

TIMES = {
    "both open": ((-5, 5), (-5, 9)),
    "filling over": ((-9, -1), (-9, 5)),
    "all over": ((-9, -5), (-9, -1)),
    "not begun": ((1, 5), (1, 9)),
}
"""Days from now: filling, review."""

STATES = ("unreported", "pending", "returned", "approved")
BASE_WRITES = {"save training", "return personal", "report", "delete"}
CELLS: dict[tuple[str, str], set[str]] = {
    ("unreported", "both open"): {"save personal", *BASE_WRITES},
    ("unreported", "filling over"): set(),
    ("unreported", "all over"): set(),
    ("unreported", "not begun"): set(),
    ("pending", "both open"): {
        "save personal", "save training", "return personal", "recall", "approve", "return"
    },
    ("pending", "filling over"): {"approve", "return"},
    ("pending", "all over"): set(),
    ("pending", "not begun"): set(),
    ("returned", "both open"): {"save personal", *BASE_WRITES, "revoke"},
    ("returned", "filling over"): {"save personal", "save training", "return personal", "report", "revoke"},
    ("returned", "all over"): set(),
    ("returned", "not begun"): set(),
    ("approved", "both open"): {"revoke"},
    ("approved", "filling over"): {"revoke"},
    ("approved", "all over"): set(),
    ("approved", "not begun"): set(),
}  # fmt: skip
"""What succeeds; everything else is refused with a reason and changes nothing."""


class Case:
    """One record of a base in one of the states, and every act that somebody may try on it."""

    def __init__(self, state: str) -> None:
        self.world = factories.make_world()
        self.enrollment = factories.make_enrollments(self.world)[0]
        self.resident = factories.complete(self.enrollment, self.world)
        if state != "unreported":
            assert reviews.report(RECRUITMENT, [self.pk], by=self.world.base).done
        if state == "approved":
            assert reviews.approve(RECRUITMENT, [self.pk], by=self.world.province).done
        if state == "returned":
            assert reviews.return_(RECRUITMENT, [self.pk], comment="照片不清", by=self.world.province).done

    @property
    def pk(self) -> int:
        return self.enrollment.pk

    def at(self, time: str) -> None:
        """Move the window so that now is that time."""
        now = clock.now()
        for kind, (starts, ends) in zip(("filling", "review"), TIMES[time], strict=True):
            rows = WindowPhase.objects.filter(window=self.world.window, kind=kind)
            assert rows.update(starts_at=now + timedelta(days=starts), ends_at=now + timedelta(days=ends)) == 1

    def acts(self) -> dict[str, Callable[[], Any]]:
        world, ids = self.world, [self.pk]
        address = {"basic_info.address": "澜江市杏林路 1 号"}
        return {
            "save personal": lambda: save_personal("basic_info", address, by=self.resident),
            "save training": lambda: save_training(self.pk, {"approved_years": 2, "ends_on": None}, by=world.base),
            "return personal": lambda: return_personal(ids, comment="请补照片", by=world.base),
            "report": lambda: reviews.report(RECRUITMENT, ids, by=world.base, reply="照片合要求"),
            "recall": lambda: reviews.recall(RECRUITMENT, ids, by=world.base),
            "delete": lambda: delete(ids, by=world.base),
            "approve": lambda: reviews.approve(RECRUITMENT, ids, by=world.province),
            "return": lambda: reviews.return_(RECRUITMENT, ids, comment="照片不清", by=world.province),
            "revoke": lambda: reviews.revoke(RECRUITMENT, ids, reason="看错了人", by=world.province),
        }

    def fingerprint(self) -> tuple[Any, ...]:
        state = RecruitmentReview.unscoped.filter(pk=self.pk).values_list(
            "report_status", "review_status", "last_verdict", "version_id", "lock"
        )
        record = Enrollment.unscoped.filter(pk=self.pk).values_list("correction_status", "approved_years")
        return (*state, *record)


def attempt(act: Callable[[], Any]) -> str:
    """ "" when it was done, else the reason in the words of the screen."""
    try:
        outcome = act()
    except (Refused, NotAllowed) as refusal:
        return str(refusal) or "refused without a word"
    refused = getattr(outcome, "refused", {})
    return "；".join(issue.message for issues in refused.values() for issue in issues)


@pytest.mark.parametrize("state", STATES)
def test_what_may_be_done_in_each_state_at_each_time(state: str) -> None:
    case = Case(state)
    wrong = []
    for time in TIMES:
        case.at(time)
        for name, act in case.acts().items():
            before = case.fingerprint()
            with transaction.atomic():
                reason = attempt(act)
                unchanged = before == case.fingerprint()
                transaction.set_rollback(True)
            if (reason == "") != (name in CELLS[state, time]):
                wrong.append(f"{time}: {name}: {reason or 'was done'}")
            if reason and not unchanged:
                wrong.append(f"{time}: {name} was refused and changed the record")
            if reason and not reason.rstrip().endswith(("。", "）", "！")):
                wrong.append(f"{time}: {name}: not a sentence: {reason}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.req("P-21")
def test_the_buttons_say_beforehand_what_the_actions_say(state: str) -> None:
    """A button that is offered works, one that is not tells why: list, page and action answer alike."""
    case = Case(state)
    told = {"report": "report", "delete": "delete", "recall": "recall", "return_personal": "return personal",
            "edit": "save training"}  # fmt: skip
    for time in TIMES:
        case.at(time)
        row = Enrollment.objects.visible_to(case.world.base).select_related(
            "recruitment_review", "person__key", "organization__province", "province", "window"
        ).get(pk=case.pk)  # fmt: skip
        for answer in (standings([row], case.world.base), quick_standings([row], case.world.base)):
            standing = answer[case.pk]
            for attribute, act in told.items():
                reason = getattr(standing, attribute)
                assert (reason == "") == (act in CELLS[state, time]), (time, attribute, reason)


@pytest.mark.parametrize("time", [time for time in TIMES if time != "both open"])
def test_a_closed_window_is_told_with_its_dates(time: str) -> None:
    case = Case("unreported")
    case.at(time)
    reason = attempt(case.acts()["report"])
    phase = WindowPhase.objects.get(window=case.world.window, kind="filling")
    day = phase.starts_at if time == "not begun" else phase.ends_at
    assert f"{day.astimezone(clock.SHANGHAI):%Y-%m-%d}" in reason


@pytest.mark.parametrize("state", ["unreported", "pending", "returned"])
def test_a_lapsed_record_is_told_as_lapsed(state: str) -> None:
    case = Case(state)
    Enrollment.unscoped.filter(pk=case.pk).update(lapsed_at=clock.now(), holding=False)
    for name in ("save training", "return personal", "report"):
        reason = attempt(case.acts()[name])
        assert "失效" in reason or (name == "report" and state == "pending" and "上报" in reason), (name, reason)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("unreported", "没有待审核的上报"),
        ("returned", "没有待审核的上报"),
        ("approved", "没有待审核的上报"),
    ],
)
def test_there_is_nothing_to_recall(state: str, words: str) -> None:
    case = Case(state)
    row = standings([_row(case)], case.world.base)[case.pk]
    assert words in row.recall


def test_a_resident_who_was_asked_is_not_asked_again() -> None:
    case = Case("unreported")
    assert return_personal([case.pk], comment="请补照片", by=case.world.base).done == [case.pk]
    outcome = return_personal([case.pk], comment="请补照片", by=case.world.base)
    assert [issue.message for issue in outcome.refused[case.pk]] == ["已退回，正在等本人修改。"]
    assert "正在等本人修改" in standings([_row(case)], case.world.base)[case.pk].return_personal
    assert "个人信息已退回，本人还没有修改" in attempt(case.acts()["report"])


def test_a_save_that_changes_nothing_recalls_nothing() -> None:
    case = Case("pending")
    same = subjects([case.pk])[case.pk].content["training_info.approved_years"]
    save_training(case.pk, {"approved_years": same}, by=case.world.base)
    assert case.fingerprint()[0][:2] == ("reported", "pending")


@pytest.mark.parametrize("name", ["save personal", "save training", "return personal"])
def test_a_change_takes_a_pending_report_out_of_the_queue(name: str) -> None:
    case = Case("pending")
    assert attempt(case.acts()[name]) == ""
    assert case.fingerprint()[0][:3] == ("unreported", "", "")


def _row(case: Case) -> Enrollment:
    return Enrollment.objects.visible_to(case.world.base).select_related(
        "recruitment_review", "person__key", "organization__province", "province", "window"
    ).get(pk=case.pk)  # fmt: skip
