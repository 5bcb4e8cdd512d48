"""P-16, Q-09: the run in steps, all or nothing, interrupted, repeated, overtaken by others."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from xinglin.accounts.tests import factories
from xinglin.imports import actions, selectors
from xinglin.imports.actions import checks, running
from xinglin.imports.actions.holding import Inline
from xinglin.imports.enums import Status
from xinglin.imports.models import ImportIssue, ImportJob, ImportRow
from xinglin.imports.sealing import open_issue
from xinglin.imports.testing import xlsx_file
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused, Stale, WindowClosed
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import Department

from . import trial

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-16", "Q-09")]
HEADS = list(trial.good(0))


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def viewer() -> Viewer:
    return trial.secretary()


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "FIRST_STEP", 10)
    monkeypatch.setattr(running, "LARGEST_STEP", 10)


def checked(viewer: Viewer, *rows: dict[str, Any], mode: str = "both") -> ImportJob:
    data = xlsx_file([HEADS, *([row[head] for head in HEADS] for row in rows)])
    job = actions.start(trial.spec, data=data, file_name="试.xlsx", by=viewer, mode=mode)
    assert actions.check(job.pk, by=viewer)
    return again(job)


def again(job: ImportJob) -> ImportJob:
    return selectors.job_for_work(job.pk)


def confirmed(viewer: Viewer, *rows: dict[str, Any], whole: bool = False) -> ImportJob:
    job = checked(viewer, *rows)
    assert actions.confirm(job, revision=job.revision, whole=whole, by=viewer)
    return again(job)


@pytest.mark.parametrize("piece", [1, 2, 3])
def test_a_check_writes_every_row_whatever_it_hands_over_at_once(
    viewer: Viewer, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = []
    insert = checks.storing.insert_checked
    monkeypatch.setattr(checks, "PIECE", piece)
    monkeypatch.setattr(
        checks.storing, "insert_checked", lambda job, rows: (handed.append(len(rows)), insert(job, rows))
    )
    wrong = {**trial.good(2), HEADS[0]: ""}
    job = checked(viewer, *map(trial.good, range(2)), wrong, trial.good(3), trial.good(4))
    assert (sum(handed), max(handed), job.progress_done) == (5, piece, 5)
    assert [row.cells for row in selectors.rows(job)][3] == selectors.rows(job, number=5)[0].cells
    assert list(ImportRow.objects.filter(job=job).order_by("number").values_list("number", flat=True)) == [
        2,
        3,
        4,
        5,
        6,
    ]
    assert set(ImportIssue.objects.filter(job=job).values_list("number", flat=True)) == {4}


class DiesAfter(Inline):
    """Steps of a process that is killed in the middle of the n-th."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    @contextmanager
    def step(self) -> Iterator[None]:
        with super().step():
            yield
            if self.left == 0:
                raise Killed
            self.left -= 1


def test_killed_run_leaves_whole_steps_and_goes_on(viewer: Viewer) -> None:
    """Never half a row, never a row twice; whoever goes on does the rest."""
    job = confirmed(viewer, *(trial.good(n) for n in range(25)))
    with pytest.raises(Killed):
        actions.run(job.pk, by=viewer, steps=DiesAfter(1))
    assert len(trial.state()) == 10
    assert ImportRow.objects.filter(job=job, applied_at__isnull=False).count() == 10
    assert again(job).status == Status.APPLYING
    assert actions.run(job.pk, by=viewer) is None, "held by the dead process until its heartbeat is old"
    row = ImportJob.objects.for_system("test").filter(pk=job.pk)
    row.update(heartbeat_at=clock.now() - timedelta(seconds=70))
    assert selectors.is_stalled(again(job))
    assert actions.wake() == []
    row.update(heartbeat_at=clock.now() - timedelta(minutes=3))
    assert actions.wake() == [job]
    done = actions.run(job.pk, by=viewer)
    assert done is not None
    assert (done.status, done.counts["applied"], len(trial.state())) == (Status.DONE, 25, 25)


def test_process_that_lost_the_job_writes_nothing(viewer: Viewer) -> None:
    """A frozen process that wakes up after another took over rolls back its step."""
    job = confirmed(viewer, *(trial.good(n) for n in range(15)))

    class Robbed(Inline):
        @contextmanager
        def step(self) -> Iterator[None]:
            with super().step():
                ImportJob.objects.for_system("test").filter(pk=job.pk).update(token=uuid.uuid4())
                yield

    assert actions.run(job.pk, by=viewer, steps=Robbed()) is None
    assert trial.state() == []


def test_rows_are_checked_again_in_the_step(viewer: Viewer) -> None:
    """What another did after the check counts: identical is 未变化, nothing is done twice."""
    job = confirmed(viewer, trial.good(0), trial.good(1))
    other = confirmed(viewer, trial.good(0))
    actions.run(other.pk, by=viewer)
    done = actions.run(job.pk, by=viewer)
    assert done is not None
    assert (done.counts["applied"], done.counts["unchanged"]) == (1, 1)
    assert len(trial.state()) == 2


def test_window_closed_between_confirmation_and_run(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    job = confirmed(viewer, trial.good(0))
    monkeypatch.setattr(trial.TrialSpec, "refuse", "招收时间到 10-31 为止")
    done = actions.run(job.pk, by=viewer)
    assert done is not None
    assert (done.status, done.failure) == (Status.FAILED, "招收时间到 10-31 为止")
    assert trial.state() == []
    with pytest.raises(WindowClosed):
        actions.resume(again(job), by=viewer)
    monkeypatch.setattr(trial.TrialSpec, "refuse", "")
    assert actions.resume(again(job), by=viewer)
    actions.run(job.pk, by=viewer)
    assert len(trial.state()) == 1


def test_fault_in_a_step_keeps_the_steps_before(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    job = confirmed(viewer, *(trial.good(n) for n in range(15)))
    honest, calls = trial.TrialSpec.apply, []

    def apply(self: Any, rows: Any, context: Any, *, by: Viewer) -> None:
        calls.append(len(rows))
        if len(calls) == 2:
            raise RuntimeError("disk full")
        honest(self, rows, context, by=by)

    monkeypatch.setattr(trial.TrialSpec, "apply", apply)
    with pytest.raises(RuntimeError):
        actions.run(job.pk, by=viewer)
    failed = again(job)
    assert failed.status == Status.FAILED
    assert "停在第 10 行" in failed.failure
    assert len(trial.state()) == 10
    assert actions.resume(failed, by=viewer)
    assert actions.run(job.pk, by=viewer)
    assert len(trial.state()) == 15


def test_collision_with_somebody_else_is_tried_again(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    job = confirmed(viewer, trial.good(0))
    honest, calls = trial.TrialSpec.apply, []

    def apply(self: Any, rows: Any, context: Any, *, by: Viewer) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise IntegrityError("somebody was faster")
        honest(self, rows, context, by=by)

    monkeypatch.setattr(trial.TrialSpec, "apply", apply)
    done = actions.run(job.pk, by=viewer)
    assert done is not None
    assert (done.status, len(trial.state())) == (Status.DONE, 1)


def test_all_or_nothing_writes_all(viewer: Viewer) -> None:
    job = confirmed(viewer, *(trial.good(n) for n in range(25)), whole=True)
    done = actions.run(job.pk, by=viewer)
    assert done is not None
    assert (done.status, len(trial.state())) == (Status.DONE, 25)


def test_all_or_nothing_killed_writes_nothing(viewer: Viewer) -> None:
    job = confirmed(viewer, *(trial.good(n) for n in range(25)), whole=True)
    with pytest.raises(Killed):
        actions.run(job.pk, by=viewer, steps=DiesAfter(0))
    assert trial.state() == []


def test_all_or_nothing_that_collides_with_somebody_is_checked_again(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database refuses a row that somebody else has just entered: nothing is written, and nothing breaks off."""
    job = confirmed(viewer, *(trial.good(n) for n in range(3)), whole=True)

    def apply(self: Any, rows: Any, context: Any, *, by: Viewer) -> None:
        raise IntegrityError("somebody was faster")

    monkeypatch.setattr(trial.TrialSpec, "apply", apply)
    result = actions.run(job.pk, by=viewer)
    assert result is not None
    assert (result.status, trial.state()) == (Status.CHECKED, [])
    assert "没有导入任何数据" in result.failure


def test_all_or_nothing_overtaken_writes_nothing(viewer: Viewer) -> None:
    """A row that became wrong after the confirmation takes the others back, and the page says so."""
    job = checked(viewer, trial.good(0), {**trial.good(1)}, mode="create")
    actions.confirm(job, revision=job.revision, whole=True, by=viewer)
    department = Department(organization_id=viewer.organization_id, name=trial.number(1), medical_subjects=["x"])
    department.save()
    result = actions.run(job.pk, by=viewer)
    assert result is not None
    assert result.status == Status.CHECKED
    assert "没有导入任何数据" in result.failure
    assert result.counts["error"] == 1
    assert len(trial.state()) == 1


def test_create_only_and_update_only(viewer: Viewer) -> None:
    actions.run(confirmed(viewer, trial.good(0)).pk, by=viewer)
    changed = {**trial.good(0), "民族": "回族"}
    assert words(checked(viewer, changed, trial.good(1), mode="create")) == [
        "系统里已有这一条，本次选的是“只新增”。要修改请换成“新增和更新”"
    ]
    job = checked(viewer, changed, trial.good(1), mode="update")
    assert "只更新" in words(job)[0]
    assert (job.counts["update"], job.counts["error"]) == (1, 1)


def words(job: ImportJob) -> list[str]:
    return [open_issue(job, issue).message for issue in ImportIssue.objects.filter(job=job)]


def test_stale_confirmation(viewer: Viewer) -> None:
    job = checked(viewer, trial.good(0), trial.good(1))
    actions.drop_row(job, 2, by=viewer)
    with pytest.raises(Stale):
        actions.confirm(again(job), revision=job.revision - 1, whole=False, by=viewer)


def test_confirmed_warning_stays_confirmed_after_another_check(viewer: Viewer) -> None:
    warned = {**trial.good(0), "手机号": "13811111111"}
    job = checked(viewer, warned, {**trial.good(1), "证件类型": "身份证"})
    groups = {selectors.group_of(said) for _, said, _ in selectors.warnings_of(job)}
    actions.confirm_warnings(job, groups, by=viewer)
    issue = ImportIssue.objects.get(job=job, severity="error")
    actions.accept_suggestion(again(job), issue.pk, everywhere=False, by=viewer)
    actions.check(job.pk, by=viewer)
    assert again(job).counts["ready"] == 2


def test_new_warning_in_the_step_holds_its_row(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A warning that nobody has seen is not taken as confirmed."""
    job = confirmed(viewer, trial.good(0), trial.good(1))
    honest = trial.TrialSpec.check

    def check(self: Any, rows: Any, context: Any) -> None:
        honest(self, rows, context)
        rows[0].warn("name", "同名同出生日期，请确认")

    monkeypatch.setattr(trial.TrialSpec, "check", check)
    done = actions.run(job.pk, by=viewer)
    assert done is not None
    assert (done.counts["applied"], done.counts["held"]) == (1, 1)


def test_only_the_owner_organisation_acts(viewer: Viewer) -> None:
    job = checked(viewer, trial.good(0))
    stranger = trial.secretary(factories.make_tree().base)
    for verb in (
        lambda: actions.confirm(job, revision=job.revision, whole=False, by=stranger),
        lambda: actions.cancel(job, by=stranger),
        lambda: actions.drop_row(job, 2, by=stranger),
        lambda: actions.hand_out(job, "source", by=stranger),
    ):
        with pytest.raises(NotAllowed):
            verb()


def test_cancelled_is_over(viewer: Viewer) -> None:
    job = checked(viewer, trial.good(0))
    actions.cancel(job, by=viewer)
    actions.cancel(again(job), by=viewer)
    assert again(job).status == Status.CANCELLED
    running = confirmed(viewer, trial.good(1))
    with pytest.raises(Refused):
        actions.cancel(running, by=viewer)


def test_rows_are_foreseen_once_and_before_they_are_applied(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    job = confirmed(viewer, *(trial.good(serial) for serial in range(25)))
    seen: list[tuple[str, list[int]]] = []
    apply = trial.TrialSpec.apply

    def noted(self: trial.TrialSpec, rows: list[Any], *rest: Any, **named: Any) -> None:
        seen.append(("applied", [row.number for row in rows]))
        apply(self, rows, *rest, **named)

    monkeypatch.setattr(trial.TrialSpec, "apply", noted)
    monkeypatch.setattr(
        trial.TrialSpec, "foresee", lambda self, rows: seen.append(("foreseen", [row.number for row in rows]))
    )
    actions.run(job.pk, by=viewer)
    foreseen = [numbers for what, numbers in seen if what == "foreseen" and numbers]
    applied = [numbers for what, numbers in seen if what == "applied"]
    assert len(applied) == 3 and sum(map(len, applied)) == 25
    assert foreseen == applied[1:], "the first rows have nobody to wait for"
    assert seen.index(("foreseen", applied[1])) < seen.index(("applied", applied[1]))
