"""Reads of background work, always the viewer's own."""

from django.db.models import QuerySet

from xinglin.jobs import registry
from xinglin.jobs.enums import OPEN, JobStatus
from xinglin.jobs.models import Job
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
