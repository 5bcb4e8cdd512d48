"""Workbooks that named a person who is erased."""

from __future__ import annotations

from xinglin.kernel import text
from xinglin.kernel.viewer import Viewer
from xinglin.people.models import Person
from xinglin.people.registry import Erasure, ErasurePart
from xinglin.people.selectors import id_number_hash

from ..enums import Status
from ..models import ImportJob, ImportRow
from ..sealing import open_cells
from . import upkeep

WHY = "a person is erased"
NUMBER_MIN = 6


def _guard(person: Person, by: Viewer) -> str | None:
    busy = ImportJob.objects.for_system(WHY).filter(status__in=[Status.UPLOADED, Status.CHECKING, Status.APPLYING])
    titles = list(busy.filter(purged_at=None).values_list("title", "organization_name")[:1])
    if not titles:
        return None
    title, organization = titles[0]
    return f"{organization}正在导入“{title}”，文件里可能有该人员。请等导入结束后再删除。"


def _erase(erasure: Erasure) -> None:
    """Let the details (file, rows, remarks) of every import go that has a row of the person; the counts stay."""
    jobs = ImportJob.objects.for_system(WHY).filter(organization_path__in=erasure.paths, purged_at=None)
    for job in jobs.select_related("key"):
        if _names(job, erasure.person.id_number_hash):
            upkeep.purge_one(job)


def _names(job: ImportJob, wanted: str) -> bool:
    rows = ImportRow.objects.filter(job=job).values_list("number", "sealed")
    for number, sealed in rows.iterator(chunk_size=1_000):
        for cell in open_cells(job, number, sealed).values():
            code = text.normalise_code(str(cell)) if cell is not None else ""
            if len(code) >= NUMBER_MIN and id_number_hash(code) == wanted:
                return True
    return False


PART = ErasurePart("imports", erase=_erase, guard=_guard)
