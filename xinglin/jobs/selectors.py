"""Reads of background work: the viewer's own, and for operators how the queue stands."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django_tasks_db.models import DBTaskResult, get_date_max

from xinglin.jobs import registry
from xinglin.jobs.enums import OPEN, JobStatus
from xinglin.jobs.models import Job, PeriodicTask
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer


def mine(viewer: Viewer, *, name: str | None = None) -> QuerySet[Job]:
    """The viewer's jobs, newest first, of one kind or of all."""
    jobs = Job.objects.visible_to(viewer).order_by("-created_at")
    return jobs.filter(name=name) if name else jobs


def running_or_waiting(viewer: Viewer) -> int:
    """How many of the viewer's jobs are not over."""
    return mine(viewer).filter(status__in=OPEN).count()


def result_link(job: Job) -> tuple[str, str] | None:
    """(label, address) of what a finished job made; None when there is nothing to open."""
    kind = registry.kinds().get(job.name)
    if kind is None or kind.result_link is None or job.status != JobStatus.DONE:
        return None
    return kind.result_link(job)


@dataclass(frozen=True, slots=True)
class QueueState:
    """How background work stands, for operators: counts and times, of nobody in particular."""

    by_kind: dict[tuple[str, str], int]
    silent: int
    oldest_waiting: datetime | None
    failed_since: int

    def count(self, status: str) -> int:
        """Jobs in a state, of all kinds."""
        return sum(number for (_, state), number in self.by_kind.items() if state == status)


def queue_state(*, silent_before: datetime, failed_since: datetime) -> QueueState:
    """The queue as it stands. ``silent``: running jobs without a heartbeat since ``silent_before``.

    A job that is put off for later does not count as waiting until its time has come.
    """
    jobs = Job.objects.for_system("operators see how the queue stands")
    counted = jobs.order_by().values_list("name", "status").annotate(number=Count("pk"))
    put_off = DBTaskResult.objects.filter(run_after__gt=clock.now()).exclude(run_after=get_date_max())
    later = put_off.filter(pk=OuterRef("ticket_id"))
    waiting = jobs.filter(status=JobStatus.WAITING).exclude(Exists(later))
    since = waiting.annotate(since=Coalesce("heartbeat_at", "created_at")).aggregate(oldest=Min("since"))
    return QueueState(
        by_kind={(name, status): number for name, status, number in counted},
        silent=jobs.filter(status=JobStatus.RUNNING, heartbeat_at__lt=silent_before).count(),
        oldest_waiting=since["oldest"],
        failed_since=jobs.filter(status=JobStatus.FAILED, finished_at__gte=failed_since).count(),
    )


def upkeep_state() -> list[PeriodicTask]:
    """The periodic tasks as they last ran, in order of name."""
    return list(PeriodicTask.objects.order_by("name"))
