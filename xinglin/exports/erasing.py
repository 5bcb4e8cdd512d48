"""Exported files that may hold a person who is erased."""

from __future__ import annotations

from django.db import transaction

from xinglin.kernel.viewer import Viewer
from xinglin.people.models import Person
from xinglin.people.registry import Erasure, ErasurePart
from xinglin.vault.actions import destroy_key

from . import sealed_file
from .enums import Status
from .models import ExportJob

WHY = "a person is erased"


def _guard(person: Person, by: Viewer) -> str | None:
    if ExportJob.objects.for_system(WHY).filter(status__in=[Status.WAITING, Status.RUNNING]).exists():
        return "有导出文件正在生成，里面可能有该人员。请等几分钟后再删除。"
    return None


def _erase(erasure: Erasure) -> None:
    """Files of the last days from the places of the person go, whatever is in them: they can be made again.

    An export whose conditions named the person also loses its key, so that its history tells no name either.
    """
    jobs = ExportJob.objects.for_system(WHY)
    for export in jobs.filter(organization_path__in=erasure.paths, status=Status.DONE):
        jobs.filter(pk=export.pk).update(status=Status.EXPIRED, file="")
        transaction.on_commit(lambda name=export.file: sealed_file.remove(name), robust=True)  # type: ignore[misc]
    told = jobs.filter(organization_path__in=erasure.paths, key__wrapped__isnull=False).select_related("key")
    for export in told.iterator(chunk_size=500):
        if erasure.person.name in export.conditions:
            jobs.filter(pk=export.pk).update(query=b"", conditions=b"")
            destroy_key(export.key)


PART = ErasurePart("exports", erase=_erase, guard=_guard)
