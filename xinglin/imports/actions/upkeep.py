"""What the clock does to imports: details go after a while, interrupted runs go on."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from xinglin.kernel import clock
from xinglin.vault.actions import destroy_key

from .. import selectors
from ..enums import Status
from ..models import ImportFile, ImportJob
from . import storing

DETAILS_KEPT = timedelta(days=90)
_ENDED = (Status.DONE, Status.FAILED, Status.CANCELLED, Status.CHECKED)


def purge() -> int:
    """Delete file, rows and issues of imports older than 90 days and destroy their keys; the counts stay."""
    old = ImportJob.objects.for_system("retention").filter(
        created_at__lt=clock.now() - DETAILS_KEPT, purged_at=None, status__in=_ENDED
    )
    done = 0
    for job in old.select_related("key")[:100]:
        purge_one(job)
        done += 1
    return done


def purge_one(job: ImportJob) -> None:
    """Delete file, rows and issues of one import and destroy its key; a checked one is cancelled."""
    storing.clear(job)
    with transaction.atomic():
        ImportFile.objects.filter(pk=job.pk).delete()
        destroy_key(job.key)
        rows = ImportJob.objects.for_system("retention").filter(pk=job.pk)
        rows.update(purged_at=clock.now())
        rows.filter(status=Status.CHECKED).update(status=Status.CANCELLED, finished_at=clock.now())


def wake() -> list[ImportJob]:
    """Imports whose process fell silent; the caller gives them to a worker."""
    busy = ImportJob.objects.for_system("interrupted imports").filter(
        status__in=[Status.CHECKING, Status.APPLYING], heartbeat_at__lt=clock.now() - 2 * selectors.STALE
    )
    return [job for job in busy.order_by("heartbeat_at")[:20] if selectors.is_stalled(job)]
