"""Upkeep of the private storage."""

from xinglin.files import sweeping
from xinglin.jobs.registry import every


@every(6 * 3600, name="files.sweep", lease_seconds=3600)
def sweep() -> None:
    """Take away orphans and the bytes of files deleted some days ago."""
    sweeping.remove_orphans()
    sweeping.purge_deleted()
    sweeping.purge_unreadable()
