"""Who may work on an import: the organisation whose it is, with the right of its kind."""

from __future__ import annotations

from dataclasses import replace

from xinglin.kernel.errors import NotAllowed
from xinglin.kernel.viewer import Viewer

from .. import registry
from ..models import ImportJob
from ..spec import ImportSpec


def require_own(job: ImportJob, by: Viewer) -> ImportSpec:
    """The job's spec. Raises NotAllowed when the viewer lacks the right or only oversees the organisation."""
    spec = registry.get(job.kind)
    by.require(spec.permission)
    if job.organization_id != by.organization_id or (job.track and by.track and job.track != by.track):
        raise NotAllowed(f"这次导入属于“{job.organization_name}”，只有它自己能继续处理；您可以查看。")
    return spec


def importing(by: Viewer) -> Viewer:
    """The same identity, marked in the history as coming by import."""
    return replace(by, source="import")
