"""Reads of exports: the viewer's own, and what an export is about."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, QueryDict

from xinglin.jobs import selectors as jobs
from xinglin.jobs.enums import JobStatus
from xinglin.jobs.models import Job
from xinglin.kernel.scope import get_visible_or_404
from xinglin.kernel.viewer import Viewer
from xinglin.ui.lists import counting, filters, preferences, registry, state
from xinglin.ui.lists.parts import Column
from xinglin.ui.lists.spec import ListSpec

from .enums import Status
from .models import ExportJob


def mine(viewer: Viewer) -> QuerySet[ExportJob]:
    """导出记录 of the viewer."""
    return ExportJob.objects.visible_to(viewer).select_related("key")


def own_or_404(viewer: Viewer, export_id: uuid.UUID) -> ExportJob:
    """One export of the viewer; a foreign one is Http404."""
    get_visible_or_404(ExportJob, viewer, pk=export_id)
    return mine(viewer).get(pk=export_id)


def for_work(export_id: uuid.UUID) -> ExportJob:
    """The export with its key, for the job that makes its file."""
    return ExportJob.objects.for_system("a job makes its file").select_related("key").get(pk=export_id)


def spec_or_404(name: str) -> ListSpec:
    """The list of that name; an unknown one is Http404."""
    try:
        return registry.get(name)
    except LookupError as error:
        raise Http404 from error


def nav_key_of(export: ExportJob) -> str:
    """The menu entry of the list that was exported, "" when that list is no more."""
    try:
        return registry.get(export.list_name).nav_key
    except LookupError:
        return ""


def job_of(export: ExportJob, viewer: Viewer) -> Job | None:
    """The background job of an export, None when it was made at once."""
    return jobs.mine(viewer).filter(pk=export.job_id).first() if export.job_id else None


def lost() -> list[ExportJob]:
    """Open exports whose job has ended without them: killed for good, cancelled, swept away."""
    reason = "upkeep of exports"
    waiting = ExportJob.objects.for_system(reason).filter(
        status__in=[Status.WAITING, Status.RUNNING], job_id__isnull=False
    )
    found = {export.job_id: export for export in waiting}
    alive = (
        Job.objects.for_system(reason)
        .filter(pk__in=found, status__in=[JobStatus.WAITING, JobStatus.RUNNING])
        .values_list("pk", flat=True)
    )
    return [export for job_id, export in found.items() if job_id not in set(alive)]


@dataclass(frozen=True, slots=True)
class Request:
    """What an export would hold: the rows of a list under the words of an address, as the viewer sees them."""

    spec: ListSpec
    viewer: Viewer
    state: state.State

    @property
    def rows(self) -> QuerySet[Any]:
        """Exactly the rows and the order that the list shows."""
        found = filters.apply(self.spec.queryset(self.viewer), self.state.conditions.items, self.viewer)
        return found.order_by(*self.spec.order(self.state.sort))

    @property
    def count(self) -> counting.Count:
        return counting.whole(self.rows)

    @property
    def conditions(self) -> list[tuple[str, str]]:
        """(label, value in words) of the conditions in force."""
        return [(item.filter.label, item.shown) for item in self.state.conditions.items]

    @property
    def untold_conditions(self) -> list[tuple[str, str]]:
        """As `conditions`, without what was typed: for the history, which anybody with the right may read."""
        return [
            (item.filter.label, "（已填写）" if item.filter.kind == "text" else item.shown)
            for item in self.state.conditions.items
        ]

    @property
    def columns(self) -> list[Column]:
        """Columns that an export may hold."""
        return [column for column in self.spec.columns if column.export]

    @property
    def shown(self) -> list[Column]:
        """The columns that the viewer's list shows, in that order."""
        preference = preferences.load(self.spec, self.viewer)
        return [column for column in preferences.shown_columns(self.spec, preference) if column.export]

    @property
    def has_sensitive(self) -> bool:
        return any(column.mask for column in self.columns)


def request_of(name: str, query: QueryDict, viewer: Viewer) -> Request:
    """The export of the list ``name`` under the words of an address."""
    spec = spec_or_404(name)
    return Request(spec, viewer, state.read(spec, query, viewer))
