"""Declaring kinds and upkeep, what may be kept with a job, what a trace keeps, and the steps of a handle (Q-09, P-19)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.jobs import actions, lifecycle, registry
from xinglin.jobs.arguments import checked, masked_trace
from xinglin.jobs.delivery import worker_name
from xinglin.jobs.enums import JobStatus
from xinglin.jobs.handle import Cancelled, JobHandle, Step, Stopping, Superseded
from xinglin.jobs.models import Job
from xinglin.jobs.registry import JobKind
from xinglin.jobs.selectors import result_link
from xinglin.kernel import clock, id_numbers
from xinglin.kernel.viewer import Viewer

pytestmark = pytest.mark.req("Q-09")


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_kinds", {})
    return None


@pytest.mark.usefixtures("empty")
def test_a_kind_is_declared_once() -> None:
    def run(job: JobHandle) -> None: ...

    def other(job: JobHandle) -> None: ...

    assert registry.job("test.mine", title="甲")(run) is run
    registry.job("test.mine", title="甲")(run)  # a module that is loaded twice declares the same
    with pytest.raises(ValueError, match="twice"):
        registry.job("test.mine", title="乙")(other)
    assert registry.kind("test.mine").title == "甲" and registry.kind("test.mine").max_attempts == 3
    with pytest.raises(KeyError):
        registry.kind("test.other")


@pytest.mark.usefixtures("empty")
def test_the_list_of_kinds_is_a_copy() -> None:
    registry.kinds()["x"] = JobKind("x", "x", print)
    assert registry.kinds() == {}


def test_upkeep_is_declared_once_and_listed_by_name() -> None:
    def one() -> None: ...

    def two() -> None: ...

    registry.every(60, name="test.b")(one)
    registry.every(30, name="test.a", lease_seconds=5)(two)
    assert [(task.name, task.seconds, task.lease_seconds) for task in registry.periodic_tasks()] == [
        ("test.a", 30, 5),
        ("test.b", 60, 300),
    ]
    with pytest.raises(ValueError, match="twice"):
        registry.every(60, name="test.b")(two)


@pytest.mark.req("P-19")
@given(
    st.integers(0, 999),
    st.dates(min_value=clock.now().date().replace(year=1900)),
    st.sampled_from(["", " ", "号", ":"]),
)
def test_no_id_number_can_be_kept(serial: int, born: Any, around: str) -> None:
    number = id_numbers.synthetic("110199", born, serial)
    with pytest.raises(ValueError, match="hashes"):
        checked({"rows": [{"note": f"{around}{number}{around}"}]})


@pytest.mark.parametrize("value", [{1, 2}, object(), b"x", clock.now()])
def test_what_json_cannot_carry_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        checked({"x": value})


@given(
    st.dictionaries(
        st.text(max_size=5), st.one_of(st.integers(-9999, 9999), st.booleans(), st.none(), st.text("abc甲", max_size=9))
    )
)
def test_everything_else_is_kept_as_it_is(arguments: dict[str, Any]) -> None:
    assert checked(arguments) == arguments


@pytest.mark.req("P-19")
@pytest.mark.parametrize(
    ("trace", "kept"),
    [
        ("ValueError: 110199199001011234", "ValueError: …"),
        ("DETAIL:  Key (name)=(程知禾) already exists.\nCONTEXT: x", "DETAIL: …\nCONTEXT: x"),
        ("line 123, in run", "line 123, in run"),
    ],
)
def test_a_trace_keeps_places_not_values(trace: str, kept: str) -> None:
    assert masked_trace(trace) == kept


def test_a_trace_has_an_end() -> None:
    assert len(masked_trace("x" * 50_000 + "end")) == 20_000 and masked_trace("x" * 50_000 + "end").endswith("end")


def test_a_worker_is_named_by_machine_and_process() -> None:
    machine, _, pid = worker_name().rpartition(":")
    assert machine and pid.isdigit() and len(worker_name()) <= 64


def test_a_step_writes_only_what_was_said() -> None:
    assert Step().values() == {}
    said = Step(done=0, total=5, message="长" * 300, cursor={}, result={"a": 1}).values()
    assert said == {"progress_done": 0, "progress_total": 5, "message": "长" * 200, "cursor": {}, "result": {"a": 1}}


@pytest.fixture
def handle(db: None, owner: Viewer) -> JobHandle:
    """A job in this worker's hand."""
    job = lifecycle.claim(actions.enqueue("test.steps", by=owner, arguments={"total": 9}).pk, "here")
    assert job is not None
    return JobHandle(job)


def row(handle: JobHandle) -> Job:
    return Job.objects.for_system("test").get(pk=handle.id)


def test_a_step_and_its_progress_stand_together(handle: JobHandle) -> None:
    with handle.step() as step:
        step.done, step.total, step.cursor = 3, 9, {"next": 3}
    assert (row(handle).progress_done, row(handle).cursor, row(handle).percent) == (3, {"next": 3}, 33)
    assert handle.cursor == {"next": 3}


def test_a_step_that_fails_leaves_nothing(handle: JobHandle) -> None:
    def step_that_fails() -> None:
        with handle.step() as step:
            step.done, step.cursor = 5, {"next": 5}
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        step_that_fails()
    assert (row(handle).progress_done, row(handle).cursor, handle.cursor) == (0, {}, {})


def test_a_step_of_a_job_that_was_given_to_another_is_undone(handle: JobHandle) -> None:
    def step_that_was_overtaken() -> None:
        with handle.step() as step:
            step.done = 5
            Job.objects.for_system("another took it").filter(pk=handle.id).update(worker="there", attempt=2)

    with pytest.raises(Superseded):
        step_that_was_overtaken()
    assert row(handle).progress_done == 0


@pytest.mark.parametrize(
    ("what", "expected"),
    [("cancel", Cancelled), ("stop", Stopping), ("other", Superseded), ("ended", Superseded)],
)
def test_a_checkpoint_says_why_not_to_go_on(handle: JobHandle, what: str, expected: type[Exception]) -> None:
    handle.checkpoint()
    jobs = Job.objects.for_system("test").filter(pk=handle.id)
    if what == "cancel":
        jobs.update(cancel_requested_at=clock.now())
    elif what == "stop":
        handle.stop.set()
    elif what == "other":
        jobs.update(worker="there")
    else:
        jobs.update(status=JobStatus.DONE, finished_at=clock.now())
    with pytest.raises(expected):
        handle.checkpoint()


def test_progress_reaches_the_database_twice_a_second_at_most(
    handle: JobHandle, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2):
        for number in range(1, 1001):
            handle.progress(number, 1000, "正在写入")
    assert (row(handle).progress_done, row(handle).message) == (1000, "正在写入")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "shown"), [(JobStatus.DONE, True), (JobStatus.RUNNING, False), (JobStatus.FAILED, False)]
)
def test_a_result_is_linked_when_there_is_one(monkeypatch: pytest.MonkeyPatch, status: str, shown: bool) -> None:
    kind = JobKind("test.linked", "x", print, result_link=lambda job: ("下载", f"/x/{job.pk}"))
    monkeypatch.setattr(registry, "_kinds", {"test.linked": kind})
    link = result_link(Job(name="test.linked", status=status))
    assert bool(link) is shown
    assert result_link(Job(name="test.unknown", status=JobStatus.DONE)) is None
