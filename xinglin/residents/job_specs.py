"""Upkeep of recruitment: records lapse when their window ends and revive when it is extended (R-01)."""

from xinglin.jobs.registry import every
from xinglin.kernel.viewer import Viewer

from .actions.lapsing import lapse_due, revive_due


@every(60, name="residents.lapse")
def lapse() -> None:
    """Stamp what the clock has decided."""
    by = Viewer.system("时间安排")
    revive_due(by=by)
    lapse_due(by=by)
