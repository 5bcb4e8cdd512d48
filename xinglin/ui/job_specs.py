"""Upkeep of the frame's tables."""

from xinglin.jobs.registry import every

from . import once


@every(6 * 3600, name="ui.purge-forms")
def purge_forms() -> None:
    """Forget forms that were received more than a day ago."""
    once.purge()
